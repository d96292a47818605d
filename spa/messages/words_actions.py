"""The studio's own words for messages: kept, or given up; each is one transaction."""

import sqlalchemy as sa

from spa import clock
from spa.audit.record import record
from spa.database import transaction, upsert
from spa.domain.roles import Actor
from spa.messages.words import FIELDS, Words
from spa.models import MessageWords


def keep_words(location_id: int, event: str, language: str, own: Words, *, actor: Actor) -> None:
    """Say this from now on; what was sent stays as it was sent."""
    with transaction() as session:
        said = {name: getattr(own, name) for name in FIELDS}
        key = {"location_id": location_id, "event": event, "language": language}
        statement = upsert(MessageWords).values(**key, **said)
        session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=said))
        record(
            session,
            "message.words_changed",
            at=clock.now(),
            staff_id=actor.id,
            location_id=location_id,
            which=event,
            language=language,
        )


def reset_words(location_id: int, event: str, language: str, *, actor: Actor) -> bool:
    """Go back to the program's words; False when they are in use already."""
    with transaction() as session:
        gone = session.execute(
            sa.delete(MessageWords)
            .where(
                MessageWords.location_id == location_id,
                MessageWords.event == event,
                MessageWords.language == language,
            )
            .returning(MessageWords.event)
        ).first()
        if gone is None:
            return False
        record(
            session,
            "message.words_reset",
            at=clock.now(),
            staff_id=actor.id,
            location_id=location_id,
            which=event,
            language=language,
        )
    return True
