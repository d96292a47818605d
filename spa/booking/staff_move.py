"""Moving a visit at the desk, by drag or by the page that does the same, and undoing it."""

from datetime import date, timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit import queries as audit
from spa.booking import desk_queries, move_actions, queries
from spa.booking.move_form import DeskMoveForm
from spa.booking.move_refused import (
    NOTICE,
    Refused,
    elsewhere,
    listed,
    room_id,
    wanted,
    why,
    why_not_undone,
)
from spa.booking.picker import option
from spa.booking.queries import Booking, Offer
from spa.booking.staff import booking_of
from spa.booking.taking import Waiver
from spa.domain.roles import Permission
from spa.domain.spans import local_time, parse_day, parse_moment
from spa.domain.states import MOVABLE, BookingStatus
from spa.errors import Refusal, SlotTaken

bp = Blueprint("desk_move", __name__, url_prefix="/staff/booking/<reference>")

SHOWN_FOR = timedelta(seconds=15)


@bp.get("/move")
@requires(Permission.MANAGE_BOOKINGS)
def move(reference: str) -> ResponseReturnValue:
    """Choose another hour, person or room for this visit; the address may name them."""
    booking = booking_of(reference)
    at = parse_moment(request.args.get("at"))
    form = _fresh(booking)
    form.practitioner.data = request.args.get("with", "")
    form.room.data = request.args.get("room", "")
    if at:
        local = local_time(at, access.place().zone)
        form.day.data, form.clock.data = local.date().isoformat(), f"{local:%H:%M}"
    return _page(booking, form)


@bp.post("/move")
@requires(Permission.MANAGE_BOOKINGS)
def move_now(reference: str) -> ResponseReturnValue:
    """Move it; a drag asks for JSON, the page for itself."""
    booking, form = booking_of(reference), DeskMoveForm()
    offer = queries.offer_of_booking(booking)
    start = form.start(offer.zone)
    if start is None:
        said = [_("Choose a time that the clock shows that day.")]
        return _refuse(booking, form, Refused(said), 422)
    if not form.validate():
        return _refuse(booking, form, why(booking, form, offer, start, SlotTaken(())), 422)
    was = booking.sequence
    try:
        moved = move_actions.move_at_desk(
            reference,
            start,
            actor=access.actor(),
            practitioner=form.practitioner.data or "",
            room=room_id(form),
            waiver=_waiver(form),
            is_told=bool(form.is_told.data),
            seen=form.seen_entry,
        )
    except Refusal as error:
        refused = why(booking_of(reference), form, offer, start, error)
        return _refuse(booking, form, refused, error.status)
    return _moved(moved, has_moved=moved.sequence != was)


@bp.post("/undo")
@requires(Permission.MANAGE_BOOKINGS)
def undo(reference: str) -> ResponseReturnValue:
    """Take the move of a moment ago back."""
    booking = booking_of(reference)
    session.pop("undo", None)
    entry = request.form.get("entry", "")
    number = int(entry) if entry.isdecimal() and len(entry) < 18 else 0
    try:
        booking = move_actions.undo_move(reference, number, actor=access.actor())
    except SlotTaken:
        offer = queries.offer_of_booking(booking)
        said = [_("That can't be undone any more."), *why_not_undone(booking, offer, number)]
        return _refuse(booking, _fresh(booking), Refused(said), 409)
    except Refusal:
        said = [_("It is too late to undo that. Move the visit instead.")]
        return _refuse(booking, _fresh(booking), Refused(said), 409)
    if _wants_json():
        page = render_template("booking/desk/_said.html", said=_("Undone. All is as it was."))
        return jsonify({"ok": True, "html": page})
    flash(_("Undone. All is as it was."))
    return redirect(access.way_back(_day_url(booking)), 303)


def _fresh(booking: Booking) -> DeskMoveForm:
    return DeskMoveForm(formdata=None, seen=str(audit.newest_entry(booking_id=booking.id)))


