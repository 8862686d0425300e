"""What became of an author's own changes, group by group, and of what a reader reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from ...actors import Actor
from ...db import in_list
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...pages.queries.history import RevisionLine, changes_by
from ...spaces.queries import bound, readable
from ..models import IS_LIVE, Decision, Evidence, Review
from ..policy import Verdict, why_of
from ..transitions import State


class Became(StrEnum):
    """What became of a change at one group, in one word."""

    WAITING = "waiting"
    """It is live, and the group has not looked yet, or looks again."""
    ASKED = "asked"
    """The group asked something and waits for the author."""
    APPROVED = "approved"
    REVERTED = "reverted"
    """Taken out, as a whole or in part, or deleted with its page."""
    HIDDEN = "hidden"
    LAPSED = "lapsed"
    """Nobody looked before a named policy closed it."""
    EXEMPT = "exempt"
    """Nobody has to look: a trusted author, or an import."""
    ENDED = "ended"
    """Nothing was left to look at: its author took it back."""


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """How one group's review of a change stands.

    `verdict` is the standing decision's, or that of the concern that waits; `undone` is the verdict that took the
    decision back, if one did. `reason` is in words. `by` is whoever decided, for those who may know.
    """

    group: str
    state: State
    closed_as: str
    verdict: Verdict | None
    undone: Verdict | None
    decision_id: int | None
    by: str
    at: datetime | None
    reason: str
    note: str

    @property
    def became(self) -> Became:
        """The one word for it."""
        if self.state in _BY_STATE:
            return _BY_STATE[self.state]
        if self.undone is not None:
            return Became.APPROVED if self.undone in (Verdict.RESTORE, Verdict.OVERTURN) else Became.WAITING
        return _BY_VERDICT.get(self.verdict, Became.ENDED)


_BY_STATE = {
    State.OPEN: Became.WAITING,
    State.VERIFY: Became.WAITING,
    State.CONCERN: Became.ASKED,
    State.LAPSED: Became.LAPSED,
    State.SUPERSEDED: Became.ENDED,
}
_BY_VERDICT: Mapping[Verdict | None, Became] = {
    Verdict.APPROVE: Became.APPROVED,
    Verdict.EDIT: Became.APPROVED,
    Verdict.REVERT: Became.REVERTED,
    Verdict.REVERT_PART: Became.REVERTED,
    Verdict.DELETE: Became.REVERTED,
    Verdict.HIDE: Became.HIDDEN,
}


@dataclass(frozen=True, slots=True)
class OwnChange:
    """One of an author's changes with every review of it, newest first, those whose decision was undone included."""

    line: RevisionLine
    reviews: tuple[GroupAnswer, ...]

    @property
    def answers(self) -> tuple[GroupAnswer, ...]:
        """How each group stands, by name: its newest review says."""
        newest = {one.group: one for one in reversed(self.reviews)}
        return tuple(newest[group] for group in sorted(newest))

    @property
    def became(self) -> frozenset[Became]:
        """Every word that fits; a change that no group has to look at is exempt."""
        words = {one.became for one in self.answers} or {Became.EXEMPT}
        return frozenset(words | ({Became.HIDDEN} if self.line.hidden else set()))


CHUNK = 200
MOST_LOOKED_THROUGH = 1000
"""Of so many changes at most are those of a kind picked at once; whoever wants more looks further back."""


def own_changes(
    connection: Connection, wiki_id: int, author: Actor, *, wanted: Became | None, before: int, count: int
) -> tuple[list[OwnChange], int | None]:
    """At most `count` of the author's changes before the revision id `before` that became what is `wanted` (None:
    anything), newest first; and the id to go on from, None when these were the last."""
    found: list[OwnChange] = []
    looked_through = 0
    while looked_through < MOST_LOOKED_THROUGH:
        size = count + 1 if wanted is None else CHUNK
        lines = changes_by(connection, wiki_id, author, before=before, count=size)
        reviews = reviews_of(connection, [line.id for line in lines])
        for line in lines:
            if len(found) == count:
                return found, found[-1].line.id
            before = line.id
            change = OwnChange(line, tuple(reviews.get(line.id, ())))
            if wanted is None or wanted in change.became:
                found.append(change)
        looked_through += len(lines)
        if len(lines) < size:
            return found, None
    return found, before


HANDED_BACK = "handed-back"
"""How a review ended that was given to a group and taken back before the group touched it: it says nothing."""

