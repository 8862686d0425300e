"""A page through time: a slider over all its revisions, as text or as what changed. Without a script it is a form."""

from __future__ import annotations

from flask import Response
from markupsafe import Markup

from ..pages.queries.view import PageView, get_any_page, get_by_id
from .differences import other_changes, side, text_difference
from .forms import number
from .histories import view_of
from .reading import as_html
from .restraints import as_restrained
from .visit import Visit
from .words import day, did, kb_t, who

TEXT, CHANGES = "text", "changes"


def slider(visit: Visit, path: str) -> Response:
    """Revision `at` of the page below a slider; with `part` only what belongs below it, which a script asks for."""
    now = as_restrained(visit, get_any_page(visit.connection, visit.wiki.id, path, visit.actor))
    at = min(max(visit.request.args.get("at", now.current, type=number), 1), now.current)
    show = CHANGES if visit.request.args.get("show") == CHANGES else TEXT
    view = get_by_id(visit.connection, visit.wiki.id, now.id, at, visit.actor)
    before = get_by_id(visit.connection, visit.wiki.id, now.id, at - 1, visit.actor) if at > 1 else None
    hidden = view.hidden or (show == CHANGES and before is not None and before.hidden)

    def address(number: int, what: str = show) -> str:
        return visit.url("slider", path=path, at=number, show=what if what != TEXT else None)

    part = "part" in visit.request.args
    return visit.show(
        "kbwiki/parts/moment.html" if part else "kbwiki/slider.html",
        title=kb_t("{title} through time", title=now.title),
        section="history",
        page=view_of(visit, now),
        at=at,
        last=now.current,
        show=show,
        moment=side(visit, view, path),
        describe=did(view.kind),
        said=_said(visit, view),
        hidden=hidden,
        html=None if hidden or show == CHANGES else Markup(as_html(visit, view).html),  # noqa: S704 - sanitised
        difference=None if hidden or show != CHANGES else text_difference(visit, before, view),
        other_changes=() if hidden else other_changes(before, view),
        older_url=address(at - 1) if at > 1 else None,
        newer_url=address(at + 1) if at < now.current else None,
        other_url=address(at, TEXT if show == CHANGES else CHANGES),
        revision_url=visit.url("revision", number=at, path=path),
        can_write=now.can_write,
    )


def _said(visit: Visit, view: PageView) -> str:
    """What a screen reader says of the slider's place."""
    return kb_t(
        "[revision] {number}, by {author}, {day}",
        number=view.number,
        author=who(view.author),
        day=day(view.at),
    )
