"""The record of who changed what and when."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime


class AuditEntry(Model):
    """One thing that happened, written in the same transaction as the change itself."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event: Mapped[str] = mapped_column(sa.String(60))
    actor: Mapped[str] = mapped_column(sa.String(60))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"), index=True)
    location_id: Mapped[int | None] = mapped_column(sa.ForeignKey("location.id"))
    booking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booking.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(sa.ForeignKey("client.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    treatment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("treatment.id"), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)

    # The last number tells a page whether anything changed at a place, or any of one kind of thing.
    __table_args__ = (
        sa.Index("ix_audit_entry_location_id_id", "location_id", "id"),
        sa.Index("ix_audit_entry_location_id_event_id", "location_id", "event", "id"),
    )
