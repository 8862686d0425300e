"""Where help is missing: for administrators, with a way to mend each of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden, NotFound
from ..help.answers import Helped, helped_least
from ..help.coverage import coverage
from ..help.policy import ANY
from ..help.wanted import get_wanted
from ..help_subject import close_request
from .help_places import screens
from .notes import Note
from .visit import Visit
from .words import kb_t, when

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A screen without help."""

    endpoint: str
    addresses: str
    write_url: str


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A page that is bound to what is no screen."""

    title: str
    url: str
    binding: str


@dataclass(frozen=True, slots=True)
class WantedLine:
    """Help that was asked for."""

    screen: str
    times: int
    when: Markup
    write_url: str
    close_url: str


@dataclass(frozen=True, slots=True)
class HelpedLine:
    """How often a page helped, and did not."""

    title: str
    url: str
    helped: int
    did_not: int


def coverage_page(visit: Visit) -> Response:
    """Screens without help, bindings to screens that are gone, what was asked for, and what did not help."""
    _require_admin(visit)
    told = coverage(visit.connection, visit.wiki.id, screens(visit), visit.actor)
    answered = helped_least(visit.connection, visit.wiki.id, visit.actor)
    return visit.show(
        "kbwiki/help_coverage.html",
        title=kb_t("Where help is missing"),
        section="admin",
        screens=told.screens,
        covered=told.covered,
        without=tuple(
            MissingLine(one.endpoint, ", ".join(one.rules), visit.url("new", help=one.endpoint))
            for one in told.without[:MOST_SHOWN]
        ),
        not_shown=max(0, len(told.without) - MOST_SHOWN),
        broken=tuple(
            BrokenLine(one.title, visit.url("help_settings", path=one.path), str(one.binding)) for one in told.broken
        ),
        wanted=tuple(
            WantedLine(
                str(one),
                one.times,
                when(one.last_at, visit.now),
                visit.url("new", help=one.endpoint or ANY, error=one.error or None),
                visit.url("close_wanted", id=one.id),
            )
            for one in told.wanted
        ),
        answered=tuple(_answered(visit, one) for one in answered),
        flash=_done(visit),
    )


def close(visit: Visit, id: int) -> Response:
    """Say that no help is needed where it was asked for."""
    _require_admin(visit)
    with visit.change() as tx:
        close_request(tx, id)
    return visit.go(visit.url("help_coverage", done=id))


def _answered(visit: Visit, one: Helped) -> HelpedLine:
    return HelpedLine(one.title, visit.url.page(one.path), one.helped, one.did_not)


def _done(visit: Visit) -> tuple[Note, ...]:
    done = visit.request.args.get("done", "")
    if not done.isdecimal() or len(done) > 15:
        return ()
    try:
        one = get_wanted(visit.connection, visit.wiki.id, int(done))
    except NotFound:
        return ()
    said = kb_t("Nothing is asked for on {screen} any more. If somebody asks again, it comes back.", screen=str(one))
    return (Note("success", said),) if one.closed_at is not None else ()


def _require_admin(visit: Visit) -> None:
    if visit.settings.admin_group not in visit.actor.groups:
        raise Forbidden(kb_t("Where help is missing is for administrators to see."))
