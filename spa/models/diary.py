"""The skin diary: what a client said does not look right, until somebody has dealt with it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime


class FollowUp(Model):
    """A client after a visit whose skin needs a look; `practitioner_id` is who is to give it.

    `signs` are health answers: only who treats reads them, and each reading is recorded.
    """

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"))
    booking_id: Mapped[int] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(sa.ForeignKey("client.id"), index=True)
    practitioner_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signs: Mapped[list[Any]] = mapped_column(sa.JSON)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    wants_call: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    note: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (
        sa.Index(
            "ix_follow_up_open",
            "location_id",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )
