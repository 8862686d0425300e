"""What kbwiki answers when it refuses: a page that says kindly what happened, and gives back what was written."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError

from ..errors import Busy, Conflict, Forbidden, Invalid, KBWikiError, NotFound
from ..wording import spoken
from .csrf import ForgedOrStale, NoSecretKey
from .page_types import text_sent
from .words import N_, kb_t

if TYPE_CHECKING:
    from .visit import Visit

log = logging.getLogger("kbwiki.web")

_HEADINGS: tuple[tuple[type[KBWikiError], str], ...] = (
    (ForgedOrStale, N_("Please send that again")),
    (NoSecretKey, N_("Nothing can be changed here yet")),
    (NotFound, N_("There is nothing here")),
    (Forbidden, N_("This is not for you to do")),
    (Invalid, N_("Something needs to be put right first")),
    (Conflict, N_("Somebody else was first")),
    (Busy, N_("One moment, please")),
)


def refused(visit: Visit, error: KBWikiError) -> Response:
    """The answer to `error`, with the text its author sent, so that nothing they wrote is lost."""
    heading = next((text for kind, text in _HEADINGS if isinstance(error, kind)), N_("That did not work"))
    sent = visit.request.form if visit.request.method == "POST" else None
    text_kept = text_sent(sent) if sent is not None and "text" in sent else None
    sign_in_url = visit.sign_in_url if isinstance(error, (Forbidden, ForgedOrStale)) else None
    try:
        response = visit.show(
            "kbwiki/error.html",
            title=kb_t(heading),
            status=error.status,
            heading=kb_t(heading),
            text=str(error),
            text_kept=text_kept,
            again=_again(visit),
            can_save=isinstance(error, (ForgedOrStale, Busy, Conflict)) or sign_in_url is not None,
            action_url=sign_in_url or visit.url("home"),
            action_label=kb_t("Sign in") if sign_in_url else kb_t("Go to the first [page]"),
        )
    except (KBWikiError, SQLAlchemyError):
        log.warning("The frame of an error page could not be made; a plain one was sent.", exc_info=True)
        response = _plain(kb_t(heading), str(error), text_kept, error.status)
    if isinstance(error, Busy):
        response.headers["Retry-After"] = "2"
    return response


_AGAIN = ("path", "title", "tags", "comment", "base", "draft", "kept", "start", "small")


@dataclass(frozen=True, slots=True)
class Again:
    """A form of the editor that can be sent once more: where to, and what stood in it, the whole text as one."""

    url: str
    fields: tuple[tuple[str, str], ...]


def _again(visit: Visit) -> Again | None:
    """What was refused, to be sent again from the page that says so: nobody has to find their way back for that."""
    sent = visit.request.form if visit.request.method == "POST" else None
    if sent is None or not visit.is_editor or "text" not in sent:
        return None
    fields = [(name, sent[name]) for name in _AGAIN if name in sent]
    return Again(visit.address, (*fields, ("text", text_sent(sent))))


def without_driver(key: str, error: ModuleNotFoundError) -> str:
    """What is said at the start where the database named needs a package that is not installed."""
    return (
        f"{key} names a database whose driver is not installed ({error}). "
        "For PostgreSQL, install it: pip install 'kbwiki[postgresql]'"
    )


def unescaped() -> Response:
    """The answer of a host that does not escape its templates: a text that somebody wrote could run in a browser."""
    log.error("The wiki shows nothing, since the app does not escape templates. Leave autoescape on for kbwiki/.")
    said = kb_t("The application does not escape its templates, so nothing can be shown safely.")
    return _plain(kb_t("Nothing can be shown here yet"), said, None, 503)


def _plain(heading: str, text: str, text_kept: str | None, status: int) -> Response:
    """A page that needs neither database nor layout."""
    kept = f"<textarea readonly rows=20 cols=80>{escape(text_kept)}</textarea>" if text_kept else ""
    html = (
        f"<!doctype html><html lang={spoken().tag} dir={spoken().direction}><meta charset=utf-8>"
        f"<title>{escape(heading)}</title>"
        f"<h1>{escape(heading)}</h1><p>{escape(text)}</p>{kept}</html>"
    )
    return Response(html, status=status, mimetype="text/html")
