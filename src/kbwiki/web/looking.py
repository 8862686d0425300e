"""Looking at what is hidden: one screen, made anew each time, recorded, and kept nowhere."""

from __future__ import annotations

from flask import Response
from markupsafe import Markup

from ..moderation.looks import HiddenLook, look_at_hidden
from ..pages.queries.view import get_any_page
from ..pages.rendering import preview_html
from .histories import view_of
from .visit import Visit
from .words import did, kb_t, when


def look(visit: Visit, number: int, path: str) -> Response:
    """A revision with all that is hidden of it, for those who may; that they looked is recorded first."""
    now = get_any_page(visit.connection, visit.wiki.id, path, visit.actor)
    with visit.change() as tx:
        found = look_at_hidden(tx, now.id, number)
    response = visit.show(
        "kbwiki/look.html",
        title=kb_t("Hidden: [revision] {number} of {title}", number=number, title=now.title),
        section="history",
        page=view_of(visit, now),
        hidden=found,
        describe=did(found.kind),
        when_made=when(found.at, visit.now),
        html=_html(visit, found),
        history_url=visit.url("history", path=path),
        can_write=now.can_write,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _html(visit: Visit, found: HiddenLook) -> Markup:
    """The text as it read, past every cache of rendered pages."""
    shown = preview_html(
        visit.connection,
        visit.wiki.id,
        visit.actor,
        found.path,
        found.text,
        visit.url.to_link,
        visit.settings.max_output_chars,
        visit.wiki.dialect,
        files=visit.files_at,
    )
    return Markup(shown.html)  # noqa: S704 - sanitised by markup.render
