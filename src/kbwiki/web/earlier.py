"""Search in earlier revisions, for moderators."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from markupsafe import Markup

from ..search.earlier import NEWEST, Earlier, search_earlier
from .forms import number
from .queues import own_reviewing_groups
from .visit import Visit
from .words import day, kb_t, when, who


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A page with revisions that have the words; `url` leads to the newest of them."""

    title: str
    path: str
    url: str
    history_url: str
    which: str
    deleted: bool
    when: Markup
    author: str
    comment: str
    around: str


def earlier(visit: Visit) -> Response:
    """Revisions, deleted pages' too, that have all words of `q`: the next stretch before `before`."""
    own_reviewing_groups(visit)
    query = visit.request.args.get("q", "").strip()[:500]
    before = min(max(visit.request.args.get("before", NEWEST, type=number), 0), NEWEST)
    found = search_earlier(visit.connection, visit.wiki.id, visit.actor, query, before=before)
    return visit.show(
        "kbwiki/earlier.html",
        title=kb_t("[Search] in earlier [revisions]"),
        section="search",
        query=query,
        lines=tuple(_line(visit, one) for one in found.pages),
        revisions=found.revisions,
        back_to=day(found.back_to) if found.back_to else None,
        older_url=visit.url("earlier", q=query, before=found.before) if found.before else None,
        first_url=visit.url("earlier", q=query) if before < NEWEST else None,
    )


def _line(visit: Visit, one: Earlier) -> EarlierLine:
    newest = one.numbers[0]
    return EarlierLine(
        title=one.title,
        path=one.path,
        url=visit.url("revision", number=newest, path=one.path),
        history_url=visit.url("history", path=one.path, **{"from": newest}),
        which=_which(one.numbers),
        deleted=one.deleted,
        when=when(one.at, visit.now),
        author=who(one.author),
        comment=one.comment,
        around=one.around,
    )


def _which(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return kb_t("[revision] {number}", number=numbers[0])
    return kb_t("{n} [revisions], {oldest} to {newest}", n=len(numbers), oldest=numbers[-1], newest=numbers[0])
