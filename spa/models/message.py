"""The outbox: what the studio has to tell, and the studio's own words and plan for it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime

IS_WAITING = sa.text("message.status = 'waiting'")
"""Written out, because a bound parameter would keep PostgreSQL from using the partial indexes."""


def _first_due(context: Any) -> datetime:
    """Whatever is not told otherwise was planned for when it is due."""
    due_at: datetime = context.get_current_parameters()["due_at"]
    return due_at


class Message(Model):
    """One message: to whom, by what channel, about what, when it is due, what became of it.

    `kind` is answer, note, news or alert (see domain.plan). `parts` are the notes of the plan that
    it says in one. `planned_for` is when it was first due, `due_at` when it is tried next. `before`
    is what its reader believes until it comes, so that a change taken back in time need not be
    told at all. `interruptions` counts workers that stopped with it in hand: it may have been sent
    by each.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8), default="answer")
    channel: Mapped[str] = mapped_column(sa.String(8), default="email")
    event: Mapped[str] = mapped_column(sa.String(40))
    parts: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(10))
    unique_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    before: Mapped[str] = mapped_column(sa.String(80), default="")
    status: Mapped[str] = mapped_column(sa.String(12), default="waiting")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_for: Mapped[datetime] = mapped_column(UtcDateTime, default=_first_due)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    interruptions: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_subject: Mapped[str] = mapped_column(sa.Text, default="")
    sent_text: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (
        sa.Index(
            "ix_message_due_at",
            "due_at",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        ),
        sa.Index(
            "ix_message_planned_for",
            "planned_for",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        ),
        sa.Index(
            "ix_message_failed",
            "location_id",
            sqlite_where=sa.text("status = 'failed'"),
            postgresql_where=sa.text("status = 'failed'"),
        ),
    )


class MessageWords(Model):
    """The studio's own words for an event in one language; without a row the program's are used.

    `body` is Markdown with placeholders, `first_body` is said as well on a first visit, `short` is
    the text for telephones.
    """

    __tablename__ = "message_words"

    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"), primary_key=True)
    event: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    first_body: Mapped[str] = mapped_column(sa.Text, default="")
    short: Mapped[str] = mapped_column(sa.String(300), default="")


class TreatmentNote(Model):
    """How the plan of a treatment's visits differs from the program's own: one note of it.

    `days` count from the visit's day, before it below zero; `minute` is the time of that day at
    the place.
    """

    __tablename__ = "treatment_note"

    treatment_id: Mapped[int] = mapped_column(sa.ForeignKey("treatment.id"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    is_on: Mapped[bool]
    days: Mapped[int]
    minute: Mapped[int]
