"""The intranet of Fernhill Instruments as a Flask app: what a host looks like, with kbwiki mounted in it."""

from __future__ import annotations

import os
from importlib.util import find_spec

from flask import Flask, Response, render_template
from werkzeug.exceptions import HTTPException

from .handbook import mount_handbook
from .intranet import set_up_intranet
from .premises import instance_folder, secret_key
from .signing_in import set_up_sign_in

CONTENT_SECURITY_POLICY = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"


def create_app(instance: str | os.PathLike[str] | None = None) -> Flask:
    """The app, ready to serve: its instance folder made, its handbook filled on the first start.

    ``instance`` defaults to the environment's KBWIKI_DEMO_INSTANCE, then to ``instance/demo`` here.
    """
    folder = instance_folder(instance)
    app = Flask("kbwiki.demo", instance_path=str(folder))
    app.config.update(
        SECRET_KEY=secret_key(folder),
        SESSION_COOKIE_NAME="fernhill",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    _protect(app)
    set_up_sign_in(app)
    set_up_intranet(app)
    mount_handbook(app, folder)
    return app


def _protect(app: Flask) -> None:
    """What this host asks of every response, its own or the handbook's."""
    if find_spec("flask_wtf"):
        from flask_wtf import CSRFProtect

        CSRFProtect(app)

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    @app.errorhandler(HTTPException)
    def kindly(problem: HTTPException) -> tuple[str, int]:
        return render_template("intranet/problem.html", problem=problem), problem.code or 500
