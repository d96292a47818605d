"""Hours pencilled in after a visit: kept, taken with one button, let go, or freed by silence."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa import links
from spa.booking import actions, pencil_actions, pencil_queries, state_actions
from spa.database import transaction
from spa.domain.roles import Actor, Role
from spa.domain.states import BookingStatus as S
from spa.errors import NotAllowed, SlotTaken
from spa.messages import tidying, worker
from spa.models import AuditEntry, Booking, Claim, Message, Treatment, TreatmentStep
from tests import make
from tests.booking.test_staff import press, show
from tests.booking.test_state_actions import claims, somebody
from tests.messages import mailbox
from tests.pages import Pages
from tests.schedule.test_staff import seen
from tests.visitor import alert

At = Callable[[str], datetime]
Staff = Callable[..., Pages]


@pytest.fixture
def kim(session: Session, studio: make.Studio) -> Actor:
    """Kim at reception."""
    return somebody(session, Role.RECEPTION)


@pytest.fixture
def leaving(session: Session, kim: Actor, at: At) -> Booking:
    """Ana's hour with Ines on a Thursday, which is over."""
    booking = make.booked("2026-03-12 10:00", practitioner="ines")
    at("2026-03-12 11:00")
    return state_actions.change_state(booking.reference, S.DONE, actor=kim)


def page_of(pages: Pages, booking: Booking) -> str:
    return f"/booking/pencilled/{links.visit_token(booking.reference, booking.link_version)}"


def status(session: Session, booking: Booking) -> str:
    session.rollback()
    session.refresh(booking)
    return booking.status


def test_the_next_hour_is_four_weeks_on_with_the_same_person(
    session: Session, kim: Actor, leaving: Booking
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)

    assert kept.starts_at == make.moment("2026-04-09 10:00")
    assert kept.practitioner_id == leaving.practitioner_id
    assert kept.held_until == make.moment("2026-03-14 11:00")
    assert (kept.client_id, kept.contact_email) == (leaving.client_id, "ana@example.com")
    assert claims(session, kept) > 0


@pytest.mark.parametrize(
    ("taken", "found"),
    [
        (["2026-04-09"], "2026-04-16"),
        (["2026-04-09", "2026-04-16"], "2026-04-23"),
        ([f"2026-04-{day:02}" for day in (9, 16, 23, 30)], "2026-05-07"),
    ],
)
def test_a_week_that_is_taken_gives_way_to_the_next(
    taken: list[str], found: str, session: Session, kim: Actor, leaving: Booking, at: At
) -> None:
    for number, day in enumerate(taken):
        make.booked(f"{day} 10:00", practitioner="ines", visitor=f"v{number}",
                    email=f"v{number}@example.com")  # fmt: skip

    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)

    assert kept.starts_at == make.moment(f"{found} 10:00")


def test_no_such_hour_in_the_next_weeks_is_said(
    session: Session, kim: Actor, leaving: Booking, staff: Staff
) -> None:
    with transaction() as inside:
        make.leave(inside, leaving.practitioner_id, "2026-03-20")
    with pytest.raises(SlotTaken):
        pencil_actions.pencil_in(leaving.reference, actor=kim)

    page = show(staff("reception"), leaving)

    assert "this hour is not free with the same person" in page.text
    assert not page.tree.xpath("//button[normalize-space()='Pencil it in']")


def test_pressed_twice_it_is_pencilled_in_once(
    session: Session, kim: Actor, leaving: Booking
) -> None:
    first = pencil_actions.pencil_in(leaving.reference, actor=kim)

    assert pencil_actions.pencil_in(leaving.reference, actor=kim).id == first.id
    assert session.scalar(sa.select(sa.func.count(Booking.id))) == 2


