"""The record: every decision and every look, who, what, when and why; newest first on screens, oldest first in files.

It is read from the journal, which alone can be proved; the tables of decisions, reviews and pages only lend the words,
and the access rule. A decision whose row somebody deleted still stands here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    not_,
    or_,
    select,
)  # fmt: skip
from sqlalchemy.orm import aliased

from ...actors import Actor
from ...db import UtcDateTime, in_list
from ...journal.models import ActorRow, Entry
from ...pages.models import Page, Revision
from ...spaces.models import Grant, Space
from ...spaces.policy import Right, contains
from ...spaces.queries import bound, readable, readable_spaces
from ..models import Decision, Review, ReviewAuthor
from ..policy import label_of, why_of
from .authors import AUTHOR_IS_HIDDEN
from .recorded import DECIDE, IS_RECORDED
from .review import PastDecision

NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What of the record is wanted; None is anything. `kind` is one of `recorded.KINDS`, `space` a path ('' is all).

    `by` and `author` are the host's ids: who decided or looked, and whose change it was about. An author whose name is
    hidden is not found by it. `until` is exclusive.
    """

    kind: str | None = None
    group: str | None = None
    space: str | None = None
    by: str | None = None
    author: str | None = None
    verdict: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    batch: str | None = None
    taken_back: bool | None = None

    def said(self) -> dict[str, str | bool]:
        """What is set, in plain values."""
        found: dict[str, str | bool] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None:
                found[one.name] = value.isoformat() if isinstance(value, datetime) else value
        return found


