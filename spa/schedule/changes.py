"""What a change is that decides who can be booked when: rows to write, and what is recorded."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Entry:
    """What the record keeps of a change, and which person, room or treatment it is about."""

    event: str
    details: dict[str, Any] = field(default_factory=dict)
    resource_id: int | None = None
    treatment_id: int | None = None


class Change(Protocol):
    """New hours, another shift, a closed room: whatever could leave a visit without its hour."""

    @property
    def location_id(self) -> int:
        """The place that it is made at."""

    def write(self, session: Session, now: datetime) -> list[Entry]:
        """Write the rows as they will be, inside an action or a rehearsal of one.

        The place is locked. May raise a Refusal, and then nothing is written.
        """