@pytest.mark.parametrize("state", [S.BOOKED, S.CANCELLED, S.NO_SHOW])
def test_only_who_is_leaving_can_be_pencilled_in(
    state: S, session: Session, kim: Actor, at: At
) -> None:
    booking = make.booked("2026-03-12 10:00")
    at("2026-03-12 10:30")
    if state != S.BOOKED:
        state_actions.change_state(booking.reference, state, actor=kim)

    with pytest.raises(NotAllowed):
        pencil_actions.pencil_in(booking.reference, actor=kim)


def test_who_comes_again_anyway_is_offered_nothing(
    session: Session, leaving: Booking, app: Flask
) -> None:
    make.booked("2026-04-20 10:00", visitor="two")

    assert not pencil_queries.may_be_pencilled(leaving, app.config["SPA_NOW"])


def test_nobody_else_can_have_it_until_silence_frees_it(
    session: Session, kim: Actor, leaving: Booking, at: At
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    other = {"practitioner": "ines", "visitor": "two", "email": "bea@example.com"}
    with pytest.raises(SlotTaken):
        make.booked("2026-04-09 10:00", **other)

    at("2026-03-14 11:00")
    taken = make.booked("2026-04-09 10:00", **other)

    assert (taken.status, status(session, kept)) == ("booked", "lapsed")
    assert claims(session, kept) == 0
    # Its link says so as long as the hour lies ahead.
    for day, count in (("2026-03-30", 3), ("2026-04-20", 2)):
        at(f"{day} 09:00")
        tidying.tidy()
        assert session.scalar(sa.select(sa.func.count(Booking.id))) == count


def test_one_button_takes_it_and_a_second_press_changes_nothing(
    app: Flask, session: Session, kim: Actor, leaving: Booking, pages: Pages
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    page = pages.open(page_of(pages, kept))
    assert status(session, kept) == "held"
    assert "Pencilled in for you" in page.text and "Sat 14 Mar" not in page.tree.xpath("//h1")[0]

    for _ in range(2):
        answer = pages.post(page.path, page.fields())
        assert answer.path.startswith("/booking/visit/")

    assert status(session, kept) == "booked"
    entries = session.scalars(
        sa.select(AuditEntry.event).where(AuditEntry.booking_id == kept.id)
    ).all()
    assert entries == ["booking.pencil_taken"]
    worker.send_due()
    assert "Your visit on Thursday 9 April is booked" in [
        mail["Subject"] for mail in mailbox.mails(app)
    ]


def test_it_can_be_let_go_by_the_client(
    session: Session, kim: Actor, leaving: Booking, pages: Pages
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    page = pages.open(page_of(pages, kept))

    page = pages.post(page.path, page.fields() | {"do": "release"})

    assert "no longer kept" in page.text
    assert (status(session, kept), claims(session, kept)) == ("lapsed", 0)


def test_one_that_lapsed_is_taken_while_it_is_free(
    session: Session, kim: Actor, leaving: Booking, pages: Pages, at: At
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    at("2026-03-16 09:00")
    page = pages.open(page_of(pages, kept))
    assert "no longer kept" in page.text

    pages.post(page.path, page.fields())

    assert status(session, kept) == "booked"
    assert claims(session, kept) > 0


def test_one_that_is_gone_ends_in_the_nearest_free_times(
    session: Session, kim: Actor, leaving: Booking, pages: Pages, at: At
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    at("2026-03-16 09:00")
    make.booked("2026-04-09 10:00", practitioner="ines", visitor="two", email="b@example.com")
    page = pages.open(page_of(pages, kept))

    page = pages.post(page.path, page.fields())

    assert page.status == 409 and alert(page)
    times = page.tree.xpath("//button[@name='at']/@value")
    assert times
    pages.post(page.path, page.fields() | {"at": times[0]})
    assert status(session, kept) == "booked"
    assert kept.starts_at == datetime.fromisoformat(times[0])


def test_the_link_opens_no_page_for_typing_details(
    session: Session, kim: Actor, leaving: Booking, pages: Pages
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    token = links.visit_token(kept.reference, 1)

    assert pages.open(f"/booking/held/{token}").path == page_of(pages, kept)
    assert pages.open(f"/booking/pencilled/{links.visit_token(leaving.reference, 1)}").status == 404


def test_the_evenings_note_says_it_or_else_a_note_of_its_own_at_once(
    app: Flask, session: Session, kim: Actor, at: At
) -> None:
    with transaction() as inside:
        make.plan_notes(inside)
    for start, minutes in (("2026-03-12 10:00", 60), ("2026-03-19 10:00", 60 * 9)):
        booking = make.booked(start, practitioner="ines", visitor=start)
        app.config["SPA_NOW"] = make.moment(start) + timedelta(minutes=minutes)
        worker.send_due()
        state_actions.change_state(booking.reference, S.DONE, actor=kim)
        mailbox.empty(app)
        pencil_actions.pencil_in(booking.reference, actor=kim)
        worker.send_due()
        at_once = [mail["Subject"] for mail in mailbox.mails(app)]
        if minutes == 60:
            assert at_once == []
            app.config["SPA_NOW"] = make.moment("2026-03-12 18:00")
            worker.send_due()
            (evening,) = mailbox.mails(app)
            assert "Pencilled in for you: Thursday 9 April, 10:00, with Ines." in mailbox.text(
                evening
            )
            with transaction() as inside:
                inside.execute(sa.delete(Message))
                inside.execute(sa.delete(Claim))
                inside.execute(sa.update(Booking).values(status="cancelled"))
        else:
            assert at_once == ["Your next hour is kept for you"]


def test_the_desk_sees_takes_and_lets_go(
    session: Session, leaving: Booking, staff: Staff, at: At
) -> None:
    desk = staff("reception")
    page = press(desk, show(desk, leaving), "Pencil it in")
    assert "Pencilled in for Thu 9 Apr, 10:00" in page.text
    kept = session.scalars(sa.select(Booking).where(Booking.pencilled_after_id.is_not(None))).one()

    until = "Sat 14 Mar, 11:00"
    day = desk.get("schedule.day", day="2026-04-09", view="list")
    assert f"Pencilled in until {until}" in day.text and "Being booked online" not in day.text
    assert f"Pencilled in until {until}" in show(desk, kept).text
    (one,) = seen(desk, "schedule.day_data", day="2026-04-09").response.get_json()["visits"]
    assert one["state"] == "held pencilled" and one["what"].endswith(f"kept until {until}")
    file = desk.get("clients.show", client_id=kept.client_id)
    (coming,) = file.tree.xpath("//section[@aria-labelledby='coming']//li")
    assert f"Pencilled in until {until}" in " ".join(coming.text_content().split())

    page = press(desk, show(desk, kept), "Let it go")
    assert "Let go. The hour is free again." in page.text
    assert "No longer kept" in show(desk, kept).text
    file = desk.get("clients.show", client_id=kept.client_id)
    assert not file.tree.xpath("//section[@aria-labelledby='coming']//li")
    press(desk, show(desk, leaving), "Pencil it in")
    page = press(desk, show(desk, leaving), "Book it for them")
    assert "Booked." in page.text
    states = session.scalars(sa.select(Booking.status).order_by(Booking.id)).all()
    assert states == ["done", "lapsed", "booked"]


def test_a_practitioner_pencils_in_for_their_own_and_nobody_elses(
    session: Session, leaving: Booking, staff: Staff, studio: make.Studio
) -> None:
    ines = staff("practitioner")
    page = press(ines, show(ines, leaving), "Pencil it in")
    assert page.status == 200

    maya = staff("practitioner", email="maya@example.com", resource_id=studio.maya)
    token = maya.get("accounts.account").tree.xpath("//input[@name='csrf_token']/@value")[0]
    path = f"/staff/booking/{leaving.reference}/pencil"
    assert maya.client.post(path, data={"csrf_token": token}).status_code == 404


def test_a_pencilled_hour_counts_for_no_limit_and_is_no_visit_to_come(
    session: Session, kim: Actor, leaving: Booking, pages: Pages
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    for number in range(3):
        make.booked(f"2026-05-1{number} 10:00", visitor=f"v{number}")
    page = pages.open(page_of(pages, kept))

    pages.post(page.path, page.fields())

    assert status(session, kept) == "booked"
    actions.cancel_booking(kept.reference)
    assert status(session, kept) == "cancelled"


def test_a_menu_that_changed_meanwhile_claims_all_that_the_next_hour_needs(
    session: Session, kim: Actor, leaving: Booking
) -> None:
    with transaction() as inside:
        step = inside.scalars(
            sa.select(TreatmentStep)
            .where(TreatmentStep.treatment_id == leaving.treatment_id)
            .order_by(TreatmentStep.position)
        ).first()
        assert step
        step.minutes += 30

    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)

    minutes = sum(step[1] for step in kept.steps)
    assert kept.ends_at - kept.starts_at == timedelta(minutes=minutes)
    assert minutes == (leaving.ends_at - leaving.starts_at) / timedelta(minutes=1) + 30
    with pytest.raises(SlotTaken):
        make.booked("2026-04-09 11:15", practitioner="ines", visitor="two", email="b@example.com")


def test_what_is_no_longer_on_the_menu_is_not_pencilled_in(
    session: Session, kim: Actor, leaving: Booking, at: At
) -> None:
    with transaction() as inside:
        inside.get_one(Treatment, leaving.treatment_id).archived_at = leaving.ends_at

    with pytest.raises(SlotTaken):
        pencil_actions.pencil_in(leaving.reference, actor=kim)


@pytest.mark.parametrize("answer", [pencil_actions.take_pencilled, pencil_actions.let_go])
def test_an_answer_at_the_desk_takes_the_unsent_question_back(
    answer: Callable[..., Booking], session: Session, kim: Actor, leaving: Booking
) -> None:
    with transaction() as inside:
        inside.execute(sa.delete(Message))
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    asked = sa.select(Message.status).where(Message.event == "hour_pencilled")
    assert session.scalars(asked).all() == ["waiting"]
    session.rollback()

    answer(kept.reference, actor=kim)

    assert session.scalars(asked).all() == ["withdrawn"]


def test_the_desk_is_not_told_that_something_happened_when_it_did_not(
    session: Session, kim: Actor, leaving: Booking, staff: Staff
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    desk = staff("reception")
    before = show(desk, kept)
    pencil_actions.take_pencilled(kept.reference)

    page = press(desk, before, "Let it go")

    assert "not pencilled in any more" in page.text
    assert "free again" not in page.text
    assert status(session, kept) == "booked"
    actions.cancel_booking(kept.reference)

    page = press(desk, before, "Book it for them")

    assert "not pencilled in any more" in page.text
    assert status(session, kept) == "cancelled"


def test_another_hour_begins_where_visitors_may_begin(
    session: Session, kim: Actor, leaving: Booking, pages: Pages, at: At
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    at("2026-03-16 09:00")
    page = pages.open(page_of(pages, kept))

    page = pages.post(page.path, page.fields() | {"at": "2026-04-09T14:05:00+00:00"})

    assert page.status == 409 and alert(page)
    assert status(session, kept) != "booked"


def test_a_treatment_that_visitors_do_not_see_leads_to_no_missing_page(
    session: Session, kim: Actor, leaving: Booking, pages: Pages
) -> None:
    kept = pencil_actions.pencil_in(leaving.reference, actor=kim)
    link = "//a[normalize-space()='Choose another hour']/@href"
    assert pages.open(page_of(pages, kept)).tree.xpath(link) != ["/"]
    with transaction() as inside:
        inside.get_one(Treatment, leaving.treatment_id).is_hidden = True

    (href,) = pages.open(page_of(pages, kept)).tree.xpath(link)

    assert pages.open(href).status == 200
