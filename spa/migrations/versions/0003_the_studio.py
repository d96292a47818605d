"""The studio: notes, merging, portraits, certificates, calendars, and what the record is about."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SUBJECTS = ("resource", "treatment")


def upgrade() -> None:
    op.create_table(
        "resource_photo",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_photo_resource_id")
        ),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_resource_photo")),
    )
    op.create_table(
        "resource_words",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_words_resource_id")
        ),
        sa.PrimaryKeyConstraint("resource_id", "language", name=op.f("pk_resource_words")),
    )
    op.create_table(
        "client_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_note_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_client_note_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_note")),
    )
    op.create_index(op.f("ix_client_note_client_id"), "client_note", ["client_id"])
    with op.batch_alter_table("audit_entry") as batch_op:
        for subject in SUBJECTS:
            column = f"{subject}_id"
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_audit_entry_{column}"), subject, [column], ["id"]
            )
            batch_op.create_index(batch_op.f(f"ix_audit_entry_{column}"), [column])
    op.create_index(
        "ix_audit_entry_location_id_event_id", "audit_entry", ["location_id", "event", "id"]
    )
    with op.batch_alter_table("client") as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_client_merged_into_id"), "client", ["merged_into_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_client_merged_into_id"), ["merged_into_id"])
    _add("capability", sa.Column("certificate", sa.String(length=200), **_empty("")))
    for table, column in (("location", "feed_version"), ("resource", "feed_version")):
        _add(table, sa.Column(column, sa.Integer(), **_empty("0")))
    _add("resource", sa.Column("portrait", sa.Integer(), **_empty("0")))
    _add("location", sa.Column("feeds_name_clients", sa.Boolean(), **_empty(sa.false())))
    _add("treatment", sa.Column("is_hidden", sa.Boolean(), **_empty(sa.false())))
    # One person of the rota, one sign-in: whoever came later is nobody there.
    op.execute(
        "UPDATE staff_member SET resource_id = NULL WHERE suspended_at IS NULL AND EXISTS ("
        "SELECT 1 FROM staff_member AS other WHERE other.resource_id = staff_member.resource_id"
        " AND other.suspended_at IS NULL AND other.id < staff_member.id)"
    )
    is_here = sa.text("suspended_at IS NULL")
    op.create_index(
        "ix_staff_member_in_the_rota",
        "staff_member",
        ["resource_id"],
        unique=True,
        sqlite_where=is_here,
        postgresql_where=is_here,
    )


def _empty(value: object) -> dict[str, Any]:
    """What rows from before have."""
    return {"nullable": False, "server_default": value}


def _add(table: str, column: sa.Column) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.add_column(column)


def downgrade() -> None:
    op.drop_index("ix_audit_entry_location_id_event_id", "audit_entry")
    op.drop_index("ix_staff_member_in_the_rota", "staff_member")
    for table, column in (
        ("treatment", "is_hidden"),
        ("location", "feeds_name_clients"),
        ("resource", "portrait"),
        ("resource", "feed_version"),
        ("location", "feed_version"),
        ("capability", "certificate"),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    with op.batch_alter_table("client") as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_merged_into_id"))
        batch_op.drop_constraint(batch_op.f("fk_client_merged_into_id"), type_="foreignkey")
        batch_op.drop_column("merged_at")
        batch_op.drop_column("merged_into_id")
    with op.batch_alter_table("audit_entry") as batch_op:
        for subject in SUBJECTS:
            column = f"{subject}_id"
            batch_op.drop_index(batch_op.f(f"ix_audit_entry_{column}"))
            batch_op.drop_constraint(batch_op.f(f"fk_audit_entry_{column}"), type_="foreignkey")
            batch_op.drop_column(column)
    op.drop_table("client_note")
    op.drop_table("resource_words")
    op.drop_table("resource_photo")
