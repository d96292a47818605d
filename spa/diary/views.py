"""The skin diary, behind the link of a visit: today on the healing line, and "not right"."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import abort

from spa import clock, wording
from spa.booking import shown as visits
from spa.booking.kept import kept
from spa.booking.queries import Booking, Offer, location_of
from spa.diary import actions, queries, shown
from spa.diary.forms import LookForm
from spa.domain.healing import Sign, emergency_number
from spa.errors import NotAllowed
from spa.extensions import csrf
from spa.wording import healing as words

bp = Blueprint("diary", __name__, url_prefix="/booking/visit/<token>/diary")


@bp.get("")
def page(token: str) -> ResponseReturnValue:
    """Where the skin is today, what is normal, what helps, and what waits."""
    booking, offer = _needling(token)
    return _page(token, booking, offer, _form(booking))


@bp.post("")
@csrf.exempt
def tell(token: str) -> ResponseReturnValue:
    """Something does not look right; csrf is the form's own."""
    booking, offer = _needling(token)
    form = _form(booking)
    if not form.validate_on_submit():
        again = _("This page had been open for a while. Nothing was sent: press the button again.")
        refusal = again if form.csrf_token.errors else None
        return _page(token, booking, offer, form, refusal=refusal, status=422)
    signs = [Sign(code) for code in form.signs.data or ()]
    try:
        actions.open_follow_up(booking.id, signs, wants_call=form.wants_call)
    except NotAllowed:
        refusal = _("This did not reach us, because the visit is not over for us. Please call us.")
        return _page(token, booking, offer, form, refusal=refusal, status=409)
    return redirect(url_for("diary.told", token=token), 303)


@bp.get("/told")
def told(token: str) -> ResponseReturnValue:
    """What to do meanwhile, when somebody reads it, and whom to call now."""
    booking, offer = _needling(token)
    found = queries.told(booking.id)
    if found is None:
        return redirect(url_for("diary.page", token=token), 302)
    now, place = clock.now(), location_of(booking)
    return render_template(
        "diary/told.html",
        told=found,
        told_at=wording.moment_long(found.opened_at, offer.zone),
        read=shown.when_read(shown.opening(place.id, offer.zone, now), offer.zone, now),
        meanwhile=words.meanwhile(),
        emergency=emergency_number(place.country),
        visit=visits.visit_shown(booking, offer, now),
        back_url=url_for("diary.page", token=token),
    )


def _needling(token: str) -> tuple[Booking, Offer]:
    """A visit with needles; another has no diary."""
    booking, offer = kept(token)
    if not booking.is_needling:
        abort(404)
    return booking, offer


def _form(booking: Booking) -> LookForm:
    form = LookForm()
    form.offer(shown.signs(), can_be_called=bool(booking.contact_phone))
    return form


def _page(
    token: str,
    booking: Booking,
    offer: Offer,
    form: LookForm,
    *,
    refusal: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now = clock.now()
    is_over = actions.is_over(booking, now)
    found = queries.told(booking.id)
    page = render_template(
        "diary/page.html",
        visit=visits.visit_shown(booking, offer, now),
        is_over=is_over,
        did_not_happen=booking.status in actions.DID_NOT_HAPPEN,
        day=shown.day_shown(booking, offer.zone, now) if is_over else None,
        form=form,
        refusal=refusal,
        told_at=wording.moment_long(found.opened_at, offer.zone)
        if found and not found.is_closed
        else "",
        warnings=words.warnings(),
        emergency=emergency_number(location_of(booking).country),
        action_url=url_for("diary.tell", token=token),
        told_url=url_for("diary.told", token=token),
        visit_url=url_for("visit.visit", token=token),
    )
    return page, status
