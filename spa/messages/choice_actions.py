"""What clients decide about messages: the notes they want, and how; each is one transaction."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa import clock
from spa.audit.record import record
from spa.database import transaction
from spa.domain.policy import ChangeRefusal
from spa.domain.states import BookingStatus
from spa.errors import ChangeRefused
from spa.messages import planning
from spa.models import Booking, Client


@dataclass(frozen=True, slots=True)
class Choice:
    """What a client wants: the notes they do not, the channel, and whether news."""

    declined: frozenset[str]
    channel: str
    no_texts: bool
    wants_news: bool


def choose_notes(reference: str, choice: Choice) -> None:
    """Keep what the client of this booking wants, and plan all their visits anew by it."""
    now = clock.now()
    with transaction() as session:
        booking = _locked(session, reference)
        client = session.get(Client, booking.client_id, with_for_update={"key_share": True})
        if client is None:
            return
        had_news = planning.wants_news(session, client)
        client.declined_notes = sorted(choice.declined)
        # Who wants no text ever can't want notes as texts: the no counts.
        client.channel = "email" if choice.no_texts else choice.channel
        client.no_texts = choice.no_texts
        if choice.wants_news and not had_news:
            booking.marketing_agreed_at = now
        if had_news and not choice.wants_news:
            client.news_stopped_at = now
        planning.plan_again(session, Booking.client_id == client.id, now)
        record(
            session,
            "client.notes_chosen",
            at=now,
            location_id=booking.location_id,
            booking_id=booking.id,
            client_id=client.id,
            declined=client.declined_notes,
            channel=client.channel,
            no_texts=client.no_texts,
            news=choice.wants_news,
        )


def stop_news(client_id: int) -> bool:
    """Send this client no more marketing; False when there is no such client."""
    now = clock.now()
    with transaction() as session:
        client = session.get(Client, client_id, with_for_update={"key_share": True})
        if client is not None and client.merged_into_id:
            client = session.get(Client, client.merged_into_id)
        if client is None:
            return False
        if planning.wants_news(session, client):
            client.news_stopped_at = now
            planning.plan_again(session, Booking.client_id == client.id, now)
            record(session, "client.news_stopped", at=now, client_id=client.id)
    return True


def assure(reference: str) -> Booking:
    """Note that the client says they will come; raises ChangeRefused when that is no question."""
    now = clock.now()
    with transaction() as session:
        booking = _locked(session, reference)
        if booking.status == BookingStatus.CANCELLED:
            raise ChangeRefused(ChangeRefusal.CANCELLED)
        if booking.status != BookingStatus.BOOKED or booking.starts_at <= now:
            raise ChangeRefused(ChangeRefusal.STARTED)
        if booking.assured_at is None:
            booking.assured_at = now
            record(
                session,
                "booking.assured",
                at=now,
                location_id=booking.location_id,
                booking_id=booking.id,
                client_id=booking.client_id,
            )
    return booking


def _locked(session: Session, reference: str) -> Booking:
    return session.scalars(
        sa.select(Booking).where(Booking.reference == reference).with_for_update(key_share=True)
    ).one()
