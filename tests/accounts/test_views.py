"""The way in, a forgotten password, and one's own account, as somebody at a browser meets them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from spa.accounts import actions, queries
from spa.database import transaction
from spa.messages import worker
from spa.models import Message, StaffMember, StaffSession
from tests import make
from tests.pages import Page, Pages
from tests.visitor import alert, wrong

Clock = Callable[[str], datetime]
Staff = Callable[..., Pages]
NEW = "four turtles in a boat"
ROSA = "rosa@example.com"


@pytest.fixture
def rosa(studio: make.Studio) -> int:
    """Somebody of the reception."""
    with transaction() as session:
        return make.staff(session, name="Rosa", email=ROSA).id


def sign_in(
    pages: Pages, email: str = ROSA, password: str = make.PASSWORD, *, then: str = "", **how: bool
) -> Page:
    """Fill in the page to sign in with and press the button."""
    fields = pages.get("accounts.sign_in", next=then).fields("/staff/login")
    return pages.post("/staff/login", fields | {"email": email, "password": password}, **how)


def mailed_link(app: Flask, session: Session) -> str:
    """The path in the newest mail to staff, before it is left out of what is kept."""
    message = session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    assert message
    folder = Path(app.instance_path) / "mail"
    for path in folder.glob("*"):
        path.unlink()
    worker.send_due()
    (mail,) = folder.glob(f"*-{message.id:06d}-*.eml")
    text = mail.read_text().replace("=\n", "").replace("=3D", "=")
    found = re.search(r"http://localhost(/staff/password/[\w.=-]+)", text)
    assert found
    return found.group(1)


def press(page: Page, pages: Pages, action: str, **typed: str) -> Page:
    """Send the form whose address ends like this."""
    forms = [f for f in page.tree.forms if f.method == "POST"]
    form = next(f for f in forms if (f.action or page.path).endswith(action))
    kept = {k: v for k, v in form.form_values() if v is not None}
    answer = pages.post(form.action or page.path, kept | typed, follow=False)
    if answer.status == 307:
        # A browser sends what was typed along; the test client would leave it out.
        return pages.post(answer.response.headers["Location"], kept | typed)
    where = answer.response.headers.get("Location")
    return pages.open(where) if where else answer


# Signing in and out


def test_who_signs_in_comes_to_the_page_they_wanted(pages: Pages, rosa: int) -> None:
    asked = pages.open("/staff/account", follow=False)
    assert asked.status == 302

    page = sign_in(pages, then="/staff/account")

    assert (page.status, page.path) == (200, "/staff/account")
    assert "Rosa" in page.text and ROSA in page.text


@pytest.mark.parametrize(
    "then",
    [
        "https://evil.example/",
        "//evil.example",
        "/staffroom",
        "/",
        "/staff/\\evil",
        "/staff/\n",
        "",
    ],
)
def test_nobody_is_sent_on_to_anything_but_the_desk(then: str, pages: Pages, rosa: int) -> None:
    page = sign_in(pages, then=then, follow=False)

    assert page.response.headers["Location"] == "/staff"


def test_the_address_may_be_written_in_capitals(pages: Pages, rosa: int) -> None:
    assert sign_in(pages, " Rosa@EXAMPLE.com ", follow=False).status == 303


@pytest.mark.parametrize("email", [ROSA, "nobody@example.com", "out@example.com"])
def test_the_words_do_not_tell_who_exists(email: str, pages: Pages, rosa: int) -> None:
    with transaction() as session:
        make.staff(
            session,
            email="out@example.com",
            suspended_at=make.moment("2026-03-01 09:00"),
        )
    password = make.PASSWORD if email.startswith("out") else "another password"

    page = sign_in(pages, email, password)

    assert page.status == 422
    assert alert(page).startswith("That address and password don't belong together.")
    (kept,) = page.all("input[name=email]")
    assert kept.get("value") == email
    (emptied,) = page.all("input[name=password]")
    assert not emptied.get("value")


def test_an_empty_form_says_what_is_missing(pages: Pages, rosa: int) -> None:
    page = sign_in(pages, "", "")

    assert page.status == 422
    assert wrong(page) == {"email": "Enter your email address", "password": "Enter your password"}


def test_a_page_left_open_over_night_still_signs_in_at_the_second_try(
    pages: Pages, rosa: int
) -> None:
    page = pages.post("/staff/login", {"email": ROSA, "password": make.PASSWORD})
    assert (page.status, "had been open for a while" in alert(page)) == (422, True)

    again = press(page, pages, "/login", password=make.PASSWORD)

    assert again.path == "/staff"


def test_signing_in_gives_the_browser_a_new_session(pages: Pages, rosa: int) -> None:
    with pages.client.session_transaction() as cookie:
        cookie["staff"] = "planted by somebody else"
        cookie["news"] = ["a visit"]

    sign_in(pages, follow=False)

    with pages.client.session_transaction() as cookie:
        assert cookie["staff"] != "planted by somebody else"
        assert "news" not in cookie


def test_who_is_signed_in_need_not_do_so_again(staff: Staff) -> None:
    page = staff("reception").open("/staff/login?next=/staff/account")

    assert page.path == "/staff/account"


def test_signing_out_leaves_nothing_that_opens_the_desk(app: Flask, staff: Staff) -> None:
    pages = staff("reception")
    with pages.client.session_transaction() as cookie:
        key = cookie["staff"]

    page = press(pages.get("accounts.account"), pages, "/logout")

    assert (page.path, "You are signed out." in page.text) == ("/staff/login", True)
    with pages.client.session_transaction() as cookie:
        cookie["staff"] = key
    assert pages.open("/staff/account").path == "/staff/login"


def test_the_way_in_is_there_before_any_place_is(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make.staff(session, "owner", location_id=None)
    pages = Pages(app)

    assert [pages.open(f"/staff/{path}").status for path in ("login", "forgot")] == [200, 200]
    assert sign_in(pages, "owner@example.com", follow=False).status == 303


# Limits


@pytest.fixture
def tries(app: Flask) -> int:
    """How many tries are allowed."""
    app.config["LIMIT_SIGN_IN"] = 3
    return 3


def from_address(app: Flask, address: str) -> Pages:
    """A browser at that address."""
    pages = Pages(app)
    pages.client.environ_base["REMOTE_ADDR"] = address
    return pages


def guess(pages: Pages, times: int, email: str = ROSA) -> list[int]:
    """Guess that often; the answers."""
    return [sign_in(pages, email, "another password").status for _ in range(times)]


def test_guessing_ends_after_some_tries_for_real_and_unreal_people_alike(
    app: Flask, tries: int, rosa: int
) -> None:
    for email in (ROSA, "nobody@example.com"):
        assert guess(from_address(app, "203.0.113.7"), 4, email) == [422, 422, 422, 429]


def test_even_the_right_password_is_not_tried_beyond_the_limit(
    app: Flask, tries: int, rosa: int
) -> None:
    stranger = from_address(app, "203.0.113.7")
    guess(stranger, tries)

    page = sign_in(stranger)

    assert page.status == 429
    assert "wait ten minutes" in alert(page)


def test_the_limit_is_over_after_ten_minutes(app: Flask, tries: int, rosa: int) -> None:
    stranger = from_address(app, "203.0.113.7")
    guess(stranger, tries + 1)
    app.config["SPA_NOW"] += timedelta(minutes=10)

    assert sign_in(stranger).path == "/staff"


def test_whoever_guesses_elsewhere_locks_nobody_out(app: Flask, tries: int, rosa: int) -> None:
    guess(from_address(app, "203.0.113.7"), tries + 1)

    assert sign_in(from_address(app, "203.0.113.8")).path == "/staff"


def test_who_signs_in_at_last_has_all_tries_again(app: Flask, tries: int, rosa: int) -> None:
    pages = from_address(app, "203.0.113.7")
    guess(pages, tries - 1)
    sign_in(pages)

    assert guess(from_address(app, "203.0.113.7"), tries) == [422] * tries


def test_one_address_may_not_try_many_accounts(app: Flask, tries: int, rosa: int) -> None:
    answers = [
        guess(from_address(app, "203.0.113.7"), 1, f"person{n}@example.com")[0] for n in range(16)
    ]

    assert answers == [422] * 15 + [429]


def test_an_account_guessed_at_from_everywhere_still_lets_a_known_browser_in(
    app: Flask, tries: int, rosa: int
) -> None:
    known = from_address(app, "203.0.113.200")
    sign_in(known)
    press(known.get("accounts.account"), known, "/logout")
    for n in range(11):
        guess(from_address(app, f"203.0.113.{n}"), 3)

    assert sign_in(from_address(app, "203.0.113.99")).status == 429
    assert sign_in(known).path == "/staff"


def test_a_known_browser_has_a_limit_of_its_own(app: Flask, tries: int, rosa: int) -> None:
    known = from_address(app, "203.0.113.200")
    sign_in(known)
    press(known.get("accounts.account"), known, "/logout")

    assert guess(known, 4) == [422, 422, 422, 429]


def test_a_browser_known_to_one_account_is_a_stranger_to_another(
    app: Flask, tries: int, rosa: int
) -> None:
    with transaction() as session:
        make.staff(session, "manager")
    known = from_address(app, "203.0.113.200")
    sign_in(known)
    press(known.get("accounts.account"), known, "/logout")

    assert guess(known, 3, "manager@example.com") == [422] * 3
    other = from_address(app, "203.0.113.200")
    assert guess(other, 1, "manager@example.com") == [429]


def test_a_forged_cookie_makes_no_browser_known(app: Flask, tries: int, rosa: int) -> None:
    stranger = from_address(app, "203.0.113.7")
    guess(stranger, tries)
    stranger.client.set_cookie("known", "eyJ4IjoieSJ9.forged", path="/staff")

    assert sign_in(stranger).status == 429


# A forgotten password


def test_a_forgotten_password_is_chosen_anew_by_mail(
    app: Flask, session: Session, pages: Pages, rosa: int
) -> None:
    asked = press(pages.get("accounts.forgot"), pages, "/forgot", email=ROSA)
    assert "If somebody here has that address" in asked.text

    path = mailed_link(app, session)
    page = press(pages.open(path), pages, path, new=NEW)

    assert (page.path, "Your password is chosen" in page.text) == ("/staff/login", True)
    assert sign_in(pages, ROSA, NEW).path == "/staff"
    assert pages.open(path).status == 410


def test_who_has_chosen_a_password_is_locked_out_by_no_guessing(
    app: Flask, session: Session, tries: int, pages: Pages, rosa: int
) -> None:
    guess(pages, tries + 1)
    actions.request_reset(ROSA)
    path = mailed_link(app, session)

    press(pages.open(path), pages, path, new=NEW)

    assert sign_in(pages, ROSA, NEW).path == "/staff"


def test_the_answer_does_not_tell_who_exists(
    app: Flask, session: Session, pages: Pages, rosa: int
) -> None:
    answers = {
        re.sub(
            r'value="[^"]*"',
            "",
            press(pages.get("accounts.forgot"), pages, "/forgot", email=email).response.text,
        )
        for email in (ROSA, "nobody@example.com")
    }

    assert len(answers) == 1
    worker.send_due()
    states = session.execute(sa.select(Message.recipient, Message.status)).all()
    assert {row.recipient: row.status for row in states} == {
        ROSA: "sent",
        "nobody@example.com": "withdrawn",
    }


@pytest.mark.parametrize(("minutes", "status"), [(119, 200), (120, 410)])
def test_the_link_to_a_new_password_holds_for_two_hours(
    minutes: int, status: int, app: Flask, session: Session, pages: Pages, rosa: int
) -> None:
    actions.request_reset(ROSA)
    path = mailed_link(app, session)

    app.config["SPA_NOW"] += timedelta(minutes=minutes)

    assert pages.open(path).status == status


@pytest.mark.parametrize("token", ["x", "x.y.z", "WyJyZXNldCIsMSwxLDFd.forged", "%00", "💆"])
def test_garbage_is_no_link(token: str, pages: Pages, rosa: int) -> None:
    assert pages.open(f"/staff/password/{token}").status in {404, 410}


def test_looking_at_the_link_does_not_use_it_up(
    app: Flask, session: Session, pages: Pages, rosa: int
) -> None:
    actions.request_reset(ROSA)
    path = mailed_link(app, session)

    assert [pages.open(path).status for _ in range(3)] == [200] * 3


def test_the_kept_text_of_the_mail_does_not_hold_the_link(
    app: Flask, session: Session, pages: Pages, rosa: int
) -> None:
    actions.request_reset(ROSA)
    token = mailed_link(app, session).rpartition("/")[2]
    session.rollback()

    (message,) = session.scalars(sa.select(Message))
    assert token not in message.sent_text and "/staff/password/…" in message.sent_text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("too short", "at least 12"),
        ("password1234", "easy to guess"),
        ("rosa rosa rosa", "not your own name"),
        ("rosa@example.com", "not your own name"),
        ("", "Enter a new password"),
    ],
)
def test_a_password_that_is_easily_guessed_is_not_taken(
    typed: str, said: str, app: Flask, session: Session, pages: Pages, rosa: int
) -> None:
    actions.request_reset(ROSA)
    path = mailed_link(app, session)

    page = press(pages.open(path), pages, path, new=typed)

    assert page.status == 422
    assert said in wrong(page)["new"]
    assert pages.open(path).status == 200


# One's own account


def test_the_account_says_who_one_is_and_what_one_may_do(staff: Staff) -> None:
    owner, practitioner = (staff(one).get("accounts.account") for one in ("owner", "practitioner"))

    assert "Invites people" in owner.text
    assert "Sees their own clients" in practitioner.text
    assert "Invites people" not in practitioner.text


def test_the_password_is_changed_by_who_knows_it(pages: Pages, rosa: int) -> None:
    sign_in(pages)
    account = pages.get("accounts.account")

    page = press(account, pages, "/account/password", present=make.PASSWORD, new=NEW)

    assert "Your password is changed." in page.text
    assert pages.open("/staff/account").path == "/staff/account"


@pytest.mark.parametrize(
    ("present", "new", "field"),
    [("another password", NEW, "present"), ("", NEW, "present"), (make.PASSWORD, "short", "new")],
)
def test_what_is_wrong_with_a_change_stands_beside_its_field(
    present: str, new: str, field: str, pages: Pages, rosa: int
) -> None:
    sign_in(pages)
    account = pages.get("accounts.account")

    page = press(account, pages, "/account/password", present=present, new=new)

    assert (page.status, list(wrong(page))) == (422, [field])


def test_the_present_password_cannot_be_guessed_by_who_found_a_desk_open(
    app: Flask, pages: Pages, tries: int, rosa: int
) -> None:
    sign_in(pages)
    account = pages.get("accounts.account")

    answers = [
        press(account, pages, "/account/password", present="another password", new=NEW).status
        for _ in range(tries + 1)
    ]

    assert answers == [422] * tries + [429]


def test_ones_browsers_are_listed_and_can_be_ended(app: Flask, rosa: int) -> None:
    here, there = Pages(app), Pages(app)
    sign_in(here)
    there.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPad) CriOS/120 Safari/604"
    sign_in(there)

    page = here.get("accounts.account")
    assert "Chrome on iPad" in page.text
    page = press(page, here, "/end")

    assert "That browser is signed out." in page.text
    assert there.open("/staff/account").path == "/staff/login"
    assert here.open("/staff/account").path == "/staff/account"


def test_signing_out_everywhere_ends_this_browser_too(app: Flask, rosa: int) -> None:
    here, there = Pages(app), Pages(app)
    sign_in(here)
    sign_in(there)

    page = press(here.get("accounts.account"), here, "/account/browsers/end")

    assert "You are signed out everywhere." in page.text
    assert {one.open("/staff/account").path for one in (here, there)} == {"/staff/login"}


# Out while a page is open


def suspend(member_id: int) -> None:
    """Let them in no longer."""
    with transaction() as session:
        session.execute(
            sa.update(StaffMember)
            .where(StaffMember.id == member_id)
            .values(suspended_at=make.moment("2026-03-10 09:00"))
        )


def test_who_is_suspended_hears_so_at_the_next_page(pages: Pages, rosa: int) -> None:
    sign_in(pages)
    suspend(rosa)

    page = pages.open("/staff/account")

    assert page.path == "/staff/login"
    assert "Your account has been suspended." in page.text


@pytest.mark.parametrize("header", [{"Accept": "application/json"}, {"HX-Request": "true"}])
def test_a_script_is_told_where_to_sign_in(header: dict[str, str], pages: Pages, rosa: int) -> None:
    sign_in(pages)
    suspend(rosa)

    answer = pages.client.get("/staff/account", headers=header)

    assert answer.status_code == 401
    assert answer.get_json() == {"sign_in": "/staff/login?next=/staff/account"}


def test_who_was_idle_too_long_signs_in_again(app: Flask, pages: Pages, rosa: int) -> None:
    sign_in(pages)
    app.config["SPA_NOW"] += timedelta(minutes=60)

    assert pages.open("/staff/account").path == "/staff/login"
    assert sign_in(pages).path == "/staff"


def test_no_key_of_a_session_is_kept_in_the_clear(
    app: Flask, session: Session, pages: Pages, rosa: int
) -> None:
    sign_in(pages)
    with pages.client.session_transaction() as cookie:
        key = cookie["staff"]

    (kept,) = session.scalars(sa.select(StaffSession.key_digest))
    assert kept == queries.digest(key) != key


def changed_too_late(app: Flask, owner: Pages) -> Page:
    """The owner makes reception a manager, an hour after they opened the page."""
    with transaction() as session:
        person = make.staff(session, email="new@example.com", name="New")
    page = owner.get("people.show", staff_id=person.id)
    app.config["SPA_NOW"] += timedelta(minutes=61)
    return press(page, owner, "/role", role="manager")


def role_of(session: Session, email: str = "new@example.com") -> str | None:
    """What they work as."""
    session.rollback()
    return session.scalar(sa.select(StaffMember.role).where(StaffMember.email == email))


def test_what_was_typed_too_late_can_be_sent_again_by_who_typed_it(
    app: Flask, session: Session, staff: Staff
) -> None:
    owner = staff("owner")

    page = changed_too_late(app, owner)
    assert (page.status, role_of(session)) == (401, "reception")
    assert "is not saved yet" in page.text

    page = press(page, owner, "/login", email="owner@example.com", password=make.PASSWORD)
    assert "has not been saved" in page.text and role_of(session) == "reception"

    page = press(page, owner, "/role")
    assert (page.status, role_of(session)) == (200, "manager")


def test_the_address_of_a_form_sent_too_late_can_be_loaded_again(pages: Pages, rosa: int) -> None:
    assert pages.open("/staff/login?again=/staff/people/1/role").status == 200


def test_what_was_typed_too_late_is_shown_to_nobody_else(
    app: Flask, session: Session, staff: Staff
) -> None:
    with transaction() as inside:
        make.staff(inside, "manager")
    owner = staff("owner")

    page = changed_too_late(app, owner)
    page = press(page, owner, "/login", email="manager@example.com", password=make.PASSWORD)

    assert page.path == "/staff" and "has not been saved" not in page.text


def test_nobody_can_put_words_into_anothers_mouth(app: Flask, staff: Staff) -> None:
    owner = staff("owner")
    account = owner.get("accounts.account")
    app.config["SPA_NOW"] += timedelta(minutes=61)
    press(account, owner, "/logout")

    for token in ("", "forged.x.y"):
        page = owner.post(
            "/staff/login?again=/staff/people/1/suspend", {"csrf_token": token, "role": "owner"}
        )
        assert page.status == 401
        assert not page.all("input[name=kept]")[0].get("value")


def test_no_password_is_kept_in_a_page(app: Flask, pages: Pages, rosa: int) -> None:
    sign_in(pages)
    account = pages.get("accounts.account")
    app.config["SPA_NOW"] += timedelta(minutes=61)

    page = press(account, pages, "/account/password", present=make.PASSWORD, new=NEW)
    page = press(page, pages, "/login", email=ROSA, password=make.PASSWORD)

    assert "has not been saved" in page.text
    assert {one.get("name") for one in page.all("input[type=hidden]")} == {"csrf_token", "username"}


@pytest.mark.parametrize(("email", "status"), [(ROSA, 303), ("manager@example.com", 400)])
def test_a_form_open_in_another_window_works_for_who_is_back(
    email: str, status: int, app: Flask, pages: Pages, rosa: int
) -> None:
    with transaction() as session:
        make.staff(session, "manager")
    sign_in(pages)
    other_window = pages.get("accounts.account").fields("/logout")
    app.config["SPA_NOW"] += timedelta(minutes=61)
    assert pages.open("/staff/account").path == "/staff/login"
    sign_in(pages, email)

    assert pages.post("/staff/logout", other_window, follow=False).status == status


def test_an_owner_of_every_place_chooses_whose_desk_is_open(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other", name="Other Studio"))
    everywhere = staff("owner", location_id=None)
    page = everywhere.get("accounts.account")
    assert (
        "Which desk" in page.text
        and page.tree.xpath("//a[@class='brand']")[0].text == "Test Studio"
    )

    sent = page.fields("/staff/place") | {"place": str(other.id)}
    page = everywhere.post("/staff/place", sent)

    assert page.tree.xpath("//a[@class='brand']")[0].text == "Other Studio"


def test_whoever_belongs_to_a_place_can_not_choose_another(
    session: Session, staff: Staff, studio: make.Studio
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other", name="Other Studio"))
    desk = staff("manager")
    page = desk.get("accounts.account")
    assert "Which desk" not in page.text

    sent = page.fields("/logout") | {"place": str(other.id)}
    page = desk.post("/staff/place", sent)

    assert page.tree.xpath("//a[@class='brand']")[0].text == "Test Studio"
