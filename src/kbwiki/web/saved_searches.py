"""Somebody's kept searches: kept, renamed, removed and brought back, and feed addresses of them made and revoked."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from ..errors import Forbidden
from ..moderation.desk.feeds import feeds_of, make_feed, revoke_feed
from ..moderation.desk.saved_filters import find_saved, save_search, saved_searches
from .forms import number
from .notes import Note
from .saved_filters import FeedRow, address_of, change_kept
from .visit import Visit
from .words import kb_t, when


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A kept search, and where its results are."""

    id: int
    name: str
    query: str
    url: str


def searches_kept(visit: Visit) -> Response:
    """The actor's kept searches; sent, it keeps one under a name."""
    if visit.request.method == "POST":
        form = visit.request.form
        with visit.change() as tx:
            save_search(tx, form.get("name") or form.get("query", "")[:60], form.get("query", ""))
        return visit.go(visit.url("kept_searches", kept=1))
    return _page(visit)


def change_search(visit: Visit, id: int) -> Response:
    """Rename, remove or bring back a kept search, or make a feed address of it and show that, this once."""
    do = visit.request.form.get("do", "")
    with visit.change() as tx:
        if do == "feed":
            made = make_feed(tx, filter_id=id)
        else:
            change_kept(tx, id, do, visit.request.form.get("name", ""))
    if do != "feed":
        return visit.go(visit.url("kept_searches", removed=id if do == "remove" else None))
    response = _page(visit, address_of(visit, made))
    response.headers["Cache-Control"] = "no-store"
    return response


def end_search_feed(visit: Visit, id: int) -> Response:
    """Revoke a feed address."""
    with visit.change() as tx:
        revoke_feed(tx, id)
    return visit.go(visit.url("kept_searches", revoked=1))


def _page(visit: Visit, address: str = "") -> Response:
    if visit.actor.is_anonymous:
        raise Forbidden(kb_t("[Searches] are kept for people who are signed in."))
    removed_id = visit.request.args.get("removed", type=number)
    removed = find_saved(visit.connection, visit.wiki.id, visit.actor, removed_id) if removed_id else None
    return visit.show(
        "kbwiki/kept_searches.html",
        title=kb_t("Kept [searches]"),
        section="search",
        kept=tuple(
            KeptSearch(one.id, one.name, one.query, visit.url("search", q=one.query))
            for one in saved_searches(visit.connection, visit.wiki.id, visit.actor)
        ),
        feeds=_feeds(visit),
        removed=removed if removed is not None and removed.removed else None,
        revoked="revoked" in visit.request.args,
        address=address,
        flash=(Note("success", kb_t("The [search] is kept.")),) if "kept" in visit.request.args else (),
        feed_days=visit.settings.feed_days,
    )


def _feeds(visit: Visit) -> tuple[FeedRow, ...]:
    return tuple(
        FeedRow(one.id, one.filter_name or "", when(one.created_at, visit.now))
        for one in feeds_of(visit.connection, visit.wiki.id, visit.actor)
        if one.is_search
    )
