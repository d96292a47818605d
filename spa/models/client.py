"""The people who come: one record for each person, matched only when email and name agree."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime


class Client(Model):
    """One person; `may_be_same_as_id` is an earlier record with the same email or phone.

    One who `books_by_phone` is asked to call when they try to book online. One that was merged
    stays as it was, points to the record that goes on, and is found no more. `channel` is how they
    want the notes about a visit, email or text; `declined_notes` those they do not want. Nobody
    with `no_texts` gets one. `news_stopped_at` is when they last said no to marketing.
    """

    __tablename__ = "client"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(sa.String(20), default="", index=True)
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    books_by_phone: Mapped[bool] = mapped_column(default=False)
    may_be_same_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("client.id"))
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("client.id"), index=True)
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(sa.String(8), default="email")
    no_texts: Mapped[bool] = mapped_column(default=False)
    declined_notes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    news_stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClientNote(Model):
    """What somebody of the studio wrote down about a client, and when; never changed after."""

    __tablename__ = "client_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(sa.ForeignKey("client.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(sa.Text)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClientWord(Model):
    """A beginning by which a client can be found; written anew whenever the record changes."""

    __tablename__ = "client_word"

    word: Mapped[str] = mapped_column(
        sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql"), primary_key=True
    )
    client_id: Mapped[int] = mapped_column(
        sa.ForeignKey("client.id"), primary_key=True, autoincrement=False
    )

    # For the second of several words: has this client it too?
    __table_args__ = (sa.Index("ix_client_word_client_id_word", "client_id", "word"),)
