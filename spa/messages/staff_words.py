"""The words of messages at the desk: read, changed, tried on a real visit, given up."""

import re
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from spa import access, clock, wording
from spa.access import requires
from spa.clients import queries as clients
from spa.domain.plan import AFTER_THE_VISIT, BY_KEY, Kind
from spa.domain.roles import Permission
from spa.messages import render, words, words_actions, words_queries
from spa.messages.words import Words
from spa.messages.words_forms import WordsForm

bp = Blueprint("message_words", __name__, url_prefix="/staff/messages/words")

OF_ITS_OWN = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""A mail carries its style in its elements, and runs nothing: this page alone may show that."""

LINKS = re.compile(r"/(booking/visit|booking/pencilled|messages/stop)/[^\s\"<]+")
"""Whoever has one of these acts as the client, so the desk does not show them."""


@dataclass(frozen=True)
class EventShown:
    """A message with whose words it says."""

    event: str
    name: str
    when: str
    is_own: bool


@dataclass(frozen=True)
class Preview:
    """What the words become for a real visit."""

    said: render.Said
    client: str
    when: str
    reference: str


@bp.get("")
@requires(Permission.MANAGE_MESSAGES)
def index() -> ResponseReturnValue:
    """Every message whose words can be changed, in the order of a visit."""
    own = {event for event, _language in words_queries.own_words(access.place().id)}
    shown = [
        EventShown(event, wording.message_name(event), _when(event), event in own)
        for event in words.DEFAULTS
    ]
    news = {note.key for note in BY_KEY.values() if note.kind == Kind.NEWS}
    groups = (
        (_("Answers, at once"), lambda event: event not in BY_KEY),
        (_("Before a visit"), lambda event: event.startswith("prep_")),
        (_("After a visit"), lambda event: event in AFTER_THE_VISIT - news),
        (_("News, for who agreed to it"), lambda event: event in news),
    )
    return render_template(
        "messages/desk/words.html",
        groups=[(title, [one for one in shown if fits(one.event)]) for title, fits in groups],
    )


@bp.route("/<event>", methods=["GET", "POST"])
@requires(Permission.MANAGE_MESSAGES)
def edit(event: str) -> ResponseReturnValue:
    """The words of one message; `name=preview` shows what they become and keeps nothing."""
    place, language = access.place(), _known(event)
    present = _present(event, language)
    form = WordsForm(_wrong, obj=present)
    if request.method == "GET":
        return _page(event, language, form, _preview(event, present, language))
    if not form.validate_on_submit():
        return _page(event, language, form, None, status=422)
    said = Words(
        form.subject.data or "",
        form.body.data or "",
        form.first_body.data or "",
        form.short.data or "",
    )
    if "preview" in request.form:
        return _page(event, language, form, _preview(event, said, language), is_trial=True)
    if said == present:
        flash(_("Nothing was changed."))
    else:
        words_actions.keep_words(place.id, event, language, said, actor=access.actor())
        flash(_("Saved: from now on these words are sent."))
    return redirect(_address("edit", event, language), 303)


@bp.post("/<event>/reset")
@requires(Permission.MANAGE_MESSAGES)
def reset(event: str) -> ResponseReturnValue:
    """Back to the program's words."""
    language = _known(event)
    if words_actions.reset_words(access.place().id, event, language, actor=access.actor()):
        flash(_("These are the program's words again."))
    return redirect(_address("edit", event, language), 303)


@bp.get("/<event>/mail")
@requires(Permission.MANAGE_MESSAGES)
def mail(event: str) -> ResponseReturnValue:
    """The whole mail as it looks, in the words that are saved, on a page that runs nothing."""
    language = _known(event)
    found = _preview(event, _present(event, language), language)
    if found is None:
        abort(404)
    return Response(found.said.html, headers={"Content-Security-Policy": OF_ITS_OWN})


def _when(event: str) -> str:
    """When the program sends it unless a treatment's plan says otherwise; empty for an answer."""
    note = BY_KEY.get(event)
    if note is None:
        return ""
    days = abs(note.days)
    if note.days < 0:
        day = ngettext("%(num)d day before", "%(num)d days before", days)
    elif note.days > 0:
        day = ngettext("%(num)d day after", "%(num)d days after", days)
    else:
        day = _("on the day")
    at = _("%(day)s, %(time)s", day=day, time=wording.wall(note.minute))
    return at if note.is_on else _("%(at)s, switched off", at=at)


def _known(event: str) -> str:
    """The language that is asked for; what nobody here can be told, or reads, is not found."""
    language = request.args.get("language", access.place().language)
    if event not in words.DEFAULTS or language not in _languages(event):
        abort(404)
    return language


def _languages(event: str) -> list[str]:
    """Those that a client here can have, and those that have words already."""
    place = access.place()
    own = {code for name, code in words_queries.own_words(place.id) if name == event}
    return sorted({*clients.languages(place.language), *own})


def _address(page: str, event: str, language: str, **about: Any) -> str:
    """A page about these words; the place's own language needs no mention."""
    if language != access.place().language:
        about["language"] = language
    return url_for(f"message_words.{page}", event=event, **about)


def _present(event: str, language: str) -> Words:
    with wording.speaking(language):
        return words.words_of(access.place().id, event, language)


def _wrong(field: str, text: str) -> str:
    return " ".join(
        wording.words_problem(one.code, one.about) for one in words.problems(field, text)
    )


def _preview(event: str, said: Words, language: str) -> Preview | None:
    """The words on a visit that there is; None while there is none."""
    place, now = access.place(), clock.now()
    asked = request.args.get("booking", "").replace("\0", "")[:80]
    booking = words_queries.visit_for(event, place.id, now, asked)
    if booking is None:
        return None
    location = words_queries.place(place.id)
    return Preview(
        said=_without_links(render.preview(event, said, booking, location, now, language)),
        client=booking.other_name or booking.contact_name,
        when=wording.moment_short(booking.starts_at, place.zone),
        reference=booking.reference,
    )


def _without_links(said: render.Said) -> render.Said:
    """The same with the client's own links cut short."""

    def cut(text: str) -> str:
        return LINKS.sub(r"/\1/…", text)

    # Only cut: what was escaped stays so.
    body = Markup(cut(str(said.body)))
    return replace(said, text=cut(said.text), html=cut(said.html), short=cut(said.short), body=body)


def _page(
    event: str,
    language: str,
    form: WordsForm,
    preview: Preview | None,
    *,
    is_trial: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    own = words_queries.own_words(access.place().id)
    page = render_template(
        "messages/desk/word.html",
        event=event,
        name=wording.message_name(event),
        language_name=wording.language(language),
        form=form,
        preview=preview,
        is_trial=is_trial,
        is_own=(event, language) in own,
        languages=[
            (wording.language(code), _address("edit", event, code), code == language)
            for code in _languages(event)
        ],
        reset_url=_address("reset", event, language),
        mail_url=_address("mail", event, language, booking=preview.reference) if preview else "",
        has_short=bool(words.default(event).short),
        placeholders=[
            ("{" + name + "}", wording.placeholder(name), name in words.BLOCKS)
            for name in words.PLACEHOLDERS
        ],
    )
    return page, status
