"""Signing in and out, choosing a password, and one's own account."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, limits, links, wording
from spa.access import requires
from spa.accounts import actions, kept, queries, tries
from spa.accounts.forms import (
    ButtonForm,
    ChangePasswordForm,
    ForgotForm,
    NewPasswordForm,
    SignInForm,
)
from spa.domain.roles import Permission
from spa.errors import LinkOver, SignInRefused, WrongPassword
from spa.extensions import csrf

bp = Blueprint("accounts", __name__, url_prefix="/staff")


@bp.route("/login", methods=["GET", "POST"])
@csrf.exempt
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to where one was about to go; csrf is the form's own."""
    again = request.args.get("again")
    if again and request.method == "POST":
        return _sign_in_page(SignInForm(formdata=None, kept=kept.form_kept(again)), status=401)
    form = SignInForm(next=request.args.get("next", ""))
    onward = _onward(form.next.data)
    if request.method == "GET":
        return redirect(onward) if access.signed_in() else _sign_in_page(form)
    if not form.validate_on_submit():
        is_stale = "csrf_token" in form.errors
        refusal = _("This page had been open for a while. Please try once more.")
        return _sign_in_page(form, refusal=refusal if is_stale else "", status=422)
    if not tries.is_within(form.email.data):
        return _sign_in_page(form, refusal=wording.too_many_tries(), status=429)
    try:
        key = actions.sign_in(form.email.data, form.password.data, browser=_browser())
    except SignInRefused as error:
        return _sign_in_page(form, refusal=wording.refusal(error), status=422)
    tries.succeeded(form.email.data)
    access.sign_in(key)
    found = kept.read(form.kept.data, access.actor().id)
    page = found and render_template("accounts/send_again.html", kept=found, button=ButtonForm())
    answer = current_app.make_response(page) if page else _to(onward)
    return tries.remember(answer, form.email.data)


def _sign_in_page(form: SignInForm, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/sign_in.html", form=form, refusal=refusal), status


def _onward(wanted: str | None) -> str:
    """A page of the desk to go on to; whatever else was asked for becomes the first one."""
    wanted = wanted or ""
    is_desk = wanted == "/staff" or wanted.startswith(("/staff/", "/staff?"))
    is_plain = wanted.isprintable() and wanted.isascii() and "\\" not in wanted
    return wanted if is_desk and is_plain else url_for("morning.today")


def _browser() -> str:
    return request.headers.get("User-Agent", "")


def _to(path: str) -> Response:
    """Go there with a GET, after something was changed."""
    return current_app.make_response(redirect(path, 303))


@bp.post("/logout")
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """Leave the desk on this browser."""
    found = access.signed_in()
    if found:
        actions.sign_out(found.session_id)
    return _out(_("You are signed out."))


def _out(said: str) -> Response:
    session.clear()
    flash(said)
    return _to(url_for("accounts.sign_in"))


# A forgotten password, and an invitation


@bp.route("/forgot", methods=["GET", "POST"])
def forgot() -> ResponseReturnValue:
    """Ask for a link to choose a new password; the answer is the same for everyone."""
    form = ForgotForm()
    if request.method == "GET":
        return render_template("accounts/forgot.html", form=form)
    if not form.validate_on_submit():
        return render_template("accounts/forgot.html", form=form), 422
    if not limits.is_within("LIMIT_LINKS"):
        refusal = wording.http_error(429)[1]
        return render_template("accounts/forgot.html", form=form, refusal=refusal), 429
    actions.request_reset(form.email.data)
    return render_template("accounts/forgot.html", form=form, is_sent=True)


@bp.route("/password/<token>", methods=["GET", "POST"])
def password(token: str) -> ResponseReturnValue:
    """Choose a password by the link in a mail."""
    link = links.read_staff_token(token, at=clock.now())
    member = queries.member(link.staff_id) if link else None
    if not link or not member or member.link_version != link.version or member.suspended_at:
        return render_template("accounts/link_over.html"), 410
    form = NewPasswordForm(name=member.name, email=member.email)
    is_invitation = link.purpose == "invited"
    page = {"form": form, "email": member.email, "is_invitation": is_invitation}
    if request.method == "GET":
        return render_template("accounts/password.html", **page)
    if not form.validate_on_submit():
        return render_template("accounts/password.html", **page), 422
    try:
        email = actions.choose_password(link, form.new.data)
    except LinkOver:
        return render_template("accounts/link_over.html"), 410
    answer = _out(_("Your password is chosen. Sign in with it now."))
    return tries.remember(answer, email)


# One's own account


@bp.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """Who one is here, what one may do, one's password, and where one is signed in."""
    return _account_page(_change_form())


@bp.post("/place")
@requires(Permission.OWN_ACCOUNT)
def choose_place() -> ResponseReturnValue:
    """Whoever belongs to no single place chooses whose desk to open."""
    chosen = request.form.get("place", "")
    known = {place.id for place in queries.places()}
    if access.actor().location_id is None and chosen.isdecimal() and int(chosen[:9]) in known:
        session["place"] = int(chosen[:9])
    return redirect(url_for("morning.today"), 303)


def _change_form() -> ChangePasswordForm:
    actor = access.actor()
    return ChangePasswordForm(name=actor.name, email=actor.email)


def _account_page(form: ChangePasswordForm, *, status: int = 200) -> ResponseReturnValue:
    actor, found = access.actor(), access.signed_in()
    config = current_app.config
    browsers = queries.browsers(
        actor.id,
        clock.now(),
        idle_minutes=config["SESSION_IDLE_MINUTES"],
        hours=config["SESSION_HOURS"],
    )
    page = render_template(
        "accounts/account.html",
        form=form,
        button=ButtonForm(),
        actor=actor,
        role=wording.role(actor.role),
        rights=wording.rights(actor.role),
        places=queries.places() if actor.location_id is None else [],
        here=access.place().id,
        browsers=[
            {
                "id": one.id,
                "name": wording.browser(one.agent),
                "is_this": bool(found and one.id == found.session_id),
                "since": wording.moment_short(one.opened_at, access.place().zone),
                "seen": wording.moment_short(one.seen_at, access.place().zone),
            }
            for one in browsers
        ],
    )
    return page, status


@bp.post("/account/password")
@requires(Permission.OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Choose another password; every other browser is signed out."""
    actor, found, form = access.actor(), access.signed_in(), _change_form()
    if not form.validate_on_submit() or not found:
        return _account_page(form, status=422)
    if not tries.is_within_for(actor.id):
        form.present.errors = [wording.http_error(429)[1]]
        return _account_page(form, status=429)
    try:
        actions.change_password(actor, found.session_id, form.present.data, form.new.data)
    except WrongPassword as error:
        form.present.errors = [wording.refusal(error)]
        return _account_page(form, status=422)
    flash(_("Your password is changed. Other browsers are signed out."))
    return _to(url_for("accounts.account"))


@bp.post("/account/browsers/<int:session_id>/end")
@requires(Permission.OWN_ACCOUNT)
def end_browser(session_id: int) -> ResponseReturnValue:
    """Sign one other browser out from here."""
    actions.end_browser(access.actor(), session_id)
    flash(_("That browser is signed out."))
    return _to(url_for("accounts.account"))


@bp.post("/account/browsers/end")
@requires(Permission.OWN_ACCOUNT)
def sign_out_everywhere() -> ResponseReturnValue:
    """Leave the desk on every browser, this one too."""
    actions.sign_out_everywhere(access.actor())
    return _out(_("You are signed out everywhere."))
