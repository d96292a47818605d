"""The words of messages at the desk: read, changed, tried on a real visit, given up."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
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


@dataclass(frozen=True)
class EventShown:
    """A message with whose words it says."""

    event: str
    name: str
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
        EventShown(event, wording.message_name(event), event in own) for event in words.DEFAULTS
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
    with wording.speaking(language):
        present = words.words_of(place.id, event, language)
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
    words_actions.keep_words(place.id, event, language, said, actor=access.actor())
    flash(_("Saved: from now on these words are sent."))
    return redirect(url_for("message_words.edit", event=event), 303)


@bp.post("/<event>/reset")
@requires(Permission.MANAGE_MESSAGES)
def reset(event: str) -> ResponseReturnValue:
    """Back to the program's words."""
    language = _known(event)
    if words_actions.reset_words(access.place().id, event, language, actor=access.actor()):
        flash(_("These are the program's words again."))
    return redirect(url_for("message_words.edit", event=event), 303)


@bp.get("/<event>/mail")
@requires(Permission.MANAGE_MESSAGES)
def mail(event: str) -> ResponseReturnValue:
    """The whole mail as it looks, in the words that are saved, on a page that runs nothing."""
    language = _known(event)
    present = words.words_of(access.place().id, event, language)
    found = _preview(event, present, language)
    if found is None:
        abort(404)
    return Response(found.said.html, headers={"Content-Security-Policy": OF_ITS_OWN})


def _known(event: str) -> str:
    """The language that is written in; what has no words of its own is not found."""
    if event not in words.DEFAULTS:
        abort(404)
    return access.place().language


def _wrong(field: str, text: str) -> str:
    return " ".join(
        wording.words_problem(one.code, one.about) for one in words.problems(field, text)
    )


def _preview(event: str, said: Words, language: str) -> Preview | None:
    """The words on a visit that there is; None while there is none."""
    place, now = access.place(), clock.now()
    asked = request.args.get("booking", "")
    booking = words_queries.visit_for(event, place.id, now, asked)
    if booking is None:
        return None
    location = words_queries.place(place.id)
    return Preview(
        said=render.preview(event, said, booking, location, now, language),
        client=booking.other_name or booking.contact_name,
        when=wording.moment_short(booking.starts_at, place.zone),
        reference=booking.reference,
    )


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
        language=wording.language(language),
        form=form,
        preview=preview,
        is_trial=is_trial,
        is_own=(event, language) in own,
        has_short=bool(words.default(event).short),
        placeholders=[
            ("{" + name + "}", wording.placeholder(name), name in words.BLOCKS)
            for name in words.PLACEHOLDERS
        ],
    )
    return page, status
