"""When the studio is open and who is there, all in local wall times (minutes since midnight)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model

ONE_OF_WEEKDAY_OR_DATE = "(weekday IS NULL) <> (on_date IS NULL)"
IN_ORDER = "from_minute >= 0 AND from_minute < to_minute AND to_minute <= 2880"
ON_TICKS = "from_minute % 5 = 0 AND to_minute % 5 = 0"


class OpeningHours(Model):
    """Open between these times on a weekday (Monday is 0), or on one date instead."""

    __tablename__ = "opening_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"), index=True)
    weekday: Mapped[int | None]
    on_date: Mapped[date | None]
    from_minute: Mapped[int]
    to_minute: Mapped[int]

    __table_args__ = (
        sa.CheckConstraint(ONE_OF_WEEKDAY_OR_DATE, name="weekday_or_date"),
        sa.CheckConstraint(IN_ORDER, name="in_order"),
        sa.CheckConstraint(ON_TICKS, name="on_ticks"),
    )


class Closure(Model):
    """Closed from the first day through the last."""

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (sa.CheckConstraint("first_on <= last_on", name="in_order"),)


class Shift(Model):
    """A practitioner works between these times on a weekday while it lasts, or on one date."""

    __tablename__ = "shift"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    weekday: Mapped[int | None]
    on_date: Mapped[date | None]
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    __table_args__ = (
        sa.CheckConstraint(ONE_OF_WEEKDAY_OR_DATE, name="weekday_or_date"),
        sa.CheckConstraint(IN_ORDER, name="in_order"),
        sa.CheckConstraint(ON_TICKS, name="on_ticks"),
    )


class ShiftBreak(Model):
    """A pause within a shift, on every day that the shift runs."""

    __tablename__ = "shift_break"

    shift_id: Mapped[int] = mapped_column(sa.ForeignKey("shift.id"), primary_key=True)
    from_minute: Mapped[int] = mapped_column(primary_key=True)
    to_minute: Mapped[int]

    __table_args__ = (
        sa.CheckConstraint(IN_ORDER, name="in_order"),
        sa.CheckConstraint(ON_TICKS, name="on_ticks"),
    )


class TimeOff(Model):
    """A practitioner is away from a time on the first day to a time on the last."""

    __tablename__ = "time_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    first_on: Mapped[date]
    from_minute: Mapped[int] = mapped_column(default=0)
    last_on: Mapped[date]
    to_minute: Mapped[int] = mapped_column(default=1440)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (sa.CheckConstraint("first_on <= last_on", name="in_order"),)
