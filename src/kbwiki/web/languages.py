"""Which language an answer is in: the host's own choice, else what the browser asks for, else the wiki's usual one."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from flask import Request
from sqlalchemy.exc import SQLAlchemyError

from ..errors import KBWikiError
from ..wording import Wording

if TYPE_CHECKING:
    from .mount import Mount
    from .visit import Visit

log = logging.getLogger("kbwiki.web")


def wanted(mount: Mount, request: Request) -> tuple[str, ...]:
    """The languages of whoever asks, the best first. A host with Flask-Babel has chosen one already."""
    babel = sys.modules.get("flask_babel")
    if babel is not None and "babel" in mount.app.extensions:
        locale = babel.get_locale()
        return (str(locale),) if locale is not None else ()
    return tuple(request.accept_languages.values())


def wording_of(visit: Visit) -> Wording:
    """How the wiki speaks to whoever asks. Where the database cannot be read, with the terms of the settings."""
    voice = visit.wiki.voice
    try:
        return voice.heard(visit.connection, visit.standing.position, visit.locale)
    except (KBWikiError, SQLAlchemyError):
        log.info("The wiki's own terms could not be read; those of the settings are used.", exc_info=True)
        return voice.wording(visit.locale)
