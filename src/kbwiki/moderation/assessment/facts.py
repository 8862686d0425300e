"""What the risk of a review is assessed from: read as a member of its group may read it, and nothing that is hidden.

Numbers are of the newest so-and-so many, so that a review costs the same however much its author or page has behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from ...actors import Actor, ActorKind
from ...db import in_list
from ...journal.models import ActorRow, Entry
from ...pages.models import Page, PageLink, Revision
from ...pages.policy import Kind
from ...spaces.queries import bound, readable
from ..models import IS_LIVE, Decision, Review, ReviewAuthor
from ..policy import Verdict, acted_on
from ..queries.authors import AUTHOR_IS_HIDDEN
from ..risk import Author, Reach
from ..rules.trust import LOSES
from ..subjects import Subjects
from .plugins import RiskChange

log = logging.getLogger("kbwiki.risk")

MOST_COUNTED = 100
"""Of so many newest reviews of an author the record speaks."""
MOST_DECISIONS = 50
"""So many newest decisions, about a page or by somebody, are looked at."""
MOST_LINKS = 64
"""More pages that link to one make no difference any more."""
MOST_CHANGES = 200
"""So many newest changes, of a range or before it, are asked for their authors."""

_TAKEN_OUT = tuple(verdict.value for verdict in sorted(LOSES))
_BY_DECISION = (Kind.REVERT.value, Kind.HIDE.value, Kind.UNHIDE.value)
"""Kinds of revisions that carry out a decision: who made them judged a change, and is not judged by it."""
_AGAIN = aliased(Decision)
_STANDS = ~exists().where(_AGAIN.takes_back == Decision.id)
_REVIEWS = select(
    Review.id, Review.group, Review.subject_kind, Review.subject_id, Review.base, Review.head
).where(in_list(Review.id, "ids"), IS_LIVE)
_CHANGES = (
    select(
        Revision.number,
        Revision.at,
        Revision.actor_id,
        ActorRow.external_id,
        ActorRow.kind,
    )
    .join(ActorRow, ActorRow.id == Revision.actor_id)
    .where(
        Revision.page_id == bindparam("subject_id"),
        Revision.number > bindparam("base"),
        Revision.number <= bindparam("head"),
        Revision.kind.not_in(_BY_DECISION),
        ~Revision.author_hidden,
    )
    .order_by(Revision.number.desc())
    .limit(MOST_CHANGES)
)
_ENTRIES = (
    select(Entry.number, Entry.at, Entry.actor_id, ActorRow.external_id, ActorRow.kind)
    .join(ActorRow, ActorRow.id == Entry.actor_id)
    .where(
        Entry.subject_id == bindparam("subject_id"),
        Entry.subject_kind == bindparam("subject_kind"),
        Entry.number > bindparam("base"),
        Entry.number <= bindparam("head"),
    )
    .order_by(Entry.number.desc())
    .limit(MOST_CHANGES)
)
# Not a join: for a join SQLite may build a Bloom filter over all pages, to look up a hundred.
_SPACE = select(Page.space_id).where(Page.id == Revision.page_id).scalar_subquery()
_OLDEST = (
    select(Revision.at, Revision.author_hidden, _SPACE.label("space_id"))
    .where(Revision.actor_id == bindparam("actor_id"))
    .order_by(Revision.id)
    .limit(MOST_COUNTED)
    .subquery()
)
_FIRST_CHANGE = select(func.min(_OLDEST.c.at)).where(~_OLDEST.c.author_hidden, readable(_OLDEST.c.space_id))
_FIRST_ENTRY = select(Entry.at).where(Entry.actor_id == bindparam("actor_id")).order_by(Entry.id).limit(1)
_NEWEST = (
    select(ReviewAuthor.review_id)
    .where(ReviewAuthor.actor_id == bindparam("actor_id"))
    .order_by(ReviewAuthor.review_id.desc())
    .limit(MOST_COUNTED)
    .subquery()
)
_VERDICTS = (
    select(Decision.verdict, func.count())
    .select_from(_NEWEST)
    .join(Review, Review.id == _NEWEST.c.review_id)
    .join(Decision, (Decision.review_id == Review.id) & Decision.final)
    .join(ReviewAuthor, (ReviewAuthor.review_id == Review.id) & (ReviewAuthor.actor_id == bindparam("actor_id")))
    .where(Review.subject_kind != "decision", ~AUTHOR_IS_HIDDEN, readable(Review.space_id), _STANDS)
    .group_by(Decision.verdict)
)
_DECIDED = (
    select(Decision.group)
    .where(Decision.actor_id == bindparam("actor_id"))
    .order_by(Decision.id.desc())
    .limit(MOST_DECISIONS)
    .subquery()
)
_HAS_DECIDED = select(_DECIDED.c.group).where(_DECIDED.c.group == bindparam("group")).limit(1)
_WAS_HERE = (
    select(Revision.id)
    .where(
        Revision.page_id == bindparam("subject_id"),
        Revision.number <= bindparam("base"),
        Revision.number > bindparam("base") - MOST_CHANGES,
        Revision.actor_id == bindparam("actor_id"),
        ~Revision.author_hidden,
    )
    .limit(1)
)
_LINKING = (
    select(PageLink.page_id)
    .join(Page, Page.id == PageLink.page_id)
    .where(
        PageLink.wiki_id == bindparam("wiki_id"),
        PageLink.target == bindparam("path"),
        ~Page.deleted,
        readable(Page.space_id),
    )
    .limit(MOST_LINKS)
    .subquery()
)
_LINKED_FROM = select(func.count()).select_from(_LINKING)
_ABOUT = (
    select(Decision.id, Decision.verdict)
    .where(Decision.subject_id == bindparam("subject_id"), Decision.subject_kind == "page", Decision.final)
    .order_by(Decision.id.desc())
    .limit(MOST_DECISIONS)
    .subquery()
)
_REVERTED_HERE = (
    select(func.count())
    .select_from(_ABOUT)
    .where(_ABOUT.c.verdict.in_(_TAKEN_OUT), ~exists().where(_AGAIN.takes_back == _ABOUT.c.id))
)

Mark = tuple[int, bool, bool]
"""Number of a revision, whether its words are hidden, whether its author is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A review as it was read, with all its risk depends on. `hidden` marks what was left out because it is hidden."""

    review_id: int
    base: int
    head: int
    authors: tuple[Author, ...]
    reach: Reach
    change: RiskChange
    hidden: frozenset[Mark]


class Reader:
    """Reads the facts of reviews of one wiki; an author's record is read once for each group that asks."""

    def __init__(self, connection: Connection, wiki_id: int, subjects: Subjects) -> None:
        self._connection = connection
        self._wiki_id = wiki_id
        self._subjects = subjects
        self._records: dict[tuple[int, str], dict[str, Any]] = {}

    def read(self, ids: Sequence[int]) -> list[Facts]:
        """The facts of those that are live still, by id."""
        rows = self._connection.execute(_REVIEWS, {"ids": sorted(ids)}).all()
        # First, so that what is hidden while the rest is read cannot be missed when it is written.
        hidden = marks_of(self._connection, [row.id for row in rows])
        return [self._facts(row, hidden[row.id]) for row in sorted(rows, key=lambda row: row.id)]

    def _facts(self, review: Any, hidden: frozenset[Mark]) -> Facts:
        is_page = review.subject_kind == "page"
        base, head = acted_on(review.base, review.head)
        key = {"subject_kind": review.subject_kind, "subject_id": review.subject_id, "base": base, "head": head}
        made = self._connection.execute(_CHANGES if is_page else _ENTRIES, key).all()
        newest = {row.actor_id: row for row in reversed(made)}
        path, title, sides = self._words(review)
        return Facts(
            review.id,
            review.base,
            review.head,
            tuple(self._author(review, base, row) for row in newest.values()),
            self._reach(review, path) if is_page else Reach(),
            RiskChange(
                review.group,
                review.subject_kind,
                review.subject_id,
                path,
                title,
                tuple(row.external_id for row in newest.values()),
                *(sides if sides is not None else (None, None)),
            ),
            hidden,
        )

    def _words(self, review: Any) -> tuple[str, str, tuple[str, str] | None]:
        """Address, title and both texts; none where they are hidden, gone, or their kind cannot tell them."""
        subject = self._subjects[review.subject_kind]
        try:
            place = subject.place(self._connection, review.subject_id)
            return (
                place.path,
                place.title,
                subject.sides(self._connection, review.subject_id, review.base, review.head),
            )
        except Exception:
            log.warning("The words of review %d could not be had; its risk goes without.", review.id, exc_info=True)
            self._connection.rollback()  # a failed statement ends the transaction on PostgreSQL; nothing was written
            return "", "", None

    def _author(self, review: Any, base: int, made: Any) -> Author:
        record = self._record(made.actor_id, review.group)
        is_page = review.subject_kind == "page"
        first: datetime | None = record["first_change"] if is_page else record["first_entry"]
        anonymous = not made.external_id
        key = {"subject_id": review.subject_id, "base": base, "actor_id": made.actor_id}
        return Author(
            anonymous=anonymous,
            automated=made.kind != ActorKind.HUMAN,
            moderator=record["decided"] and not anonymous,
            days_known=None if first is None or first >= made.at else (made.at - first).total_seconds() / 86400,
            # Everybody who is not signed in is one actor here: what one of them did is not held against the next.
            reverted=0 if anonymous else record["reverted"],
            approved=0 if anonymous else record["approved"],
            new_here=is_page and base > 0 and self._connection.execute(_WAS_HERE, key).first() is None,
        )

    def _record(self, actor_id: int, group: str) -> dict[str, Any]:
        known = self._records.get((actor_id, group))
        if known is None:
            key = {"actor_id": actor_id, "group": group, **_as_member(group)}
            verdicts = {verdict: int(count) for verdict, count in self._connection.execute(_VERDICTS, key)}
            known = self._records[actor_id, group] = {
                "first_change": self._connection.execute(_FIRST_CHANGE, key).scalar(),
                "first_entry": self._connection.execute(_FIRST_ENTRY, key).scalar(),
                "decided": self._connection.execute(_HAS_DECIDED, key).first() is not None,
                "reverted": sum(verdicts.get(verdict, 0) for verdict in _TAKEN_OUT),
                "approved": verdicts.get(Verdict.APPROVE.value, 0),
            }
        return known

    def _reach(self, review: Any, path: str) -> Reach:
        key = {"wiki_id": self._wiki_id, "path": path, "subject_id": review.subject_id, **_as_member(review.group)}
        return Reach(
            int(self._connection.execute(_LINKED_FROM, key).scalar_one()),
            int(self._connection.execute(_REVERTED_HERE, key).scalar_one()),
        )


def _as_member(group: str) -> dict[str, Any]:
    """The parameters of `readable` for what every member of the group can read."""
    return bound(Actor("member", "", frozenset({group})))


_MARKS = (
    select(Review.id, Revision.number, Revision.hidden, Revision.author_hidden)
    .join(
        Revision,
        (Revision.page_id == Review.subject_id)
        & (Revision.number >= Review.base - 1)
        & (Revision.number <= Review.head),
    )
    .where(in_list(Review.id, "ids"), Review.subject_kind == "page", Revision.hidden | Revision.author_hidden)
)


def marks_of(connection: Connection, ids: Sequence[int]) -> dict[int, frozenset[Mark]]:
    """What is hidden of the ranges of these reviews just now."""
    found: dict[int, set[Mark]] = {review_id: set() for review_id in ids}
    for row in connection.execute(_MARKS, {"ids": sorted(ids)}):
        found[row.id].add((row.number, row.hidden, row.author_hidden))
    return {review_id: frozenset(marks) for review_id, marks in found.items()}
