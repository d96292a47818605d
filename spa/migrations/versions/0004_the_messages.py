"""The messages: the plan of a visit, its words and channels, the skin diary, pencilled hours."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'waiting'")
OPEN = sa.text("closed_at IS NULL")
ADDED: dict[str, list[tuple[str, Any, Any]]] = {
    "location": [
        ("quiet_from_minute", sa.Integer(), "1260"),
        ("quiet_until_minute", sa.Integer(), "480"),
    ],
    "client": [
        ("channel", sa.String(length=8), "email"),
        ("no_texts", sa.Boolean(), sa.false()),
        ("declined_notes", sa.JSON(), "[]"),
    ],
    "message": [
        ("kind", sa.String(length=8), "answer"),
        ("channel", sa.String(length=8), "email"),
        ("parts", sa.JSON(), "[]"),
        ("interruptions", sa.Integer(), "0"),
    ],
}
"""The columns that rows from before get a value for."""


def upgrade() -> None:
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch_op:
            for name, kind, value in columns:
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("client") as batch_op:
        batch_op.add_column(sa.Column("news_stopped_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("planned_for", sa.DateTime(timezone=True)))
    op.execute("UPDATE message SET planned_for = due_at")
    with op.batch_alter_table("message") as batch_op:
        batch_op.alter_column("planned_for", nullable=False)
    op.create_index(
        "ix_message_planned_for",
        "message",
        ["planned_for"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    with op.batch_alter_table("booking") as batch_op:
        batch_op.add_column(sa.Column("pencilled_after_id", sa.Integer()))
        batch_op.create_foreign_key(
            batch_op.f("fk_booking_pencilled_after_id"), "booking", ["pencilled_after_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_booking_pencilled_after_id"), ["pencilled_after_id"])
    op.create_table(
        "message_words",
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_body", sa.Text(), nullable=False),
        sa.Column("short", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_message_words_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "event", "language", name=op.f("pk_message_words")),
    )
    op.create_table(
        "treatment_note",
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatment.id"], name=op.f("fk_treatment_note_treatment_id")
        ),
        sa.PrimaryKeyConstraint("treatment_id", "key", name=op.f("pk_treatment_note")),
    )
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("wants_call", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_follow_up_{column}"))
            for column, table in (
                ("location_id", "location"),
                ("booking_id", "booking"),
                ("client_id", "client"),
                ("practitioner_id", "resource"),
                ("closed_by_id", "staff_member"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    for column in ("booking_id", "client_id", "practitioner_id"):
        op.create_index(op.f(f"ix_follow_up_{column}"), "follow_up", [column])
    op.create_index(
        "ix_follow_up_open",
        "follow_up",
        ["location_id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("follow_up")
    op.drop_table("treatment_note")
    op.drop_table("message_words")
    # A release before this would send a planned note as something it does not know.
    op.execute("DELETE FROM message WHERE kind <> 'answer'")
    op.execute(
        "DELETE FROM claim WHERE booking_id IN"
        " (SELECT id FROM booking WHERE pencilled_after_id IS NOT NULL AND status = 'held')"
    )
    op.execute(
        "UPDATE booking SET status = 'lapsed'"
        " WHERE pencilled_after_id IS NOT NULL AND status = 'held'"
    )
    with op.batch_alter_table("booking") as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_pencilled_after_id"))
        batch_op.drop_constraint(batch_op.f("fk_booking_pencilled_after_id"), type_="foreignkey")
        batch_op.drop_column("pencilled_after_id")
    op.drop_index("ix_message_planned_for", "message")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("planned_for")
    with op.batch_alter_table("client") as batch_op:
        batch_op.drop_column("news_stopped_at")
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch_op:
            for name, _kind, _value in columns:
                batch_op.drop_column(name)
