"""Who works here, and the browsers they are signed in with."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime


class StaffMember(Model):
    """Somebody who signs in: at one place, or at every place when `location_id` is empty.

    `resource_id` is who they are in the rota. Without a password they have not come in yet; a new
    `link_version` kills the links that were mailed to them before.
    """

    __tablename__ = "staff_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int | None] = mapped_column(sa.ForeignKey("location.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    role: Mapped[str] = mapped_column(sa.String(12))
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    link_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint(
            "role IN ('owner', 'manager', 'reception', 'practitioner')", name="role_known"
        ),
        # One person of the rota, one sign-in.
        sa.Index(
            "ix_staff_member_in_the_rota",
            "resource_id",
            unique=True,
            sqlite_where=sa.text("suspended_at IS NULL"),
            postgresql_where=sa.text("suspended_at IS NULL"),
        ),
    )


class StaffSession(Model):
    """One browser that somebody signed in with; the row ends it, whatever its cookie says.

    Only a digest of the cookie's key is kept.
    """

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"), index=True)
    key_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    browser: Mapped[str] = mapped_column(sa.String(200), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
