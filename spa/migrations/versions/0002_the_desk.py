"""The desk: who works here, the states of a visit's day, and words to find clients by."""

import sqlalchemy as sa
from alembic import op

from spa.domain.finding import words_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENTS = (
    "assured_at",
    "arrived_at",
    "began_at",
    "done_at",
    "no_show_at",
    "looked_at",
    "no_answer_at",
)
WORD = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'manager', 'reception', 'practitioner')",
            name=op.f("ck_staff_member_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_staff_member_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_staff_member_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_member_email")),
    )
    op.create_index(op.f("ix_staff_member_location_id"), "staff_member", ["location_id"])
    op.create_index(op.f("ix_staff_member_resource_id"), "staff_member", ["resource_id"])
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_staff_session_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_staff_session_key_digest")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])
    op.create_table(
        "client_word",
        sa.Column("word", WORD, nullable=False),
        sa.Column("client_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_word_client_id")
        ),
        sa.PrimaryKeyConstraint("word", "client_id", name=op.f("pk_client_word")),
    )
    op.create_index("ix_client_word_client_id_word", "client_word", ["client_id", "word"])
    _write_words()
    with op.batch_alter_table("booking") as batch_op:
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cancelled_by", sa.String(length=12), nullable=True))
    op.execute("UPDATE booking SET cancelled_by = 'client' WHERE status = 'cancelled'")
    with op.batch_alter_table("client") as batch_op:
        batch_op.add_column(
            sa.Column("books_by_phone", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    for table in ("audit_entry", "message"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_staff_id"), "staff_member", ["staff_id"], ["id"]
            )
            batch_op.create_index(batch_op.f(f"ix_{table}_staff_id"), ["staff_id"])
    op.create_index("ix_audit_entry_location_id_id", "audit_entry", ["location_id", "id"])
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(
            sa.Column("before", sa.String(length=80), nullable=False, server_default="")
        )
    is_failed = sa.text("status = 'failed'")
    op.create_index(
        "ix_message_failed",
        "message",
        ["location_id"],
        sqlite_where=is_failed,
        postgresql_where=is_failed,
    )


def _write_words() -> None:
    """The clients there are can be found as well."""
    connection = op.get_bind()
    words = sa.table("client_word", sa.column("word"), sa.column("client_id"))
    people = connection.execute(sa.text("SELECT id, name, email, phone FROM client")).all()
    for some in (people[at : at + 500] for at in range(0, len(people), 500)):
        rows = [
            {"word": word, "client_id": id_}
            for id_, name, email, phone in some
            for word in sorted(words_of(name, email, phone))
        ]
        if rows:
            op.bulk_insert(words, rows)


def downgrade() -> None:
    op.drop_index("ix_message_failed", "message")
    op.drop_index("ix_audit_entry_location_id_id", "audit_entry")
    # Mails to staff speak of nothing that is left.
    op.execute("DELETE FROM message WHERE staff_id IS NOT NULL")
    for table in ("audit_entry", "message"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_staff_id"))
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_staff_id"), type_="foreignkey")
            batch_op.drop_column("staff_id")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("before")
    with op.batch_alter_table("client") as batch_op:
        batch_op.drop_column("books_by_phone")
    op.execute("UPDATE booking SET status = 'booked' WHERE status IN ('arrived', 'in_treatment')")
    with op.batch_alter_table("booking") as batch_op:
        for name in (*MOMENTS, "cancelled_by"):
            batch_op.drop_column(name)
    op.drop_table("client_word")
    op.drop_table("staff_session")
    op.drop_table("staff_member")
