"""What staff write down about a client, and taking it away again; each is one transaction."""

import sqlalchemy as sa

from spa import clock
from spa.audit.record import record
from spa.booking import matching
from spa.database import transaction
from spa.domain.roles import Actor, Permission
from spa.errors import NotAllowed
from spa.models import ClientNote


def write_note(client_id: int, text: str, *, actor: Actor, location_id: int) -> ClientNote:
    """Write it down with who and when; the same text twice in a row is written once.

    Of a record that was merged meanwhile it goes to the one that goes on.
    """
    now = clock.now()
    with transaction() as session:
        client_id = matching.current(session, client_id).id
        last = session.scalar(
            sa.select(ClientNote)
            .where(ClientNote.client_id == client_id)
            .order_by(ClientNote.id.desc())
            .limit(1)
        )
        if last and (last.text, last.staff_id, last.removed_at) == (text, actor.id, None):
            return last
        note = ClientNote(client_id=client_id, staff_id=actor.id, written_at=now, text=text)
        session.add(note)
        session.flush()
        about = {"staff_id": actor.id, "location_id": location_id, "client_id": client_id}
        record(session, "client.note_written", at=now, number=note.id, **about)
    return note


def remove_note(note_id: int, client_id: int, *, actor: Actor, location_id: int) -> bool:
    """Take a note off the file; it is kept for the record. False when it is gone already.

    Raises NotAllowed for somebody else's, unless whoever asks may merge records.
    """
    now = clock.now()
    with transaction() as session:
        note = session.scalars(
            sa.select(ClientNote)
            .where(ClientNote.id == note_id, ClientNote.client_id == client_id)
            .with_for_update()
        ).first()
        if note is None or note.removed_at is not None:
            return False
        if note.staff_id != actor.id and not actor.may(Permission.MERGE_CLIENTS):
            raise NotAllowed
        note.removed_at = now
        about = {"staff_id": actor.id, "location_id": location_id, "client_id": client_id}
        record(session, "client.note_removed", at=now, number=note.id, **about)
    return True
