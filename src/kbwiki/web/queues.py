"""Reviews, the home of a moderator: their groups' lists, by view, filtered, in either order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Response

from ..errors import Forbidden
from ..moderation.desk.saved_filters import Saved, find_saved, saved_filters
from ..moderation.queries.state import reviewing_groups
from ..moderation.queries.wanted import NARROWING, Order, View, Wanted, read_place
from ..moderation.queries.worklist import groups_of, place_of, worklist
from ..moderation.queries.worklist_counts import Count, Counts, total, worklist_counts
from .forms import number
from .going_on import last_act
from .queue_filters import ORDERS, VIEWS, chips, choices, hiding, plain
from .queue_lines import rows
from .visit import Visit
from .words import N_, VERDICTS, kb_t

PER_PAGE = 50

KEYS = (
    ("j", N_("the next line")),
    ("k", N_("the line before")),
    ("o", N_("open it")),
    ("x", N_("choose it")),
    ("/", N_("[search]")),
    ("?", N_("this list")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A list one press away, with how much is in it; `name` is a group's, a view's or a filter's."""

    name: str
    label: str
    count: Count
    current: bool
    url: str


@dataclass(frozen=True, slots=True)
class OrderLink:
    """An order the list can have."""

    label: str
    current: bool
    url: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What this visit asks for: the list, the filter it was saved as, and the moderator's groups it is about."""

    wanted: Wanted
    saved: Saved | None
    groups: list[str]
    chosen: list[str]


def queue_page(visit: Visit) -> Response:
    """The reviews that wait for the moderator, or another view of their groups' reviews."""
    asked = _asked(visit)
    wanted = asked.wanted
    if wanted.order is Order.RISK or wanted.risk is not None:
        visit.wiki.catch_up_risk(for_a_moment=True)
    counts = worklist_counts(visit.connection, visit.wiki.id, visit.actor, asked.groups, wanted, visit.now)
    lines = worklist(
        visit.connection,
        visit.wiki.id,
        visit.actor,
        asked.chosen,
        visit.wiki.subjects,
        wanted,
        visit.now,
        after=read_place(visit.request.args.get("after", "")),
        count=PER_PAGE + 1,
    )
    shown = lines[:PER_PAGE]
    offered = choices(visit, wanted)
    on = chips(visit, wanted, offered)
    here = {"saved": asked.saved.id} if asked.saved else wanted.said()
    older = visit.url("queue", **here, after=str(place_of(shown[-1], wanted.view))) if shown else None
    return visit.show(
        "kbwiki/queue.html",
        title=kb_t("[Reviews]"),
        section="reviews",
        view=wanted.view.value,
        wanted=wanted.said(),
        list=urlencode(wanted.said()),
        saved=asked.saved,
        filters={**{name: getattr(wanted, name) for name in NARROWING}, "risk": plain(wanted.risk)},
        choices=offered,
        chips=on,
        hiding=hiding(visit, asked.groups, wanted, on) if not shown else (),
        names=tuple(sorted({name for line in shown for name in line.authors if name})),
        views=_view_tabs(visit, asked, counts),
        groups=_group_tabs(visit, asked, counts),
        filters_kept=_kept_tabs(visit, asked),
        orders=_orders(visit, wanted),
        group=wanted.group,
        total=total(counts, wanted.view, asked.chosen),
        reviews=rows(visit, shown, wanted, name_groups=len(asked.chosen) > 1),
        older_url=older if len(lines) > PER_PAGE else None,
        first_url=visit.url("queue", **here) if "after" in visit.request.args else None,
        done=_done(visit),
        keys=tuple((key, kb_t(words)) for key, words in KEYS),
        flash=last_act(visit),
    )


def _asked(visit: Visit) -> Asked:
    groups = own_reviewing_groups(visit)
    saved_id = visit.request.args.get("saved", type=number)
    saved = find_saved(visit.connection, visit.wiki.id, visit.actor, saved_id) if saved_id else None
    if saved is not None and not saved.removed:
        return Asked(saved.wanted, saved, groups, groups_of(groups, saved.wanted))
    wanted = Wanted.read(visit.request.args)
    if wanted.group not in groups:
        wanted = replace(wanted, group="")
    return Asked(wanted, None, groups, groups_of(groups, wanted))


def own_reviewing_groups(visit: Visit) -> list[str]:
    """The visitor's groups that look after something. Errors: Forbidden for somebody who is in none."""
    groups = reviewing_groups(visit.connection, visit.wiki.id, visit.actor)
    if not groups:
        raise Forbidden(
            kb_t("[Reviews] are for the [groups] that look after parts of this [wiki]; you are in none of them.")
        )
    return groups


def _view_tabs(visit: Visit, asked: Asked, counts: Counts) -> tuple[Tab, ...]:
    """The views; that of one's own changes only where there are some, since there is nothing to do about them."""
    found = []
    for view, words in VIEWS.items():
        count = total(counts, view, asked.chosen)
        current = asked.wanted.view is view
        if view is View.OWN and not count and not current:
            continue
        url = visit.url("queue", **replace(asked.wanted, view=view).said())
        found.append(Tab(view.value, kb_t(words), count, current, url))
    return tuple(found)


def _group_tabs(visit: Visit, asked: Asked, counts: Counts) -> tuple[Tab, ...]:
    """All groups together, then each; nothing to choose for somebody in a single one."""
    if len(asked.groups) < 2:
        return ()
    return tuple(
        Tab(
            group,
            group or kb_t("All my [groups]"),
            total(counts, asked.wanted.view, [group] if group else asked.groups),
            asked.wanted.group == group,
            visit.url("queue", **replace(asked.wanted, group=group).said()),
        )
        for group in ("", *asked.groups)
    )


def _kept_tabs(visit: Visit, asked: Asked) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            str(one.id),
            one.name,
            saved_count(visit, asked.groups, one),
            asked.saved is not None and asked.saved.id == one.id,
            visit.url("queue", saved=one.id),
        )
        for one in saved_filters(visit.connection, visit.wiki.id, visit.actor)
    )


def saved_count(visit: Visit, groups: Sequence[str], saved: Saved) -> Count:
    """How many reviews the list of a saved filter has now."""
    wanted, mine = saved.wanted, groups_of(groups, saved.wanted)
    counts = worklist_counts(
        visit.connection, visit.wiki.id, visit.actor, mine, wanted, visit.now, views=(wanted.view,)
    )
    return total(counts, wanted.view, mine)


def _orders(visit: Visit, wanted: Wanted) -> tuple[OrderLink, ...]:
    return tuple(
        OrderLink(kb_t(words), order is wanted.order, visit.url("queue", **replace(wanted, order=Order(order)).said()))
        for order, words in ORDERS.items()
    )


def _done(visit: Visit) -> str | None:
    verdict = visit.request.args.get("done", "")
    if verdict == "nothing-left":
        return kb_t("Nothing is left for you: what waits is with somebody else, put aside by you, or your own.")
    return kb_t("Done: {verdict}. Thank you.", verdict=kb_t(VERDICTS[verdict])) if verdict in VERDICTS else None
