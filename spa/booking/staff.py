"""Bookings at the desk: the list, one with all about it, its states, and cancelling it."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.booking import desk_list, desk_queries, state_actions
from spa.booking.desk_forms import ReasonForm
from spa.booking.desk_shown import shown
from spa.booking.forms import CancelForm
from spa.booking.queries import Booking
from spa.domain.availability import Reason
from spa.domain.roles import Permission
from spa.domain.spans import local_time
from spa.domain.states import BookingStatus
from spa.errors import Refusal, SlotTaken

bp = Blueprint("desk", __name__, url_prefix="/staff/booking")

TAKEN = frozenset({Reason.PRACTITIONER_BUSY, Reason.NO_ROOM, Reason.NO_DEVICE})
"""What is in the way when another visit is."""


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def bookings() -> ResponseReturnValue:
    """The list by state, person, treatment and dates, soonest first."""
    place, only = access.place(), access.actor().only
    today = local_time(clock.now(), place.zone).date()
    asked = desk_list.asked_of(request.args.to_dict(), today)
    after = desk_list.place_in_list(request.args.get("after"))
    found, more = desk_queries.lines(asked, place.id, place.zone, only, after=after)
    counts = desk_queries.counted(asked, place.id, place.zone, only)
    query = desk_list.query_of(asked)
    return render_template(
        "booking/desk/list.html",
        asked=asked,
        lines=[desk_list.line_shown(line, place) for line in found],
        counts=[(wording.status(state), count) for state, count in sorted(counts.items())],
        total=sum(counts.values()),
        choices=desk_list.quick_choices(asked, today),
        states=[(state.value, wording.status(state)) for state in desk_queries.SHOWN_STATES],
        people=desk_queries.practitioners(place.id, only),
        treatments=desk_queries.treatments(place.id, place.language),
        query=query,
        more=f"{query}&after={more[0]:%Y-%m-%dT%H:%M:%SZ}|{more[1]}" if more else None,
        is_first_page=after is None,
    )


@bp.post("/sheet")
@requires(Permission.EXPORT_BOOKINGS)
def sheet() -> ResponseReturnValue:
    """The same list as CSV; taking it away is written down."""
    place, actor = access.place(), access.actor()
    today = local_time(clock.now(), place.zone).date()
    asked = desk_list.asked_of(request.form.to_dict(), today)
    counts = desk_queries.counted(asked, place.id, place.zone, actor.only)
    state_actions.note_export(place.id, actor=actor, count=sum(counts.values()))
    lines = desk_queries.every_line(asked, place.id, place.zone, actor.only)
    name = f"bookings-{asked.first_on}-{asked.last_on}.csv"
    return Response(
        stream_with_context(desk_list.as_csv(lines, place)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/<reference>")
@requires(Permission.SEE_SCHEDULE)
def show(reference: str) -> ResponseReturnValue:
    """One booking: who, what, what may be done, what was told, what happened."""
    return _page(booking_of(reference))


@bp.post("/<reference>/state")
@requires(Permission.MARK_VISITS)
def change_state(reference: str) -> ResponseReturnValue:
    """One tap: arrived, in treatment, done, did not come, and back."""
    booking, reason = booking_of(reference), ReasonForm()
    try:
        new = BookingStatus(request.form.get("to", ""))
        because = (reason.because.data or "") if reason.validate() else ""
        booking = state_actions.change_state(reference, new, actor=access.actor(), because=because)
    except ValueError:
        abort(400)
    except Refusal as error:
        return _page(
            booking_of(reference),
            refusal=_why(booking, error),
            reason=reason if _may_waive(error) else None,
            status=error.status,
        )
    name = booking.other_name or booking.contact_name
    flash(_("%(name)s: %(state)s.", name=name, state=wording.status(new).lower()))
    return redirect(_back(reference), 303)


@bp.post("/<reference>/call")
@requires(Permission.MANAGE_BOOKINGS)
def note_call(reference: str) -> ResponseReturnValue:
    """Called, and nobody answered."""
    booking_of(reference)
    state_actions.note_call(reference, actor=access.actor())
    flash(_("Noted: called, no answer."))
    return redirect(_back(reference), 303)


@bp.post("/<reference>/assure")
@requires(Permission.MANAGE_BOOKINGS)
def assure(reference: str) -> ResponseReturnValue:
    """The client said they will come."""
    booking_of(reference)
    state_actions.assure(reference, actor=access.actor())
    flash(_("Noted: they said they will come."))
    return redirect(_back(reference), 303)


@bp.post("/<reference>/look")
@requires(Permission.MARK_VISITS)
def look(reference: str) -> ResponseReturnValue:
    """Somebody has looked at it."""
    booking_of(reference)
    state_actions.look(reference, actor=access.actor())
    flash(_("Noted: looked at."))
    return redirect(_back(reference), 303)


@bp.get("/<reference>/cancel")
@requires(Permission.MANAGE_BOOKINGS)
def cancel(reference: str) -> ResponseReturnValue:
    """Who calls it off, and whether the client is told, before the button."""
    return _cancel_page(booking_of(reference), CancelForm())


@bp.post("/<reference>/cancel")
@requires(Permission.MANAGE_BOOKINGS)
def cancel_now(reference: str) -> ResponseReturnValue:
    """Call it off and free the hour."""
    booking, form = booking_of(reference), CancelForm()
    if not form.validate_on_submit():
        return _cancel_page(booking, form, status=422)
    try:
        booking = state_actions.change_state(
            reference,
            BookingStatus.CANCELLED,
            actor=access.actor(),
            cancelled_by=form.by.data,
            is_told=bool(form.is_told.data),
        )
    except Refusal as error:
        refusal = _why(booking, error)
        return _cancel_page(booking_of(reference), form, refusal=refusal, status=error.status)
    flash(_("Cancelled. The hour is free again."))
    return redirect(_back(reference), 303)


def booking_of(reference: str) -> Booking:
    """The booking at this desk, if whoever asks may see it; else it does not exist."""
    booking = desk_queries.booking_at(reference, access.place().id, access.actor().only)
    if booking is None:
        abort(404)
    return booking


def _back(reference: str) -> str:
    return access.way_back(url_for("desk.show", reference=reference))


def _why(booking: Booking, error: Refusal) -> str:
    """Why it can't be done; when the hour is gone, who has it."""
    only = access.actor().only
    other = desk_queries.who_has(booking, only) if _is_gone(error) else None
    if other is None:
        return wording.refusal(error)
    zone = access.place().zone
    return _(
        "The hour has gone to %(name)s, %(clock)s to %(end)s. Move one of them first.",
        name=other.other_name or other.contact_name or _("somebody who is booking online"),
        clock=wording.clock(other.starts_at, zone),
        end=wording.clock(other.ends_at, zone),
    )


def _is_gone(error: Refusal) -> bool:
    """Whether somebody else's visit is in the way, and not a rule alone."""
    return isinstance(error, SlotTaken) and not (error.reasons and TAKEN.isdisjoint(error.reasons))


def _may_waive(error: Refusal) -> bool:
    """Whether whoever asks may put a cancellation right all the same, by saying why."""
    if not isinstance(error, SlotTaken):
        return False
    return set(error.reasons) <= access.actor().waives and access.actor().may_manage


def _page(
    booking: Booking,
    *,
    refusal: str | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    if reason and "because" not in request.form:
        reason.because.errors = []
    visit = shown(booking, access.actor(), access.place(), clock.now())
    page = render_template("booking/desk/show.html", visit=visit, refusal=refusal, reason=reason)
    return page, status


def _cancel_page(
    booking: Booking, form: CancelForm, *, refusal: str | None = None, status: int = 200
) -> ResponseReturnValue:
    visit = shown(booking, access.actor(), access.place(), clock.now())
    page = render_template("booking/desk/cancel.html", visit=visit, form=form, refusal=refusal)
    return page, status
