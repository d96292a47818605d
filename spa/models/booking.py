"""The hours taken: bookings and blocks, and the claims that keep any two out of one hour."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from spa.database import Model, UtcDateTime

LONGEST_RUN = 288
"""Ticks in the longest run, a day: readers look back this far for one reaching into their time."""

IS_HELD, IS_RUN = sa.text("booking.status = 'held'"), sa.text("claim.run > 0")
"""Written out, because a bound parameter would keep PostgreSQL from using the partial indexes."""


class Booking(Model):
    """One visit, from the hold that keeps its hour to the day it is done.

    It keeps the price, name and steps it was made with, and the contact details that were given.
    `assured_at` is when the client said they will come, `no_answer_at` when they were last called
    in vain, `looked_at` when staff last looked at what the visit asks them to look at.
    `pencilled_after_id` is the visit at whose end this hour was pencilled in: it is held for that
    client and not by a visitor.
    """

    __tablename__ = "booking"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"))
    treatment_id: Mapped[int] = mapped_column(sa.ForeignKey("treatment.id"), index=True)
    practitioner_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"))
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"))
    client_id: Mapped[int | None] = mapped_column(sa.ForeignKey("client.id"), index=True)
    pencilled_after_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booking.id"), index=True)

    reference: Mapped[str] = mapped_column(sa.String(32), unique=True)
    link_version: Mapped[int] = mapped_column(default=1)
    visitor: Mapped[str | None] = mapped_column(sa.String(32))
    status: Mapped[str] = mapped_column(sa.String(12))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extensions: Mapped[int] = mapped_column(default=0)
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    no_show_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_by: Mapped[str | None] = mapped_column(sa.String(12))
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    no_answer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_late: Mapped[bool] = mapped_column(default=False)
    moves: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)

    language: Mapped[str] = mapped_column(sa.String(10))
    treatment_name: Mapped[str] = mapped_column(sa.String(200))
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    steps: Mapped[list[list[Any]]] = mapped_column(sa.JSON)
    is_needling: Mapped[bool] = mapped_column(default=True)
    wants_practitioner: Mapped[bool] = mapped_column(default=False)

    contact_name: Mapped[str] = mapped_column(sa.String(200), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    other_name: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    is_first_visit: Mapped[bool] = mapped_column(default=False)
    screened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    screening_version: Mapped[str | None] = mapped_column(sa.String(20))
    privacy_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    privacy_version: Mapped[str | None] = mapped_column(sa.String(20))
    marketing_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("ix_booking_location_id_starts_at", "location_id", "starts_at"),
        sa.Index(
            "ix_booking_held_until",
            "held_until",
            sqlite_where=sa.text("status = 'held'"),
            postgresql_where=sa.text("status = 'held'"),
        ),
        sa.Index("ix_booking_contact_email_starts_at", "contact_email", "starts_at"),
        sa.Index(
            "ix_booking_visitor",
            "visitor",
            sqlite_where=sa.text("status = 'held'"),
            postgresql_where=sa.text("status = 'held'"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name="in_order"),
    )


class Block(Model):
    """A time kept free of bookings for people, rooms or devices: a meeting, a broken chair."""

    __tablename__ = "block"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")


class Claim(Model):
    """One resource is taken for one tick of five minutes; the key makes a second taker fail.

    `run` is the number of ticks taken in one piece from here, on the first tick of the piece, and 0
    on the others: readers fetch one row per piece. `is_needling` counts towards a person's day.
    """

    __tablename__ = "claim"

    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id"), primary_key=True, autoincrement=False
    )
    tick: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run: Mapped[int] = mapped_column(sa.SmallInteger)
    is_needling: Mapped[bool] = mapped_column(default=False)
    booking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    block_id: Mapped[int | None] = mapped_column(sa.ForeignKey("block.id"), index=True)

    __table_args__ = (
        sa.CheckConstraint("(booking_id IS NULL) <> (block_id IS NULL)", name="one_owner"),
        sa.Index(
            "ix_claim_runs",
            "resource_id",
            "tick",
            sqlite_where=sa.text("run > 0"),
            postgresql_where=sa.text("run > 0"),
        ),
        {"sqlite_with_rowid": False},
    )


def claim_rows(
    claims: Iterable[tuple[int, tuple[int, int]]],
    *,
    booking_id: int | None = None,
    block_id: int | None = None,
    is_needling: bool = False,
) -> list[dict[str, Any]]:
    """The rows that take these resources for these spans of ticks, in the order of the key."""
    return [
        {
            "resource_id": resource_id,
            "tick": tick,
            "run": 0 if (tick - start) % LONGEST_RUN else min(end - tick, LONGEST_RUN),
            "is_needling": is_needling,
            "booking_id": booking_id,
            "block_id": block_id,
        }
        for resource_id, (start, end) in sorted(claims)
        for tick in range(start, end)
    ]


def claim(
    session: Session,
    claims: Iterable[tuple[int, tuple[int, int]]],
    *,
    booking_id: int | None = None,
    block_id: int | None = None,
    is_needling: bool = False,
) -> None:
    """Take these resources; an IntegrityError on pk_claim says that another was quicker.

    One statement of numbers written out: a hundred bound parameters cost more than the rest of a
    booking.
    """
    rows = claim_rows(claims, booking_id=booking_id, block_id=block_id, is_needling=is_needling)
    written = ", ".join(f"({', '.join(map(_literal, row.values()))})" for row in rows)
    statement = f"INSERT INTO claim ({', '.join(rows[0])}) VALUES {written}"
    session.connection().exec_driver_sql(statement)


def _literal(value: int | bool | None) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return "NULL" if value is None else f"{value:d}"
