"""The page between a change and its saving: whom it would strand, and what becomes of them."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, wording
from spa.domain.facts import Reason
from spa.errors import LeavesStranded, SlotTaken
from spa.schedule import settle_actions, whatif
from spa.schedule.changes import Change
from spa.schedule.settle_actions import Made
from spa.schedule.stranded import MOST_HELPED, Stranded

VISIT = "visit-"
OURS = ("csrf_token", "all", "preview", "settled")
FOR_ALL = (
    settle_actions.SAME_TIME,
    settle_actions.NEAREST,
    settle_actions.CANCEL,
    settle_actions.KEEP,
)
MOST_NAMED = 80


def settle(change: Change, *, title: str, said: str, to: str) -> ResponseReturnValue:
    """Save a change that its form found sound, and go on to `to` saying `said`.

    While it strands visits, their list comes first; its form sends all that the first one sent, so
    that the same page makes the same change of it. With `preview` only what it would change is
    shown. Refusals of the change itself are the caller's.
    """
    if "preview" in request.form:
        return whatif.page(change, title=title, carried=carried())
    picks = _picks()
    if request.form.get("all") in FOR_ALL:
        return _page(change, title, picks, for_all=request.form["all"])
    try:
        made = settle_actions.make_change(change, picks, actor=access.actor())
    except (LeavesStranded, SlotTaken):
        return _page(change, title, picks, is_second="settled" in request.form)
    flash(" ".join([said, *_counted(made)]))
    for sentence in _to_call(made):
        flash(sentence)
    return redirect(to, 303)


def carried() -> list[tuple[str, str]]:
    """What the form sent, to be sent again."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in OURS and not name.startswith(VISIT)
    ]


def _picks() -> dict[str, str]:
    """What was picked for each visit, by reference."""
    return {
        name.removeprefix(VISIT): value
        for name, value in request.form.items()
        if name.startswith(VISIT) and value
    }


def _page(
    change: Change,
    title: str,
    picks: dict[str, str],
    *,
    for_all: str = "",
    is_second: bool = False,
) -> ResponseReturnValue:
    """Everyone who would be stranded, with what can be done for each."""
    actor, place = access.actor(), access.place()
    outlook = settle_actions.look_ahead(
        change, picks, actor=actor, for_all=for_all, proposes=not is_second
    )
    page = render_template(
        "schedule/stranded.html",
        title=title,
        visits=[(one, _why(one)) for one in outlook.visits],
        picks=outlook.picks,
        taken=outlook.taken,
        missing=[one for one in outlook.visits if is_second and not outlook.picks[one.reference]],
        is_second=is_second,
        may_keep=[one.reference for one in outlook.visits if one.reasons <= actor.waives],
        is_many=len(outlook.visits) > MOST_HELPED,
        carried=carried(),
        when=lambda moment: wording.moment_long(moment, place.zone),
        clock=lambda moment: wording.clock(moment, place.zone),
        short=lambda moment: wording.moment_short(moment, place.zone),
        phone=lambda number: wording.phone(number, place.country),
    )
    return page, 409


def _why(one: Stranded) -> list[str]:
    """What stands against it, in the order of the rules."""
    reasons = [reason for reason in Reason if reason in one.reasons]
    return [wording.stranded(reason, one.practitioner, one.room) for reason in reasons]


def _counted(made: Made) -> list[str]:
    """What became of the visits."""
    counts = (
        (made.moved, wording.visits_moved),
        (made.cancelled, wording.visits_cancelled),
        (made.kept, wording.visits_kept),
    )
    return [say(count) for count, say in counts if count]


def _to_call(made: Made) -> list[str]:
    """Who has no email and hears of it from us, or not at all."""
    country = access.place().country
    named = [
        f"{one.other_name or one.contact_name} {wording.phone(one.contact_phone, country)}"
        for one in made.to_call[:MOST_NAMED]
    ]
    return [_("Please call, there is no email: %(who)s", who="; ".join(named))] if named else []
