"""What a screen says where a part of the wiki is locked, or its reader restricted, for a time."""

from __future__ import annotations

from dataclasses import replace

from ..pages.queries.view import PageView
from ..spaces.restraining import Standing, standing, stopping
from .visit import Visit
from .words import day_and_time, kb_t


def what_stops(visit: Visit, space_id: int, path: str) -> Standing | None:
    """The lock or restriction that keeps the visitor from writing at `path`; asks nothing while none stands."""
    if not visit.standing.restrained:
        return None
    group = visit.settings.admin_group
    return stopping(
        visit.connection, visit.wiki.id, space_id, path, visit.actor, admin_group=group, now=visit.now
    )


def as_restrained(visit: Visit, view: PageView) -> PageView:
    """The page as its visitor may use it now: not to be written while something stops them."""
    stopped = view.can_write and what_stops(visit, view.space_id, view.path) is not None
    return replace(view, can_write=False) if stopped else view


def restraint_line(visit: Visit, view: PageView) -> str:
    """What to say on the page about a lock or restriction that holds there; '' when none does."""
    if not visit.standing.restrained:
        return ""
    found = standing(visit.connection, visit.wiki.id, view.path, visit.actor, visit.now)
    if not found:
        return ""
    stop = what_stops(visit, view.space_id, view.path)
    if stop is not None:
        return stop.said
    one = found[0]
    until = day_and_time(one.until)
    return kb_t(
        "Locked until {until} by {group}. You can write here because you look after it.", until=until, group=one.group
    )
