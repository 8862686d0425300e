"""The lines of a list of reviews, as moderators see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from ..moderation.ageing import soon_by
from ..moderation.desk.leases import leases_of
from ..moderation.desk.marks import Mark, marks_of
from ..moderation.queries.queue import QueueLine
from ..moderation.queries.wanted import Wanted
from ..moderation.transitions import State
from .risk_words import risk_lines
from .visit import Visit
from .words import N_, did, kb_t, listed, when, who

MOST_REASONS = 2

_MARKS = {
    Mark.ASIDE: N_("put aside by you"),
    Mark.ASKED: N_("your second look is asked for"),
    Mark.DRAFT: N_("you began a note"),
    Mark.CONCERN: N_("you asked the author"),
}

_NOBODYS = {("page",), ("decision",)}
"""Kinds of reviews without a change in them: their words do not follow the names of authors."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One review in a list. `badges` are short facts about it, `due` one about its time, `late` that it is over."""

    id: int
    url: str
    title: str
    path: str
    space: str
    group: str
    describe: str
    authors: str
    changes: int
    opened_at: datetime
    opened_when: Markup
    updated_at: datetime
    updated_when: Markup
    delta: int
    comment: str
    mine: bool
    held_by: str
    badges: tuple[str, ...]
    due: Markup | None
    late: bool
    risk: str


def rows(visit: Visit, lines: list[QueueLine], wanted: Wanted, *, name_groups: bool) -> tuple[QueueRow, ...]:
    """The lines of the list as they are shown; three queries for all of them. `name_groups` where they are of more."""
    ids = [line.id for line in lines]
    held = leases_of(visit.connection, ids, visit.now)
    marks = marks_of(visit.connection, visit.wiki.id, visit.actor, ids, visit.now)
    soon = soon_by(visit.now, visit.settings)
    listed = wanted.said()
    found = []
    for line in lines:
        lease = held.get(line.id)
        has = lease is not None and lease.actor == visit.actor.id
        found.append(
            _row(
                visit,
                line,
                visit.url("review", id=line.id, **listed),
                group=line.group if name_groups else "",
                held_by=lease.who if lease and not has else "",
                badges=_badges(line, marks.get(line.id, frozenset()), has),
                soon=soon,
            )
        )
    return tuple(found)


def _row(
    visit: Visit, line: QueueLine, url: str, *, group: str, held_by: str, badges: tuple[str, ...], soon: datetime
) -> QueueRow:
    due, late = due_words(line.due_at, visit.now, soon)
    return QueueRow(
        id=line.id,
        url=url,
        title=line.title,
        path=line.path,
        space=line.space,
        group=group,
        describe=described(line),
        authors="" if line.kinds in _NOBODYS else listed(tuple(who(name) for name in line.authors)),
        changes=line.head - line.base,
        opened_at=line.opened_at,
        opened_when=when(line.opened_at, visit.now),
        updated_at=line.updated_at,
        updated_when=when(line.updated_at, visit.now),
        delta=line.delta,
        comment=line.comment,
        mine=line.own,
        held_by=held_by,
        badges=badges,
        due=due,
        late=late,
        risk=", ".join(risk_words(visit, line)),
    )


def described(line: QueueLine) -> str:
    """What its changes did, in words that follow the names of its authors."""
    return ", ".join(did(kind, 1 if line.kinds in _NOBODYS else len(line.authors)) for kind in line.kinds)


def risk_words(visit: Visit, line: QueueLine) -> tuple[str, ...]:
    """The weightiest reasons to look at it, in words; what speaks for it is no reason to."""
    speaking = [one for one in risk_lines(line.reasons, visit.wiki.risk.reasons.words) if one[1] > 0]
    return tuple(words for words, _ in sorted(speaking, key=lambda one: -one[1])[:MOST_REASONS])


def due_words(due_at: datetime | None, now: datetime, soon: datetime) -> tuple[Markup | None, bool]:
    """How a review stands to its due time, where that is over or comes `soon`; and whether it is over."""
    if due_at is None or due_at > soon:
        return None, False
    if due_at <= now:
        return Markup(kb_t("was due {when}", when=when(due_at, now))), True  # noqa: S704 - `when` is Markup
    return Markup(kb_t("due in {time}", time=_ahead(due_at - now))), False  # noqa: S704 - made of numbers


def _ahead(left: timedelta) -> str:
    minutes = -(-int(left.total_seconds()) // 60)
    if minutes < 60:
        return kb_t("a minute", "{n} minutes", n=minutes)
    if minutes < 48 * 60:
        return kb_t("an hour", "{n} hours", n=round(minutes / 60))
    return kb_t("{n} day", "{n} days", n=round(minutes / 60 / 24))


def _badges(line: QueueLine, marks: frozenset[Mark], has: bool) -> tuple[str, ...]:
    said = [kb_t(words) for mark, words in _MARKS.items() if mark in marks]
    if has:
        said.insert(0, kb_t("you have it"))
    if line.state == State.VERIFY:
        said.append(kb_t("answered by its author"))
    elif line.state == State.CONCERN and Mark.CONCERN not in marks:
        said.append(kb_t("waits for its author"))
    return tuple(said)
