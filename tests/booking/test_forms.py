"""The forms: what may be typed, how it is kept, and what is said about the rest."""

from collections.abc import Callable

import pytest
from flask import Flask

from spa.booking.forms import DetailsForm, EmailForm, suggested_email
from spa.domain.spans import parse_moment

Fill = Callable[..., DetailsForm]

GOOD = {
    "name": "Ana Duarte",
    "email": "ana@example.com",
    "phone": "212 555 0111",
    "is_first_visit": "yes",
    "screening": "y",
    "privacy": "y",
}
FAMILY = "👨‍👩‍👧‍👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.fixture
def fill(app: Flask) -> Fill:
    """Sends the form with what a test is about; tests with tokens are elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False

    def send(*, region: str = "US", is_needling: bool = True, **typed: str) -> DetailsForm:
        with app.test_request_context(method="POST", data=GOOD | typed):
            form = DetailsForm(region=region, is_needling=is_needling)
            form.validate()
            form.messages = {name: [str(e) for e in all_] for name, all_ in form.errors.items()}
        return form

    return send


def test_a_good_form_has_no_error(fill: Fill) -> None:
    assert fill().messages == {}


@pytest.mark.parametrize(
    "name",
    [
        "Ana",
        "Núria Åström-Łukasiewicz",
        "O'Brien",
        "李小龍",
        "さくら",
        "Αλέξανδρος",
        "Владимир",
        "אליס",
        "محمد علي",
        "नमस्ते",
        f"Ana {FAMILY}",
        "Ana 💆🏽‍♀️",
        f"Ana {ENGLAND}",
        "X Æ A-12",
        "é" * 200,
        "😀" * 200,
    ],
)
def test_a_name_in_any_script_is_kept_as_it_is(name: str, fill: Fill) -> None:
    form = fill(name=name)

    assert (form.messages, form.name.data) == ({}, name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   Duarte ", "Ana Duarte"),
        ("Ana\tDuarte", "Ana Duarte"),
        ("Ana\r\nBcc: x@example.com", "Ana Bcc: x@example.com"),
        ("Ana\0Duarte", "Ana Duarte"),
        ("Ana\x1b[31m", "Ana [31m"),
        ("Ana\u2028Duarte", "Ana Duarte"),
        ("Ana\u00a0Duarte", "Ana Duarte"),
        ("\ufeffAna", "Ana"),
        ("\u202eanA", "anA"),
        ("<b>Ana</b>", "<b>Ana</b>"),
    ],
)
def test_a_name_is_kept_on_one_line_without_control_characters(
    typed: str, kept: str, fill: Fill
) -> None:
    form = fill(name=typed)

    assert (form.messages, form.name.data) == ({}, kept)


@pytest.mark.parametrize("field", ["name", "email", "phone", "is_first_visit"])
@pytest.mark.parametrize("typed", ["", " ", "\0", "\u200b\u202e"])
def test_what_must_be_there_must_really_be_there(field: str, typed: str, fill: Fill) -> None:
    assert list(fill(**{field: typed}).messages) == [field]


@pytest.mark.parametrize("field", ["screening", "privacy"])
def test_a_box_that_must_be_ticked_must_be_ticked(field: str, fill: Fill) -> None:
    assert list(fill(**{field: ""}).messages) == [field]


@pytest.mark.parametrize("field", sorted(GOOD))
def test_a_field_that_was_never_sent_is_asked_for(field: str, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sent = {name: value for name, value in GOOD.items() if name != field}

    with app.test_request_context(method="POST", data=sent):
        form = DetailsForm(region="US", is_needling=True)
        assert not form.validate()
        assert list(form.errors) == [field]


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "x" * 201, "Enter a name of at most 200 characters"),
        (
            "email",
            f"{'x' * 64}@{'y' * 200}.com",
            "Enter an email address of at most 254 characters",
        ),
        ("email", "ana", "Enter an email address like name@example.com"),
        ("email", "ana@", "Enter an email address like name@example.com"),
        ("email", "ana@@example.com", "Enter an email address like name@example.com"),
        ("email", "ana@exam ple.com", "Enter an email address like name@example.com"),
        ("email", "a@b.com, c@d.com", "Enter an email address like name@example.com"),
        ("email", "<ana@example.com>", "Enter an email address like name@example.com"),
        ("phone", "555", "Enter a phone number such as 212 555 0123, or with its +code"),
        ("phone", "call me", "Enter a phone number such as 212 555 0123, or with its +code"),
        ("phone", "1" * 300, "Enter a phone number such as 212 555 0123, or with its +code"),
        ("note", "x" * 1001, "Keep this to 1,000 characters"),
        ("is_first_visit", "maybe", "Not a valid choice."),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    field: str, typed: str, message: str, fill: Fill
) -> None:
    assert message in fill(**{field: typed}).messages[field]


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("212 555 0111", "US", "+12125550111"),
        ("(212) 555-0111", "US", "+12125550111"),
        ("1-212-555-0111", "US", "+12125550111"),
        ("+1 212 555 0111", "GB", "+12125550111"),
        ("001 212 555 0111", "GB", "+12125550111"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "US", "+442079460018"),
        ("+49 30 901820", "US", "+4930901820"),
        ("٢١٢ ٥٥٥ ٠١١١", "US", "+12125550111"),
        ("２１２ ５５５ ０１１１", "US", "+12125550111"),
        ("212.555.0111\u202c", "US", "+12125550111"),
    ],
)
def test_a_phone_number_in_any_notation_is_kept_in_one(
    typed: str, region: str, kept: str, fill: Fill
) -> None:
    form = fill(phone=typed, region=region)

    assert (form.messages, form.e164) == ({}, kept)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ana.Duarte@Example.COM ", "ana.duarte@example.com"),
        ("ana+spa@example.com", "ana+spa@example.com"),
        ("ana@münchen.de", "ana@xn--mnchen-3ya.de"),
    ],
)
def test_an_email_address_is_kept_as_mail_servers_know_it(
    typed: str, kept: str, fill: Fill
) -> None:
    form = fill(email=typed)

    assert (form.messages, form.email.data) == ({}, kept)


@pytest.mark.parametrize("typed", ["jürgen@example.com", "用户@example.com"])
def test_an_address_that_no_mail_of_ours_can_reach_is_refused(typed: str, fill: Fill) -> None:
    assert list(fill(email=typed).messages) == ["email"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@YAHOO.CON", "ana@yahoo.com"),
        ("ana@outlok.com", "ana@outlook.com"),
        ("ana@gmail.com", ""),
        ("ana@example.com", ""),
        ("ana@studio.com", ""),
        ("ana@mail.com", ""),
        ("ana@ymail.com", ""),
        ("ana@gmx.com", ""),
        ("ana", ""),
        ("", ""),
        ("@", ""),
    ],
)
def test_a_near_miss_of_a_common_domain_gets_a_suggestion(typed: str, meant: str) -> None:
    assert suggested_email(typed) == meant


def test_the_note_keeps_its_lines(fill: Fill) -> None:
    assert fill(note=" a\r\nb\0\tc \n").note.data == "a\nb  c"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"for_other": "y", "other_name": "Rosa"}, []),
        ({"for_other": "y"}, ["for_other"]),
        ({"for_other": "y", "other_name": " \0"}, ["for_other"]),
        ({"for_other": "y", "other_name": "x" * 201}, ["other_name"]),
        ({"other_name": "Rosa"}, ["other_name"]),
    ],
)
def test_who_books_for_someone_else_says_for_whom(
    typed: dict[str, str], wrong: list[str], fill: Fill
) -> None:
    form = fill(**typed)

    assert [name for name in form.messages if name in {"for_other", "other_name"}][:1] == wrong[:1]


def test_only_needling_asks_whether_it_is_suitable(fill: Fill) -> None:
    assert "screening" in fill(is_needling=True)
    assert "screening" not in fill(is_needling=False)


def test_news_are_never_ticked_for_them(app: Flask) -> None:
    with app.test_request_context():
        form = DetailsForm(region="US", is_needling=True)

    assert not form.marketing.data
    assert "checked" not in form.marketing()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-12T10:00-04:00", "2026-03-12 14:00:00+00:00"),
        ("2026-03-12T14:00Z", "2026-03-12 14:00:00+00:00"),
        ("2026-03-12T10:00", "None"),
        ("2026-03-12", "None"),
        ("0001-01-01T00:00+14:00", "None"),
        ("9999-12-31T23:59-14:00", "None"),
        ("tomorrow", "None"),
        ("", "None"),
        (None, "None"),
        ("1" * 10_000, "None"),
    ],
)
def test_a_moment_is_read_with_its_zone_or_not_at_all(text: str | None, moment: str) -> None:
    assert str(parse_moment(text)) == moment


def test_an_email_form_takes_nothing_else(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(method="POST", data={"email": "ana@example.com", "name": "x"}):
        form = EmailForm()

        assert form.validate()
        assert set(form.data) == {"email"}
