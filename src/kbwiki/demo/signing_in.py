"""Signing in without passwords: a visitor picks who to be. State changes on POST only."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from .people import STAFF, Person

signing_in = Blueprint("signing_in", __name__)


def set_up_sign_in(app: Flask) -> None:
    """Tell Flask-Login who people are, and offer the cards."""
    logins = LoginManager(app)
    logins.user_loader(STAFF.get)
    app.register_blueprint(signing_in)


@signing_in.before_request
def refuse_posts_from_elsewhere() -> None:
    """Another site must not sign a visitor in or out behind their back, even without Flask-WTF."""
    origin = request.headers.get("Origin")
    crossed = request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if request.method == "POST" and (crossed or foreign):
        abort(403, "This form was sent by another site.")


def ask_strangers_in() -> Response | None:
    """Send whoever is not signed in to the cards, and back here afterwards."""
    if current_user.is_authenticated:
        return None
    return redirect(url_for("signing_in.choose", next=local_address(request.full_path.rstrip("?"))), code=303)


@signing_in.get("/sign-in")
def choose() -> str:
    """The cards. Shows where the visitor was going, and goes there afterwards."""
    return render_template(
        "intranet/sign_in.html", staff=STAFF, next_url=local_address(request.args.get("next", ""))
    )


@signing_in.post("/sign-in")
def sign_in() -> Response:
    """Become the person whose button was pressed, in place of whoever one was before."""
    person = STAFF.get(request.form.get("person", ""))
    if person is None:
        abort(422, "Nobody of that name works here.")
    login_user(person)
    return redirect(local_address(request.form.get("next", "")) or url_for("intranet.dashboard"), code=303)


@signing_in.post("/sign-out")
def sign_out() -> Response:
    """Become nobody."""
    logout_user()
    return redirect(url_for("signing_in.choose"), code=303)


def local_address(address: str) -> str:
    """``address`` if it is a path on this host, else nothing: no link may send a visitor elsewhere."""
    parts = urlsplit(address.replace("\\", "/"))
    plain = address.isprintable() and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and not parts.scheme and not parts.netloc else ""


def signed_in() -> Person | None:
    """Who the visitor is at the moment."""
    person = current_user._get_current_object()
    return person if isinstance(person, Person) else None
