"""The public pages: home, the menu, a treatment, policies, privacy."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from spa import clock
from spa.booking import picker, shown
from spa.booking import queries as booking
from spa.booking.actions import PRIVACY_VERSION
from spa.booking.shown import not_for_you
from spa.domain.spans import local_time
from spa.pages import show_place
from spa.treatments import face_queries, queries, team_shown

bp = Blueprint("treatments", __name__)

KEPT = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class NextFree:
    """The next free hour of the first treatment on the menu."""

    label: str
    who: str
    url: str


@bp.get("/")
def home() -> ResponseReturnValue:
    """What the studio does, told straight, and its next free hour."""
    studio = queries.studio()
    if not studio:
        return render_template("errors/opening_soon.html")
    menu = queries.menu(studio.location)
    return render_template("treatments/home.html", treatments=menu, next_free=_next_free(menu))


@bp.get("/treatments")
def index() -> ResponseReturnValue:
    """The menu."""
    studio = queries.studio()
    if not studio:
        return render_template("errors/opening_soon.html")
    return render_template("treatments/index.html", treatments=queries.menu(studio.location))


@bp.get("/treatments/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """One treatment: the hour, the healing, the evidence, and its next free hours."""
    offer = booking.offer(slug)
    if not offer:
        abort(404)
    show_place(offer.location_id)
    studio = queries.studio_of(offer.location_id)
    treatment = queries.treatment_page(studio.location, slug)
    if not treatment:
        abort(404)
    return render_template(
        "treatments/show.html",
        treatment=treatment,
        soonest=picker.soonest(offer, now=clock.now(), visitor=str(session.get("visitor", ""))),
        hold_form=FlaskForm(formdata=None),
        choose_url=url_for("booking.choose", treatment=slug),
        faces=face_queries.faces(studio.location, _today(studio), treatment_slug=slug),
        not_for_you=not_for_you() if treatment.is_needling else [],
        before=shown.rules_before() if treatment.is_needling else [],
    )


@bp.get("/team")
def team() -> ResponseReturnValue:
    """Who works here, and what each of them does."""
    studio = queries.studio()
    if not studio:
        return render_template("errors/opening_soon.html")
    found = face_queries.faces(studio.location, _today(studio))
    return render_template("treatments/team.html", team=team_shown.faces(found))


@bp.get("/team/<slug>-<digest>.webp")
def photo(slug: str, digest: str) -> ResponseReturnValue:
    """A photo of somebody; another photo has another address, so this one can be kept."""
    content = face_queries.photo(slug, digest)
    if content is None:
        abort(404)
    return content, {"Content-Type": "image/webp", "Cache-Control": KEPT}


@bp.get("/policies")
def policies() -> ResponseReturnValue:
    """How moving, cancelling and being late work."""
    studio = queries.studio()
    if not studio:
        return render_template("errors/opening_soon.html")
    return render_template("treatments/policies.html", rules=queries.rules(studio.location))


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept about a client, why and how long."""
    if not queries.studio():
        return render_template("errors/opening_soon.html")
    return render_template("treatments/privacy.html", version=PRIVACY_VERSION)


def _today(studio: queries.Studio) -> date:
    return local_time(clock.now(), studio.zone).date()


def _next_free(menu: list[queries.Card]) -> NextFree | None:
    offer = booking.offer(menu[0].slug) if menu else None
    if not offer:
        return None
    free = picker.soonest(offer, now=clock.now())
    if not free:
        return None
    return NextFree(free[0].label, free[0].who, url_for("booking.choose", treatment=offer.slug))