ALL = RecordFilter()


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One entry of the record. `by` and `by_name` say who; what is no page has no path, and what is gone no title.

    `verdict` and `reason` are keys, '' where there is none; `revision` is set for looks at hidden text.
    """

    position: int
    chain: bytes
    at: datetime
    kind: str
    by: str
    by_name: str
    batch: str
    subject_kind: str
    subject_id: int
    group: str
    verdict: str
    reason: str
    base: int | None
    head: int | None
    decision: int | None
    review: int | None
    takes_back: int | None
    revision: int | None
    why: str
    note: str
    title: str
    path: str
    space: str
    taken_back: bool
    label: str = ""

    @property
    def past(self) -> PastDecision | None:
        """The decision, for what can be done about it; None for looks."""
        if self.decision is None or self.kind != DECIDE:
            return None
        return PastDecision(
            self.decision, self.review, self.verdict, self.group, self.by_name, self.at, self.reason, self.note,
            self.base or 0, self.head or 0, False, self.taken_back, self.why, self.label,
        )  # fmt: skip


def _text(key: str) -> ColumnElement[str]:
    said: ColumnElement[str] = Entry.payload[key].as_string()
    return said


def _number(key: str) -> ColumnElement[int]:
    return cast(Entry.payload[key].as_string(), BigInteger)


_GROUP = func.coalesce(_text("group"), _text("only_group"))
_UNDONE = aliased(Decision)
_LATER = aliased(Decision)
_AUTHOR = aliased(ActorRow)
_APPEALED = aliased(Decision)
_ABOUT = aliased(Page)
_PAGE_DECIDED = case(
    (_APPEALED.subject_kind == "page", _APPEALED.subject_id), (Decision.subject_kind == "page", Decision.subject_id)
)
_HOME = func.coalesce(
    Page.space_id, Review.space_id, case((Decision.subject_kind == "space", Decision.subject_id))
)
_IS_TAKEN_BACK = exists().where(_LATER.takes_back == Decision.id)
_LINES: Any = (
    select(
        Entry.position,
        Entry.chain,
        Entry.at,
        Entry.kind,
        ActorRow.external_id,
        ActorRow.name,
        func.coalesce(Decision.batch, "").label("batch"),
        Entry.subject_kind,
        Entry.subject_id,
        func.coalesce(_GROUP, "").label("group"),
        func.coalesce(_text("verdict"), "").label("verdict"),
        func.coalesce(_text("reason"), "").label("reason"),
        _number("base").label("base"),
        _number("head").label("head"),
        _number("decision").label("decision"),
        func.coalesce(Decision.review_id, _number("review")).label("review"),
        _number("takes_back").label("takes_back"),
        _number("revision").label("revision"),
        Decision.facts,
        func.coalesce(Decision.note, "").label("note"),
        func.coalesce(Page.title, "").label("title"),
        func.coalesce(Page.path, "").label("path"),
        func.coalesce(Space.path, "").label("space"),
        _IS_TAKEN_BACK.label("taken_back"),
    )
    .join(ActorRow, ActorRow.id == Entry.actor_id)
    .outerjoin(Decision, Decision.id == _number("decision"))
    .outerjoin(_UNDONE, _UNDONE.id == Decision.takes_back)
    .outerjoin(Review, Review.id == func.coalesce(Decision.review_id, _UNDONE.review_id, _number("review")))
    .outerjoin(Page, Page.id == _number("page"))
    .outerjoin(_APPEALED, (_APPEALED.id == Review.subject_id) & (Review.subject_kind == "decision"))
    .outerjoin(_ABOUT, _ABOUT.id == _PAGE_DECIDED)
    .outerjoin(Space, Space.id == _HOME)
    .where(
        Entry.wiki_id == bindparam("wiki_id"),
        IS_RECORDED,
        Entry.position > bindparam("after"),
        Entry.position < bindparam("before"),
        or_(Page.id.is_(None), readable(Page.space_id)),
        # An answered appeal stays in the space it was answered in; what it was about may have moved since.
        or_(_ABOUT.id.is_(None), readable(_ABOUT.space_id)),
        or_(Review.id.is_(None), readable(Review.space_id)),
        or_(Space.id.is_(None), readable(Space.id)),
    )
    .limit(bindparam("count"))
)
# A look belongs to whoever may look: the one group that kept it to itself, or those who look after the page.
_OURS = or_(
    in_list(_GROUP, "groups"),
    and_(
        _GROUP.is_(None),
        Page.space_id.in_(
            select(Grant.space_id).where(Grant.right == Right.REVIEW.value, in_list(Grant.group, "groups"))
        ),
    ),
)
# A subquery of its own, with its own reviews: deeper down, SQLAlchemy would not see that they are those of the lines.
_BY_THE_AUTHOR = Review.id.in_(
    select(ReviewAuthor.review_id)
    .join(Review, Review.id == ReviewAuthor.review_id)
    .join(_AUTHOR, _AUTHOR.id == ReviewAuthor.actor_id)
    .where(_AUTHOR.external_id == bindparam("author"), not_(AUTHOR_IS_HIDDEN))
    .correlate(None)
)
_LOOKED_AT_THEIRS = exists().where(
    Entry.kind == "look",
    Revision.id == Entry.subject_id,
    not_(Revision.author_hidden),
    _AUTHOR.id == Revision.actor_id,
    _AUTHOR.external_id == bindparam("author"),
)
# In the statement only where it is set: "x IS NULL OR …" would keep databases from using what they know.
_FILTERED: dict[str, ColumnElement[bool]] = {
    "ours": _OURS,
    "kind": Entry.kind == bindparam("kind"),
    "group": bindparam("group") == _GROUP,
    "space": in_list(Space.id, "spaces"),
    "by": ActorRow.external_id == bindparam("by"),
    "author": or_(_BY_THE_AUTHOR, _LOOKED_AT_THEIRS),
    "verdict": _text("verdict") == bindparam("verdict"),
    "reason": _text("reason") == bindparam("reason"),
    "since": Entry.at >= bindparam("since", type_=UtcDateTime),
    "until": Entry.at < bindparam("until", type_=UtcDateTime),
    "batch": Decision.batch == bindparam("batch"),
    "taken_back": bindparam("taken_back") == _IS_TAKEN_BACK,
}


@lru_cache(maxsize=500)
def _statement(parts: frozenset[str], upwards: bool) -> Select[Any]:
    order = Entry.position if upwards else Entry.position.desc()
    lines: Select[Any] = _LINES.where(*(_FILTERED[name] for name in sorted(parts))).order_by(order)
    return lines


def record_lines(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    admin_group: str,
    wanted: RecordFilter = ALL,
    *,
    after: int = 0,
    before: int = NEWEST,
    count: int = 50,
    upwards: bool = False,
) -> list[RecordLine]:
    """What the actor may see of the record between the two positions, newest first, or with `upwards` oldest first.

    Members of a group see what was done in its name, members of the admin group what was done in anybody's; neither
    sees anything about what they cannot read.
    """
    parts = set(wanted.said())
    key: dict[str, Any] = {
        **{name: getattr(wanted, name) for name in parts},
        "wiki_id": wiki_id,
        "after": after,
        "before": before,
        "count": count,
        **bound(actor),
    }
    if not sees_all(actor, admin_group):
        parts.add("ours")
        key["groups"] = sorted(actor.effective_groups)
    if "space" in parts:
        key["spaces"] = _spaces_below(connection, wiki_id, actor, key.pop("space"))
    rows = connection.execute(_statement(frozenset(parts), upwards), key)
    return [_line(row) for row in rows]


def sees_all(actor: Actor, admin_group: str) -> bool:
    """Whether the actor sees what every group did, as an auditor has to: the admin group does."""
    return admin_group in actor.effective_groups


def _spaces_below(connection: Connection, wiki_id: int, actor: Actor, path: str) -> Sequence[int]:
    return [space_id for space_id, at, _ in readable_spaces(connection, wiki_id, actor) if contains(path, at)]


def _line(row: Any) -> RecordLine:
    values = [*row, label_of(row.facts)]
    values[18] = why_of(row.reason, row.facts)
    return RecordLine(*values)
