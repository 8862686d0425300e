"""What a list of reviews can be narrowed by: the form's choices, what is chosen now, and what an empty list hides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..moderation.queries.wanted import NARROWING, Order, View, Wanted
from ..moderation.queries.worklist import groups_of
from ..moderation.queries.worklist_counts import total, worklist_counts
from ..spaces.queries import readable_spaces
from .visit import Visit
from .words import KINDS, N_, did, kb_t

VIEWS = {
    View.NEEDS_ME: N_("Needs me"),
    View.OVERDUE: N_("Overdue"),
    View.VERIFY: N_("Waiting on verification"),
    View.CONCERN: N_("Waiting on author"),
    View.MINE: N_("Mine"),
    View.OWN: N_("My own changes"),
}
"""The views, in words, in the order of their tabs."""

ORDERS = {Order.DUE: N_("due first"), Order.RISK: N_("riskiest first")}

_RISKS = (1.0, 2.0, 3.0, 5.0)
_DAYS = (1, 3, 7, 14, 30)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: spaces of (path, title), kinds of (key, words), risks and days of (value, words)."""

    spaces: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    risks: tuple[tuple[str, str], ...]
    days: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on; `url` is the list without it, `hides` how many more that one has, where it was counted."""

    name: str
    words: str
    url: str
    hides: str = ""


def choices(visit: Visit, wanted: Wanted) -> Choices:
    """What can be chosen; what is chosen is always among it, wherever it came from."""
    spaces = [(path, title) for _, path, title in readable_spaces(visit.connection, visit.wiki.id, visit.actor) if path]
    if wanted.space and wanted.space not in dict(spaces):
        spaces.append((wanted.space, wanted.space))
    risks = sorted({*_RISKS, *([wanted.risk] if wanted.risk is not None else [])})
    days = sorted({*_DAYS, *([wanted.days] if wanted.days is not None else [])})
    kinds = [(kind, did(kind)) for kind in KINDS if kind != "import"]
    if wanted.kind and wanted.kind not in KINDS:
        kinds.append((wanted.kind, wanted.kind))
    return Choices(
        spaces=tuple(spaces),
        kinds=tuple(kinds),
        risks=tuple((plain(one), kb_t("at least {risk}", risk=plain(one))) for one in risks),
        days=tuple((str(one), kb_t("{n} day or longer", "{n} days or longer", n=one)) for one in days),
    )


def plain(number: float | None) -> str:
    """A number as forms and addresses have it."""
    return "" if number is None else str(number).removesuffix(".0")


def _kind(kind: str, said: str) -> str:
    """What somebody did, as a filter; reports and objections say themselves who it was."""
    return said if kind in ("page", "decision") else kb_t("somebody {kind}", kind=said)


def chips(visit: Visit, wanted: Wanted, offered: Choices) -> tuple[Chip, ...]:
    """The filters that are on, each with the address of the list without it."""
    said = {
        "space": lambda: kb_t("in {space}", space=dict(offered.spaces).get(wanted.space, wanted.space)),
        "author": lambda: kb_t("by {author}", author=wanted.author),
        "kind": lambda: _kind(wanted.kind, dict(offered.kinds).get(wanted.kind, wanted.kind)),
        "risk": lambda: kb_t("risk at least {risk}", risk=plain(wanted.risk)),
        "days": lambda: kb_t("waiting for {n} day or longer", "waiting for {n} days or longer", n=wanted.days),
    }
    return tuple(
        Chip(name, said[name](), visit.url("queue", **wanted.without(name).said()))
        for name in NARROWING
        if name in wanted.narrowed
    )


def hiding(visit: Visit, groups: Sequence[str], wanted: Wanted, on: Sequence[Chip]) -> tuple[Chip, ...]:
    """Of the filters that are on, those without which an empty list would have something, and how much."""
    found = []
    for chip in on:
        wider = wanted.without(chip.name)
        mine = groups_of(groups, wider)
        counts = worklist_counts(
            visit.connection, visit.wiki.id, visit.actor, mine, wider, visit.now, views=(wider.view,)
        )
        if count := total(counts, wider.view, mine):
            found.append(Chip(chip.name, chip.words, chip.url, str(count)))
    return tuple(found)
