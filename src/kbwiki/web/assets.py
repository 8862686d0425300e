"""Our stylesheet, script and icons, and a kind answer for addresses below `/-/` that mean nothing."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from flask import Response, send_from_directory

from ..errors import NotFound
from .visit import Visit

_YEAR = 365 * 24 * 3600
_FOLDER = Path(__file__).parent / "static"


def static(visit: Visit, filename: str) -> Response:
    """One of our static files; the same for everybody, so caches may share it."""
    response = send_from_directory(_FOLDER, filename, max_age=_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def unknown(visit: Visit, anything: str) -> NoReturn:
    """There is no such screen."""
    raise NotFound("screen", anything)
