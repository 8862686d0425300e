"""The intranet's own pages: today at the works, and who works there."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from .handbook import HANDBOOK, glance, tour_links
from .noticeboard import board
from .people import STAFF
from .signing_in import ask_strangers_in, local_address, refuse_posts_from_elsewhere, signed_in
from .weather import TRACE_HEIGHT, TRACE_WIDTH, barograph, reading

intranet = Blueprint("intranet", __name__)
intranet.before_request(refuse_posts_from_elsewhere)
intranet.before_request(ask_strangers_in)


def set_up_intranet(app: Flask) -> None:
    """The intranet's pages, and what its layout needs wherever it is used: in the handbook too."""
    app.register_blueprint(intranet)

    @app.context_processor
    def frame() -> dict[str, object]:
        here = request.full_path.rstrip("?") if request.method == "GET" else request.path
        return {
            "me": signed_in(),
            "staff": STAFF,
            "here": local_address(here),
            "handbook": HANDBOOK,
            "forgery_guard": lambda: _forgery_guard(app),
        }


def _forgery_guard(app: Flask) -> Markup:
    """The hidden field that Flask-WTF asks for in every form, where it is installed."""
    make_token = app.jinja_env.globals.get("csrf_token")
    if not callable(make_token):
        return Markup()
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(make_token())


@intranet.get("/")
def dashboard() -> str:
    """Today at the works."""
    now = datetime.now(UTC)
    return render_template(
        "intranet/dashboard.html",
        now=now,
        board=board(now),
        reading=reading(now),
        trace={"points": barograph(now), "width": TRACE_WIDTH, "height": TRACE_HEIGHT},
        lately=glance(),
        tour=tour_links() if "tour_closed" not in session else None,
    )


@intranet.get("/people")
def people() -> str:
    """The staff list."""
    return render_template("intranet/people.html", teams=STAFF.by_team)


@intranet.post("/tour")
def tour() -> Response:
    """Close the "try this" panel for this visitor, or bring it back."""
    if request.form.get("show"):
        session.pop("tour_closed", None)
    else:
        session["tour_closed"] = True
    return redirect(url_for("intranet.dashboard"), code=303)
