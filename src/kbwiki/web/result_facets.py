"""What results can be narrowed by, and what they are narrowed by now, as links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..clock import utc_now
from ..search.facets import Facet, FacetValue
from ..search.spans import parse_span
from .query_text import Part, parts_of, with_part, without
from .words import N_, kb_t

NAMES = {
    "space": N_("[Space]"),
    "tag": N_("[Tag]"),
    "author": N_("Last changed by"),
    "state": N_("[Review]"),
    "age": N_("Changed"),
}
STATES = {
    "reviewed": N_("Looked at by somebody"),
    "unreviewed": N_("Nobody has looked yet"),
    "stale": N_("Not changed for a long time"),
}
AGES = {
    "<7d": N_("In the last 7 days"),
    "<30d": N_("In the last 30 days"),
    "<1y": N_("In the last year"),
    ">1y": N_("Longer ago"),
}
_FIELDS = {
    "in": N_("[Space]"),
    "tag": N_("[Tag]"),
    "by": N_("Changed by"),
    "is": N_("[Review]"),
    "changed": N_("Changed"),
}

Address = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value with how many of the results have it. `url` adds it, or takes it away where it is `on`."""

    words: str
    count: int
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class FacetLinks:
    """One way in which the results divide."""

    name: str
    words: str
    values: tuple[FacetLink, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """Something the question is narrowed by; `url` is the question without it."""

    name: str
    words: str
    url: str


def facet_links(query: str, facets: Sequence[Facet], address: Address) -> tuple[FacetLinks, ...]:
    """The facets that would make a difference, or have made one."""
    chosen = {one.typed: one for one in parts_of(query) if one.narrows}
    found = []
    for facet in facets:
        values = tuple(_link(query, facet, value, chosen, address) for value in facet.values)
        if len(values) > 1 or any(value.on for value in values) or (values and facet.name in ("space", "tag")):
            found.append(FacetLinks(facet.name, kb_t(NAMES.get(facet.name, facet.name)), values))
    return tuple(found)


def _link(
    query: str, facet: Facet, value: FacetValue, chosen: dict[str, Part], address: Address
) -> FacetLink:
    on = chosen.get(value.typed)
    changed = without(query, on) if on is not None else with_part(query, value.typed)
    return FacetLink(_words(facet.name, value), value.count, address(changed), on is not None)


def _words(name: str, value: FacetValue) -> str:
    if name == "state":
        return kb_t(STATES.get(value.value, value.value))
    if name == "age":
        return kb_t(AGES.get(value.value, value.value))
    return value.label or value.value


def chips(query: str, address: Address) -> tuple[Chip, ...]:
    """What the question is narrowed by, in the order it was typed."""
    return tuple(
        Chip(kb_t(_FIELDS[one.field]), _chip_words(one), address(without(query, one)))
        for one in parts_of(query)
        if one.narrows and _is_understood(one)
    )


def _is_understood(part: Part) -> bool:
    """Whether it narrows anything: of what was not understood, a note says so, and it is no filter."""
    if part.field == "is":
        return part.value.casefold() in STATES
    return part.field != "changed" or parse_span(part.value, utc_now()) is not None


def _chip_words(part: Part) -> str:
    known = {"is": STATES, "changed": AGES}.get(part.field, {})
    return kb_t(known[part.value]) if part.value in known else part.value
