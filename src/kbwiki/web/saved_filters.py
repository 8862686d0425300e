"""The moderator's saved filters and feed addresses: kept, renamed, removed and brought back, made and revoked."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from markupsafe import Markup

from ..db import Transaction
from ..moderation.desk.feeds import NewFeed, feeds_of, make_feed, revoke_feed
from ..moderation.desk.saved_filters import (
    bring_filter_back,
    find_saved,
    remove_filter,
    rename_filter,
    save_filter,
    saved_filters,
)
from ..moderation.queries.wanted import Wanted
from ..moderation.queries.worklist_counts import Count
from .forms import number
from .queues import own_reviewing_groups, saved_count
from .visit import Visit
from .words import kb_t, when


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A saved filter, with how many reviews its list has."""

    id: int
    name: str
    url: str
    count: Count


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A live feed address, by what it shows."""

    id: int
    shows: str
    when: Markup


def filters(visit: Visit) -> Response:
    """The moderator's filters and feed addresses; sent, it keeps a list under a name."""
    if visit.request.method == "POST":
        form = visit.request.form
        with visit.change() as tx:
            saved = save_filter(tx, form.get("name", ""), Wanted.read(form))
        return visit.go(visit.url("queue", saved=saved))
    return _page(visit)


def change_filter(visit: Visit, id: int) -> Response:
    """Rename, remove or bring back one of the moderator's filters, as the form says."""
    do = visit.request.form.get("do", "")
    with visit.change() as tx:
        change_kept(tx, id, do, visit.request.form.get("name", ""))
    return visit.go(visit.url("filters", removed=id if do == "remove" else None))


def change_kept(tx: Transaction, id: int, do: str, name: str) -> None:
    """Remove a kept list ("remove"), bring it back ("back"), or give it another name."""
    if do == "remove":
        remove_filter(tx, id)
    elif do == "back":
        bring_filter_back(tx, id)
    else:
        rename_filter(tx, id, name)


def address_of(visit: Visit, made: NewFeed) -> str:
    """The whole address of a feed just made, for showing it this once."""
    return visit.request.host_url.rstrip("/") + visit.url("feed", id=made.id, secret=made.secret)


def new_feed(visit: Visit) -> Response:
    """Make a feed address and show it, this once."""
    form = visit.request.form
    filter_id, group = form.get("filter", type=number), form.get("group") or None
    with visit.change() as tx:
        made = make_feed(tx, filter_id=filter_id, group=None if filter_id else group or "")
    response = _page(visit, address_of(visit, made))
    response.headers["Cache-Control"] = "no-store"
    return response


def end_feed(visit: Visit, id: int) -> Response:
    """Revoke a feed address."""
    with visit.change() as tx:
        revoke_feed(tx, id)
    return visit.go(visit.url("filters", revoked=1))


def _page(visit: Visit, address: str = "") -> Response:
    groups = own_reviewing_groups(visit)
    kept = saved_filters(visit.connection, visit.wiki.id, visit.actor)
    removed_id = visit.request.args.get("removed", type=number)
    removed = find_saved(visit.connection, visit.wiki.id, visit.actor, removed_id) if removed_id else None
    return visit.show(
        "kbwiki/filters.html",
        title=kb_t("Saved filters and feeds"),
        section="reviews",
        queue_url=visit.url("queue"),
        kept=tuple(
            KeptRow(one.id, one.name, visit.url("queue", saved=one.id), saved_count(visit, groups, one)) for one in kept
        ),
        own_groups=tuple(groups),
        feeds=tuple(
            FeedRow(
                one.id,
                one.filter_name or kb_t("the [queue] of {group}", group=one.group),
                when(one.created_at, visit.now),
            )
            for one in feeds_of(visit.connection, visit.wiki.id, visit.actor)
            if not one.is_search
        ),
        removed=removed if removed is not None and removed.removed else None,
        revoked="revoked" in visit.request.args,
        address=address,
        feed_days=visit.settings.feed_days,
    )