def _waiver(form: DeskMoveForm) -> Waiver:
    """What may be set aside: with a reason all that this role may, without one the notice."""
    actor = access.actor()
    if form.gives_reason:
        return Waiver(actor.waives, form.because.data or "")
    return Waiver(actor.waives & NOTICE, _("Agreed at the desk"))


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _day_url(booking: Booking) -> str:
    day = local_time(booking.starts_at, access.place().zone).date()
    return url_for("schedule.day", day=day)


def _moved(booking: Booking, *, has_moved: bool) -> ResponseReturnValue:
    """Say where it is now, and offer to take it back for a moment."""
    back = access.way_back(_day_url(booking))
    if not has_moved:
        said = _("Nothing had to be changed: it is there already.")
        if _wants_json():
            page = render_template("booking/desk/_said.html", said=said)
            return jsonify({"ok": True, "html": page})
        flash(said)
        return redirect(back, 303)
    about = desk_queries.about(booking)
    banner = {
        "action": url_for("desk_move.undo", reference=booking.reference),
        "entry": audit.newest_entry(booking_id=booking.id),
        "until": (clock.now() + SHOWN_FOR).isoformat(),
        "words": _(
            "%(name)s is now booked for %(when)s, %(who)s, %(room)s.",
            name=booking.other_name or booking.contact_name,
            when=wording.moment_short(booking.starts_at, access.place().zone),
            who=about.practitioner,
            room=about.room,
        ),
        "hint": _("There is no email: call them.") if _is_to_be_called(booking) else "",
    }
    if _wants_json():
        page = render_template("booking/desk/_undo.html", undo=banner, back=back)
        return jsonify({"ok": True, "html": page})
    session["undo"] = banner
    return redirect(back, 303)


def _is_to_be_called(booking: Booking) -> bool:
    return not booking.contact_email and booking.status == BookingStatus.BOOKED


def _refuse(
    booking: Booking, form: DeskMoveForm, refused: Refused, status: int
) -> ResponseReturnValue:
    if not _wants_json():
        return _page(booking_of(booking.reference), form, refused=refused, status=status)
    page = render_template(
        "booking/desk/_move_refused.html",
        form=form,
        refused=refused,
        reference=booking.reference,
        seen=audit.newest_entry(booking_id=booking.id),
        back=access.way_back(_day_url(booking)),
    )
    answer: Response = jsonify({"ok": False, "html": page})
    return answer, status


def _page(
    booking: Booking, form: DeskMoveForm, *, refused: Refused | None = None, status: int = 200
) -> ResponseReturnValue:
    place = access.place()
    offer = queries.offer_of_booking(booking)
    about = desk_queries.about(booking)
    day = _day_asked(booking, form, offer)
    free = queries.free_times(listed(offer), day, day, **wanted(booking, form))
    form.day.data = day.isoformat()
    if refused is not None:
        form.seen.data = str(audit.newest_entry(booking_id=booking.id))
    page = render_template(
        "booking/desk/move.html",
        reference=booking.reference,
        client=booking.other_name or booking.contact_name,
        treatment=booking.treatment_name,
        when=wording.moment_long(booking.starts_at, place.zone),
        practitioner=about.practitioner,
        room=about.room,
        has_email=bool(booking.contact_email),
        is_here=booking.status == BookingStatus.ARRIVED,
        form=form,
        refused=refused,
        is_over=booking.status not in MOVABLE,
        day=day.isoformat(),
        day_label=wording.day_long(day),
        options=elsewhere([option(one, offer.zone) for one in free], booking, form),
        people=desk_queries.able(booking.treatment_id, "practitioner"),
        rooms=desk_queries.able(booking.treatment_id, "room"),
        back=access.way_back(url_for("desk.show", reference=booking.reference)),
    )
    return page, status


def _day_asked(booking: Booking, form: DeskMoveForm, offer: Offer) -> date:
    """The day to show: the one asked for, else the visit's own or today."""
    asked = parse_day(request.args.get("day")) or parse_day(form.day.data)
    start = form.start(offer.zone) if form.is_submitted() else None
    own = local_time(start or booking.starts_at, offer.zone).date()
    return asked or max(own, local_time(clock.now(), offer.zone).date())
