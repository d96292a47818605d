"""Blocks at the desk: a meeting, a closed room, and taking them away again."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.domain.roles import Permission
from spa.domain.spans import local_time, parse_moment
from spa.errors import SlotTaken
from spa.schedule import actions, block_queries
from spa.schedule.forms import BlockForm

bp = Blueprint("blocks", __name__, url_prefix="/staff/blocks")


@bp.get("/new")
@requires(Permission.MANAGE_BOOKINGS)
def new() -> ResponseReturnValue:
    """Choose when, whom and what to keep free; the address may say a moment and a person."""
    return _page(_form())


@bp.post("/new")
@requires(Permission.MANAGE_BOOKINGS)
def make() -> ResponseReturnValue:
    """Keep the time free, unless somebody is booked in it."""
    place, form = access.place(), _form()
    if not form.validate_on_submit():
        return _page(form, status=422)
    starts_at, ends_at = form.span
    if ends_at <= clock.now():
        form.ends.errors = [_("That time has passed: choose a later one")]
        return _page(form, status=422)
    chosen = form.what.data or []
    try:
        actions.block_time(
            place.id,
            starts_at,
            ends_at,
            chosen,
            reason=form.reason.data or "",
            actor=access.actor(),
        )
    except SlotTaken:
        found = block_queries.in_the_way(chosen, starts_at, ends_at, clock.now())
        way = [(one, wording.clock(one.starts_at, place.zone)) for one in found]
        return _page(form, in_the_way=way, is_taken=True, status=409)
    flash(_("Blocked: %(what)s.", what=form.reason.data))
    return redirect(url_for("schedule.day", day=local_time(starts_at, place.zone).date()), 303)


@bp.get("/<int:block_id>")
@requires(Permission.SEE_SCHEDULE)
def show(block_id: int) -> ResponseReturnValue:
    """What is kept free, and the button that gives it back."""
    place = access.place()
    block = block_queries.block(block_id, place.id, access.actor().only)
    if block is None:
        abort(404)
    return render_template(
        "schedule/block.html",
        block_id=block_id,
        reason=block.reason,
        when=wording.moment_long(block.starts_at, place.zone),
        ends=wording.clock(block.ends_at, place.zone),
        names=block_queries.names_of(block_id),
        day=local_time(block.starts_at, place.zone).date(),
    )


@bp.post("/<int:block_id>/remove")
@requires(Permission.MANAGE_BOOKINGS)
def remove(block_id: int) -> ResponseReturnValue:
    """Give the time back; a second press changes nothing."""
    place = access.place()
    block = block_queries.block(block_id, place.id, access.actor().only)
    day = local_time(block.starts_at if block else clock.now(), place.zone).date()
    if actions.remove_block(block_id, place.id, actor=access.actor()):
        flash(_("The time can be booked again."))
    return redirect(access.way_back(url_for("schedule.day", day=day)), 303)


def _form() -> BlockForm:
    """The form with its choices; a first look is filled from the address."""
    place = access.place()
    known = block_queries.resources(place.id)
    start = parse_moment(request.args.get("at"))
    local = local_time(start or clock.now(), place.zone)
    who = request.args.get("with", "")
    return BlockForm(
        zone=place.zone,
        choices=[(number, name) for number, _kind, _slug, name in known],
        day=request.args.get("day") or local.date().isoformat(),
        starts=f"{local:%H:%M}" if start else "",
        what=[number for number, _kind, slug, _name in known if slug == who],
    )


def _page(
    form: BlockForm,
    *,
    in_the_way: Sequence[tuple[block_queries.InTheWay, str]] = (),
    is_taken: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "schedule/new_block.html", form=form, in_the_way=in_the_way, is_taken=is_taken
    )
    return page, status
