"""The search page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup, escape

from ..pages.paths import slug
from ..search.finding import Order
from ..search.results import Found, Fragments, Result
from ..search.suggesting import Suggested
from ..spaces.queries import readable_spaces
from .editions import marks_in_edition
from .forms import number
from .lists import TagLine
from .query_text import FORM, composed, loosened, taken_apart, without_narrowing
from .result_facets import AGES, STATES, chips, facet_links
from .searches import AskedHere, note_asked
from .visit import Visit
from .words import kb_t, when, who

PER_PAGE = 20
LONGEST = 500
_FARTHEST = 1000
_LOOSER = 5


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One page found, with what was found marked."""

    title: Markup
    url: str
    path: str
    snippet: Markup
    updated_at: datetime
    updated_when: Markup
    author: str
    tags: tuple[TagLine, ...]
    space: str
    reviewed: bool
    edition: str = ""


@dataclass(frozen=True, slots=True)
class OtherQuestion:
    """A question one click away: what may have been meant, or exactly what was typed where it was put right."""

    lead: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Looser:
    """What is offered when nothing was found: how many pages there are without the narrowing, and pages that may do."""

    everywhere: int
    everywhere_url: str
    query: str
    url: str
    results: tuple[ResultLine, ...]
    titles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Precise:
    """The form for those who do not type operators: what it says now, and what can be chosen in it."""

    said: dict[str, str]
    spaces: tuple[tuple[str, str], ...]
    ages: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]


def search(visit: Visit) -> Response:
    """Pages found for `q`, best first, or with `order=changed` the last changed; the form's fields become a `q`."""
    args = visit.request.args
    if "q" not in args and any(args.get(name) for name in FORM):
        return visit.go(visit.url("search", q=composed(args), order=args.get("order") or None))
    query = args.get("q", "").strip()[:LONGEST]
    order = Order.CHANGED if args.get("order") == Order.CHANGED.value else Order.RELEVANCE
    start = min(max(args.get("start", 0, type=number), 0), _FARTHEST)
    visit.close()
    found = visit.wiki.search(visit.actor, query, limit=PER_PAGE, offset=start, order=order, facets=True)
    if start and found.total and not found.results:  # fewer than there were, or a made-up address
        return visit.go(visit.url("search", q=query, order=args.get("order") or None))
    asked = note_asked(visit, query, found, first=start)
    return _page(visit, query, order, start, found, asked)


def _page(visit: Visit, query: str, order: Order, start: int, found: Found, asked: AskedHere) -> Response:
    wanted = without_narrowing(query)
    path = slug(wanted)
    sorting = order.value if order is not Order.RELEVANCE else None

    def address(text: str, **more: str | int | None) -> str:
        return visit.url("search", **{"q": text, "order": sorting, **more})

    marks = marks_in_edition(visit, [one.path for one in found.results])
    more = start + PER_PAGE < min(found.total, _FARTHEST)
    return visit.show(
        "kbwiki/search.html",
        title=kb_t("[Search]: {query}", query=query) if query else kb_t("[Search]"),
        section="search",
        query=query,
        results=tuple(line_of(visit, one, marks.get(one.path, "")) for one in found.results),
        total=found.total,
        first=start + 1,
        last=start + len(found.results),
        newer_url=address(query, start=max(start - PER_PAGE, 0) or None) if start else None,
        older_url=address(query, start=start + PER_PAGE, view=asked.token) if more else None,
        note=found.note,
        other_question=_other_question(visit, found),
        asked=asked,
        operators=_operators(visit),
        exact=line_of(visit, found.exact) if found.exact is not None and not start else None,
        facets=facet_links(query, found.facets, address),
        partly_counted=found.facets_are_partial,
        chips=chips(query, address),
        order=order.value,
        orders=(
            (kb_t("Best match"), address(query, order=None), order is Order.RELEVANCE),
            (kb_t("Last changed"), address(query, order=Order.CHANGED.value), order is Order.CHANGED),
        ),
        precise=_precise(visit, query, found),
        looser=_looser(visit, query) if query and not found.total else None,
        files_url=visit.url("files", q=wanted) if wanted and visit.wiki.has_files else None,
        suggestions={"create_url": visit.url("new", path=path, title=wanted) if path else None},
    )


def _operators(visit: Visit) -> tuple[tuple[str, str], ...]:
    """What can be asked besides, thanks to plugins, with a word of help on each."""
    if not visit.wiki.plugins.uses("query_operators"):
        return ()
    known = visit.wiki.search.additions.operators()
    return tuple((f"{name}:", given.value.help) for name, given in sorted(known.items()))


def _other_question(visit: Visit, found: Found) -> OtherQuestion | None:
    if found.correction is not None:
        lead, text = kb_t("Look for exactly what you typed:"), found.correction.as_typed
    elif found.offer is not None:
        lead, text = kb_t("Did you mean:"), found.offer.text
    else:
        return None
    return OtherQuestion(lead, text, visit.url("search", q=text))


def _precise(visit: Visit, query: str, found: Found) -> Precise:
    said = taken_apart(query)
    spaces = [one for one in _spaces(visit, found) if one[0]]
    ages, states = ([(value, kb_t(words)) for value, words in known.items()] for known in (AGES, STATES))
    for value, offered in ((said["space"], spaces), (said["changed"], ages), (said["state"], states)):
        if value and value not in dict(offered):
            offered.append((value, value))
    return Precise(said, tuple(spaces), tuple(ages), tuple(states))


def _spaces(visit: Visit, found: Found) -> Sequence[tuple[str, str]]:
    """The paths and titles of the spaces that can be searched; a search that came to an index has read them."""
    if found.spaces is not None:
        return found.spaces
    return [one[1:] for one in readable_spaces(visit.connection, visit.wiki.id, visit.actor)]


def _looser(visit: Visit, query: str) -> Looser:
    """What else may do, by the same rule of reading: asked only when nothing was found."""
    wanted, wide = loosened(query), without_narrowing(query)
    visit.close()
    search = visit.wiki.search
    everywhere = search(visit.actor, wide, limit=0).total if wide and wide != query else 0
    near = search(visit.actor, wanted, limit=_LOOSER) if wanted and wanted != query else None
    titles = [one for one in search.suggest(visit.actor, wide, limit=_LOOSER) if one.kind is Suggested.PAGE]
    return Looser(
        everywhere,
        visit.url("search", q=wide),
        wanted,
        visit.url("search", q=wanted),
        tuple(line_of(visit, one) for one in near.results) if near is not None else (),
        tuple((one.title, visit.url.page(one.path)) for one in titles),
    )


def line_of(visit: Visit, one: Result, edition: str = "") -> ResultLine:
    """One page found; `edition` says how its text in the edition that is read differs from what was found."""
    return ResultLine(
        title=marked(one.title_fragments),
        url=visit.url.onward(one.path),
        path=one.path,
        snippet=marked(one.snippet),
        updated_at=one.updated_at,
        updated_when=when(one.updated_at, visit.now),
        author=who(one.author),
        tags=tuple(TagLine(tag, 0, visit.url("tags", tag=tag)) for tag in one.tags),
        space=one.space_title if one.space else "",
        reviewed=one.reviewed,
        edition=edition,
    )


def marked(fragments: Fragments) -> Markup:
    """Text with what was found in <mark> elements; everything is escaped."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(one.text) if one.hit else escape(one.text) for one in fragments
    )
