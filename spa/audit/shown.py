"""The record of changes as a page shows it: when, who, and what in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from spa import wording
from spa.audit.queries import Entry


@dataclass(frozen=True)
class Happened:
    """One line of the record."""

    at: str
    who: str
    words: str


def happened(entries: Iterable[Entry], zone: ZoneInfo) -> list[Happened]:
    """Entries in words, in the order they come."""
    return [
        Happened(
            at=wording.moment_short(entry.at, zone),
            who=entry.who or _("Client"),
            words=wording.entry(entry.event, entry.details, entry.names, zone),
        )
        for entry in entries
    ]
