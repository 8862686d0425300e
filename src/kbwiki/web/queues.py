"""The queue of a group: its open reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.desk.leases import Held, leases_of
from ..moderation.queries.queue import QueueLine, queue, queue_counts
from ..moderation.queries.state import reviewing_groups
from .going_on import last_act
from .visit import Visit
from .words import KINDS, VERDICTS, kb_t, when, who

PER_PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GroupTab:
    """One of the moderator's groups, with how much waits."""

    name: str
    label: str
    count: int
    current: bool
    url: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open review in the queue."""

    id: int
    url: str
    title: str
    path: str
    space: str
    describe: str
    authors: tuple[str, ...]
    changes: int
    opened_at: datetime
    opened_when: Markup
    updated_at: datetime
    updated_when: Markup
    delta: int
    comment: str
    mine: bool
    held_by: str


def queue_page(visit: Visit) -> Response:
    """The open reviews of one of the moderator's groups, the one that is due first at the top."""
    groups = reviewing_groups(visit.connection, visit.wiki.id, visit.actor)
    if not groups:
        raise Forbidden("Reviews are for the groups that look after parts of this wiki; you are in none of them.")
    counts = queue_counts(visit.connection, visit.wiki.id, groups, visit.actor)
    wanted = visit.request.args.get("group")
    group = wanted if wanted in groups else max(groups, key=lambda one: counts.get(one, 0))
    lines = queue(
        visit.connection,
        visit.wiki.id,
        group,
        visit.actor,
        visit.wiki.subjects,
        after=_after(visit),
        count=PER_PAGE + 1,
    )
    shown = lines[:PER_PAGE]
    last = shown[-1] if shown else None
    held = leases_of(visit.connection, [line.id for line in shown], visit.now)
    more = visit.url("queue", group=group, after=f"{last.queue_at.timestamp():.6f},{last.id}") if last else None
    return visit.show(
        "kbwiki/queue.html",
        title=kb_t("Reviews"),
        section="reviews",
        groups=tuple(
            GroupTab(one, one, counts.get(one, 0), one == group, visit.url("queue", group=one)) for one in groups
        ),
        group=group,
        reviews=tuple(_row(visit, line, held.get(line.id)) for line in shown),
        older_url=more if len(lines) > PER_PAGE else None,
        done=_done(visit),
        flash=last_act(visit),
    )


def _after(visit: Visit) -> tuple[datetime, int]:
    stamp, _, review_id = visit.request.args.get("after", "").partition(",")
    try:
        return datetime.fromtimestamp(float(stamp), UTC), int(review_id)
    except (ValueError, OverflowError, OSError):
        return _EPOCH, 0


def _done(visit: Visit) -> str | None:
    verdict = visit.request.args.get("done", "")
    if verdict == "nothing-left":
        return kb_t("Nothing is left for you: what waits is with somebody else, put aside by you, or your own.")
    return kb_t("Done: {verdict}. Thank you.", verdict=kb_t(VERDICTS[verdict])) if verdict in VERDICTS else None


def _row(visit: Visit, line: QueueLine, held: Held | None) -> QueueRow:
    return QueueRow(
        id=line.id,
        url=visit.url("review", id=line.id),
        title=line.title,
        path=line.path,
        space=line.space,
        describe=", ".join(kb_t(KINDS.get(kind, kind)) for kind in line.kinds),
        authors=tuple(who(name) for name in line.authors),
        changes=line.head - line.base,
        opened_at=line.opened_at,
        opened_when=when(line.opened_at, visit.now),
        updated_at=line.updated_at,
        updated_when=when(line.updated_at, visit.now),
        delta=line.delta,
        comment=line.comment,
        mine=line.own,
        held_by=held.who if held else "",
    )
