"""The places: a studio with its address, its zone and currency, and what its house wants."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime


class Location(Model):
    """One studio; `version` is the lock that every write to its hours, menu or claims takes."""

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    tagline: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.Text, default="")
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    zone: Mapped[str] = mapped_column(sa.String(64))
    currency: Mapped[str] = mapped_column(sa.String(3))
    country: Mapped[str] = mapped_column(sa.String(2))
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    version: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)
    feed_version: Mapped[int] = mapped_column(default=0)
    feeds_name_clients: Mapped[bool] = mapped_column(default=False)
    quiet_from_minute: Mapped[int] = mapped_column(default=21 * 60)
    quiet_until_minute: Mapped[int] = mapped_column(default=8 * 60)

    notice_minutes: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(default=180)
    grid_minutes: Mapped[int] = mapped_column(default=15)
    hold_minutes: Mapped[int] = mapped_column(default=10)
    hold_extensions: Mapped[int] = mapped_column(default=10)
    cut_off_hours: Mapped[int] = mapped_column(default=48)
    grace_minutes: Mapped[int] = mapped_column(default=15)
    online_moves: Mapped[int] = mapped_column(default=2)
    coming_visits: Mapped[int] = mapped_column(default=3)

    __table_args__ = (
        sa.CheckConstraint("grid_minutes > 0 AND grid_minutes % 5 = 0", name="grid_on_ticks"),
    )
