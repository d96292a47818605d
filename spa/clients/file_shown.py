"""A client's file in words: counts with a picture, notes, messages, consents, and the export."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from spa import wording
from spa.access import Place
from spa.booking.desk_list import row
from spa.clients import file_queries
from spa.clients.file_queries import Row
from spa.clients.queries import Client
from spa.diary import queries as diary
from spa.diary import shown as diary_shown
from spa.domain.roles import Actor, Permission
from spa.domain.spans import local_time
from spa.messages import desk_queries as messages
from spa.messages.desk_shown import MessageShown, messages_shown


@dataclass(frozen=True)
class Part:
    """One kind of visit in the picture: how many, and from where to where of a hundred."""

    kind: str
    words: str
    begins: int
    width: int


@dataclass(frozen=True)
class NoteLine:
    """A note with who wrote it and when."""

    id: int
    text: str
    who: str
    at: str
    may_remove: bool


@dataclass(frozen=True)
class File:
    """What the file holds besides the visits."""

    parts: list[Part]
    late: str
    notes: list[NoteLine]
    older_notes: str
    sent: list[MessageShown]
    consents: list[tuple[str, str]]
    follow_ups: list[diary_shown.LineShown]
    may_merge: bool


def file_of(client: Client, actor: Actor, place: Place) -> File:
    """The file, as far as whoever asks may see it."""
    counts = file_queries.counts(client.id, actor.only)
    late = ngettext("%(num)d change came late.", "%(num)d changes came late.", counts.late)
    return File(
        parts=_parts(counts),
        late=late if counts.late else "",
        notes=[
            NoteLine(
                note.id,
                note.text,
                note.who or _("Somebody who is gone"),
                _moment(note.written_at, place),
                note.staff_id == actor.id or actor.may(Permission.MERGE_CLIENTS),
            )
            for note in file_queries.notes(client.id)
        ],
        older_notes=_older(file_queries.notes_made(client.id) - file_queries.MOST),
        sent=messages_shown(
            [
                one if one.location_id == place.id else replace(one, reference=None)
                for one in messages.of_client(client.id, actor.only)
            ],
            place.zone,
            place.country,
        ),
        consents=[_consent(one, place) for one in file_queries.consents(client.id, actor.only)],
        follow_ups=[
            diary_shown.line(one, place.zone, place.country)
            for one in diary.of_client(client.id, place.id, actor.only)
        ],
        may_merge=actor.may(Permission.MERGE_CLIENTS),
    )


def as_csv(rows: Iterable[Row], place: Place) -> Iterator[str]:
    """Everyone as a sheet, row by row; no cell can be taken for a formula."""
    heads = (_("Name"), _("Email"), _("Phone"), _("Language"), _("Books by phone only"))
    yield "\ufeff" + row((*heads, _("Record since"), _("Visits")))
    for one in rows:
        yield row(
            (
                one.name,
                one.email,
                one.phone,
                one.language,
                _("yes") if one.books_by_phone else "",
                local_time(one.created_at, place.zone).date().isoformat(),
                str(one.visits),
            )
        )


def _older(count: int) -> str:
    """What is said of the notes that are too many to show."""
    if count <= 0:
        return ""
    return ngettext("%(num)d older note is not shown.", "%(num)d older notes are not shown.", count)


def _parts(counts: file_queries.Counts) -> list[Part]:
    kinds = (
        ("done", counts.came, ngettext("%(num)d visit", "%(num)d visits", counts.came)),
        ("no_show", counts.no_shows, _("%(count)s did not come", count=counts.no_shows)),
        ("cancelled", counts.cancelled, _("%(count)s cancelled", count=counts.cancelled)),
    )
    total = sum(count for _kind, count, _words in kinds) or 1
    parts, begins = [], 0
    for kind, count, words in kinds:
        width = count * 100 // total
        parts.append(Part(kind, words, begins, width))
        begins += width
    return parts


def _consent(one: file_queries.Consent, place: Place) -> tuple[str, str]:
    words = {
        "privacy": _("Read how we keep their details"),
        "screening": _("Went through the list of who can't be treated"),
        "marketing": _("Wants to hear from us now and then"),
    }[one.what]
    at = wording.day_and_year(local_time(one.at, place.zone).date())
    version = _("%(day)s, version %(version)s", day=at, version=one.version)
    return words, version if one.version else at


def _moment(at: datetime, place: Place) -> str:
    local = local_time(at, place.zone)
    return f"{wording.day_and_year(local.date())}, {wording.clock(local, place.zone)}"
