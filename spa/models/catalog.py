"""The menu: treatments, their words and steps, and the people, rooms and devices for them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from spa.database import Model, UtcDateTime


class Treatment(Model):
    """One line of the menu: what is sold, for how much, and what it needs.

    A hidden one is booked at the desk alone; an archived one by nobody.
    """

    __tablename__ = "treatment"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    price_minor: Mapped[int]
    turnover_minutes: Mapped[int] = mapped_column(default=0)
    turnover_needs_practitioner: Mapped[bool] = mapped_column(default=False)
    is_needling: Mapped[bool] = mapped_column(default=True)
    days_between: Mapped[int | None]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    words: Mapped[list["TreatmentWords"]] = relationship(lazy="raise")
    steps: Mapped[list["TreatmentStep"]] = relationship(
        order_by="TreatmentStep.position", lazy="raise"
    )

    __table_args__ = (
        sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
        sa.CheckConstraint("turnover_minutes % 5 = 0", name="turnover_on_ticks"),
    )


class TreatmentWords(Model):
    """What the studio says about a treatment, in one language; `about` is Markdown."""

    __tablename__ = "treatment_words"

    treatment_id: Mapped[int] = mapped_column(sa.ForeignKey("treatment.id"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text)
    about: Mapped[str] = mapped_column(sa.Text, default="")


class TreatmentStep(Model):
    """One part of the hour; while it runs the practitioner or the device may be free for others."""

    __tablename__ = "treatment_step"

    treatment_id: Mapped[int] = mapped_column(sa.ForeignKey("treatment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    minutes: Mapped[int]
    needs_practitioner: Mapped[bool] = mapped_column(default=True)
    needs_device: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        sa.CheckConstraint("minutes > 0 AND minutes % 5 = 0", name="minutes_on_ticks"),
    )


class Resource(Model):
    """A practitioner, a room or a device: whatever can only be in one booking at a time.

    `portrait` is the number of the drawn one that stands in where there is no photo. A calendar's
    address carries `feed_version`: a new one kills the old address, 0 is none.
    """

    __tablename__ = "resource"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("location.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    position: Mapped[int] = mapped_column(default=0)
    daily_maximum: Mapped[int | None]
    portrait: Mapped[int] = mapped_column(default=0)
    feed_version: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("location_id", "slug"),
        sa.CheckConstraint("kind IN ('practitioner', 'room', 'device')", name="kind_known"),
    )


class ResourceWords(Model):
    """What the studio says about a practitioner, in one language; `bio` is Markdown."""

    __tablename__ = "resource_words"

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    bio: Mapped[str] = mapped_column(sa.Text, default="")


class ResourcePhoto(Model):
    """The picture of a practitioner, made small; its digest is part of its address."""

    __tablename__ = "resource_photo"

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(32))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Capability(Model):
    """This person, room or device can do this treatment, until a certificate ends."""

    __tablename__ = "capability"

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), primary_key=True)
    treatment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("treatment.id"), primary_key=True, index=True
    )
    certificate: Mapped[str] = mapped_column(sa.String(200), default="")
    certified_until: Mapped[date | None]


class PractitionerRoom(Model):
    """This practitioner works in this room; one without any such row works in every room."""

    __tablename__ = "practitioner_room"

    practitioner_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), primary_key=True, index=True)