_undone = aliased(Decision)
_COVERS = or_(
    and_(Review.base < Revision.number, Review.head >= Revision.number),
    # A review of a report alone is about the change at its base.
    and_(Review.base == Review.head, Review.base == Revision.number),
)
_CLOSES = or_(Decision.final, and_(Decision.verdict == Verdict.CONCERN.value, IS_LIVE))
_ANSWERS = (
    select(
        Revision.id.label("revision_id"),
        Review.group,
        Review.state,
        Review.closed_as,
        Decision.verdict,
        _undone.verdict.label("undone"),
        Decision.id.label("decision_id"),
        ActorRow.name,
        Decision.at,
        Decision.reason,
        Decision.note,
        Decision.facts,
    )
    .join(Review, (Review.subject_id == Revision.page_id) & (Review.subject_kind == "page") & _COVERS)
    .outerjoin(Decision, (Decision.review_id == Review.id) & _CLOSES)
    .outerjoin(_undone, _undone.takes_back == Decision.id)
    .outerjoin(ActorRow, ActorRow.id == Decision.actor_id)
    .where(
        in_list(Revision.id, "ids"),
        Review.state != State.HANDED_OVER.value,
        or_(Review.closed_as.is_(None), Review.closed_as != HANDED_BACK),
    )
    .order_by(Review.id.desc(), Decision.id.desc())
)


def reviews_of(connection: Connection, revision_ids: Sequence[int]) -> dict[int, list[GroupAnswer]]:
    """Every review of each of these revisions, by revision, newest first. The caller has made sure that the pages may
    be read."""
    found: dict[int, list[GroupAnswer]] = {}
    if revision_ids:
        for row in connection.execute(_ANSWERS, {"ids": list(revision_ids)}):
            found.setdefault(row.revision_id, []).append(_answer(row))
    return found


def _answer(row: Any) -> GroupAnswer:
    state = State(row.state)
    withdrawn = row.undone is not None and row.verdict == Verdict.CONCERN
    known = row.verdict is not None and not withdrawn
    return GroupAnswer(
        row.group,
        state,
        row.closed_as or "",
        Verdict(row.verdict) if known else None,
        Verdict(row.undone) if row.undone is not None and known else None,
        row.decision_id if known else None,
        (row.name or "") if known else "",
        row.at if known else None,
        why_of(row.reason or "", row.facts) if known else "",
        (row.note or "") if known else "",
    )


@dataclass(frozen=True, slots=True)
class OwnReport:
    """Something the actor reported about a page, and how each group that was told stands."""

    title: str
    path: str
    at: datetime
    reason: str
    text: str
    answers: tuple[GroupAnswer, ...]


_REPORTS = (
    select(
        Evidence.at,
        Evidence.reason,
        Evidence.text,
        Review.subject_id,
        Review.group,
        Review.state,
        Review.closed_as,
        Decision.verdict,
        _undone.verdict.label("undone"),
        Decision.id.label("decision_id"),
        ActorRow.name,
        Decision.at.label("decided_at"),
        Page.title,
        Page.path,
        Revision.hidden,
    )
    .select_from(Evidence)
    .join(Review, Review.id == Evidence.review_id)
    .join(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
    .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
    .outerjoin(Decision, (Decision.review_id == Review.id) & Decision.final)
    .outerjoin(_undone, _undone.takes_back == Decision.id)
    .outerjoin(ActorRow, ActorRow.id == Decision.actor_id)
    .where(
        Evidence.kind == "report",
        Evidence.actor_id
        == select(ActorRow.id)
        .where(ActorRow.wiki_id == bindparam("wiki_id"), ActorRow.external_id == bindparam("actor_id"))
        .scalar_subquery(),
        readable(Page.space_id),
    )
    .order_by(Evidence.id.desc())
    .limit(bindparam("count"))
)


def own_reports(connection: Connection, wiki_id: int, actor: Actor, *, count: int = 20) -> list[OwnReport]:
    """The actor's newest reports on pages they may still read, newest first; `count` is of groups that were told."""
    if actor.is_anonymous:
        return []
    key = {"wiki_id": wiki_id, "actor_id": actor.id, "count": count, **bound(actor)}
    rows = connection.execute(_REPORTS, key).all()
    return [_report(same) for same in _together(rows, lambda row: (row.subject_id, row.at, row.text))]


def _together(rows: Iterable[Any], key: Callable[[Any], Any]) -> list[list[Any]]:
    """The rows with the same key side by side, in the order in which the keys come."""
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return list(found.values())


def _report(rows: list[Any]) -> OwnReport:
    one = rows[0]
    answers = [_report_answer(row) for row in rows]
    title = one.path if one.hidden else one.title
    return OwnReport(title, one.path, one.at, why_of(one.reason, {}), one.text, tuple(answers))


def _report_answer(row: Any) -> GroupAnswer:
    """Reason and note of a decision are for the author it is about, not for whoever reported."""
    return GroupAnswer(
        row.group,
        State(row.state),
        row.closed_as or "",
        Verdict(row.verdict) if row.verdict is not None else None,
        Verdict(row.undone) if row.undone is not None else None,
        row.decision_id,
        "",
        row.decided_at,
        "",
        "",
    )
