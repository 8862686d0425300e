"""The one cookie of kbwiki's: which edition a reader chose to see. Set when they choose, and sent below our prefix."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Response

from ..spaces.policy import Edition

if TYPE_CHECKING:
    from .visit import Visit

_A_YEAR = 365 * 24 * 3600


def cookie_name(wiki: str) -> str:
    """The cookie's name: of its own for every wiki, since one may be mounted below another."""
    return f"kbwiki-edition-{sha256(wiki.encode()).hexdigest()[:8]}"


def remembered(visit: Visit) -> Edition | None:
    """What this reader chose; None when it is left to each space."""
    said = visit.request.cookies.get(cookie_name(visit.wiki.name), "")
    return Edition(said) if said in (Edition.LIVE.value, Edition.REVIEWED.value) else None


def remember(visit: Visit, response: Response, choice: Edition | None) -> Response:
    """Let the browser remember the choice below our prefix, for a year, or forget it."""
    name, path = cookie_name(visit.wiki.name), visit.url.base or "/"
    if choice is None:
        response.delete_cookie(name, path=path)
    else:
        secure = visit.request.is_secure
        response.set_cookie(
            name, choice.value, max_age=_A_YEAR, path=path, secure=secure, httponly=True, samesite="Lax"
        )
    return response
