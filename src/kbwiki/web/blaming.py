"""Who wrote this: every passage of a page with its author, the day, and the change that brought it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from markupsafe import Markup

from ..errors import NotFound
from ..pages.queries.authorship import Origin, Passage, authorship
from ..pages.queries.view import get_any_page, get_by_id
from .forms import number
from .histories import view_of
from .visit import Visit
from .words import kb_t, when, who

_AGES = 4


@dataclass(frozen=True, slots=True)
class PassageLine:
    """A passage as it is shown; `age` goes from 1 (the newest) to 4, `url` leads to the change that brought it."""

    text: str
    author: str
    when: Markup | str
    comment: str
    number: int
    url: str
    age: int


def blame(visit: Visit, path: str) -> Response:
    """Every passage of the page, or of its revision `at`, with who wrote it."""
    now = get_any_page(visit.connection, visit.wiki.id, path, visit.actor)
    at = visit.request.args.get("at", now.current, type=number)
    view = get_by_id(visit.connection, visit.wiki.id, now.id, at, visit.actor)
    if view.hidden:
        raise NotFound("revision (it is hidden)", str(at))
    most = visit.settings.blame_revisions
    found = authorship(visit.connection, now.id, at, most)
    numbers = sorted({one.origin.number for one in found.passages}, reverse=True)
    return visit.show(
        "kbwiki/blame.html",
        title=kb_t("Who wrote {title}", title=now.title),
        section="history",
        page=view_of(visit, now),
        at=at,
        is_newest=at == now.current,
        passages=tuple(_line(visit, path, one, numbers) for one in found.passages),
        looked_through=most if found.first > 1 else None,
        can_write=now.can_write,
    )


def _line(visit: Visit, path: str, one: Passage, numbers: list[int]) -> PassageLine:
    origin = one.origin
    age = 1 + numbers.index(origin.number) * _AGES // len(numbers)
    before = origin.since - 1
    return PassageLine(
        one.text.strip("\n"),
        _author(origin),
        when(origin.at, visit.now),
        "" if origin.is_older else origin.comment,
        origin.number,
        visit.url("diff", path=path, a=before, b=origin.number),
        age,
    )


def _author(origin: Origin) -> str:
    if origin.is_older:
        return kb_t("Somebody, before [revision] {number}", number=origin.number)
    if origin.since < origin.number:
        return kb_t("Somebody, in [revisions] that are hidden")
    return who(origin.author)
