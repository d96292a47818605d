"""The people who come: one record for each person, matched only when email and name agree."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime


class Client(Model):
    """One person; `may_be_same_as_id` is an earlier record with the same email or phone."""

    __tablename__ = "client"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(sa.String(20), default="", index=True)
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    may_be_same_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("client.id"))
