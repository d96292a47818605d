"""Pages behind the link of a visit: which notes its client wants, and "I will be there"."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import clock, wording
from spa.booking import shown
from spa.booking.kept import kept
from spa.booking.queries import Booking, Offer
from spa.domain.plan import AFTER_THE_VISIT
from spa.errors import Refusal
from spa.extensions import csrf
from spa.messages import choice_actions, queries
from spa.messages.choice_actions import Choice
from spa.messages.forms import ButtonForm, ChoicesForm

bp = Blueprint("choices", __name__, url_prefix="/booking/visit/<token>")


@dataclass(frozen=True)
class NoteShown:
    """One note that can be wanted or not."""

    key: str
    name: str
    when: str
    is_past: bool
    is_wanted: bool


@bp.get("/notes")
def notes(token: str) -> ResponseReturnValue:
    """The notes of this visit with their days, and what is wanted of them."""
    booking, offer = kept(token)
    wishes = queries.wishes_of(booking)
    form = ChoicesForm(
        formdata=None,
        channel=wishes.channel,
        no_texts=wishes.no_texts,
        news=wishes.wants_news,
    )
    wanted = {key for key, _at in queries.notes_of(booking)} - wishes.declined
    return _notes_page(token, booking, offer, form, wanted)


@bp.post("/notes")
@csrf.exempt
def choose(token: str) -> ResponseReturnValue:
    """Keep what was chosen; csrf is the form's own."""
    booking, offer = kept(token)
    form, wishes = ChoicesForm(), queries.wishes_of(booking)
    here = {key for key, _at in queries.notes_of(booking)}
    wanted = here & set(request.form.getlist("notes"))
    if not _can_text(booking):
        form.channel.data, form.no_texts.data = wishes.channel, wishes.no_texts
    if not form.validate_on_submit():
        return _notes_page(token, booking, offer, form, wanted, refusal=_again(), status=400)
    choice_actions.choose_notes(
        booking.reference,
        Choice(
            declined=(wishes.declined - here) | frozenset(here - wanted),
            channel=form.channel.data,
            no_texts=bool(form.no_texts.data),
            wants_news=bool(form.news.data),
        ),
    )
    session["chosen"] = booking.reference
    return redirect(url_for("choices.notes", token=token), 303)


@bp.get("/coming")
def coming(token: str) -> ResponseReturnValue:
    """One button; opening the page says nothing yet."""
    booking, offer = kept(token)
    return _coming_page(token, booking, offer, ButtonForm())


@bp.post("/coming")
@csrf.exempt
def assure(token: str) -> ResponseReturnValue:
    """Say that they will come; csrf is the form's own."""
    booking, offer = kept(token)
    form = ButtonForm()
    if not form.validate_on_submit():
        return _coming_page(token, booking, offer, form, refusal=_again(), status=400)
    try:
        choice_actions.assure(booking.reference)
    except Refusal as error:
        return _coming_page(
            token, booking, offer, form, refusal=wording.refusal(error), status=error.status
        )
    return redirect(url_for("choices.coming", token=token), 303)


def _can_text(booking: Booking) -> bool:
    return bool(current_app.config["TEXT_URL"] and booking.contact_phone)


def _again() -> str:
    return _("This page had been open for a while. Nothing was changed: press the button again.")


def _notes_page(
    token: str,
    booking: Booking,
    offer: Offer,
    form: ChoicesForm,
    wanted: Collection[str],
    *,
    refusal: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now = clock.now()
    rows = [
        NoteShown(
            key,
            wording.message_name(key),
            wording.moment_short(at, offer.zone),
            is_past=at <= now,
            is_wanted=key in wanted,
        )
        for key, at in queries.notes_of(booking)
    ]
    page = render_template(
        "messages/public/notes.html",
        visit=shown.visit_shown(booking, offer, now),
        before=[row for row in rows if row.key not in AFTER_THE_VISIT],
        after=[row for row in rows if row.key in AFTER_THE_VISIT],
        form=form,
        can_text=_can_text(booking),
        number=wording.phone(booking.contact_phone, offer.country),
        refusal=refusal,
        is_saved=request.method == "GET" and session.pop("chosen", None) == booking.reference,
        back_url=url_for("visit.visit", token=token),
    )
    return page, status


def _coming_page(
    token: str,
    booking: Booking,
    offer: Offer,
    form: ButtonForm,
    *,
    refusal: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now = clock.now()
    visit, terms = shown.visit_shown(booking, offer, now), shown.terms(booking, offer, now)
    page = render_template(
        "messages/public/coming.html",
        visit=visit,
        terms=terms,
        is_said=booking.assured_at is not None and terms.may_cancel,
        form=form,
        refusal=refusal or terms.cancel_refusal,
        back_url=url_for("visit.visit", token=token),
        move_url=url_for("visit.move", token=token),
        cancel_url=url_for("visit.cancel", token=token),
    )
    return page, status
