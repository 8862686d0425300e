"""The reviewed edition: for every page, the last revision that has been looked at.

A revision belongs to it when every change up to it has been: no review of a change up to it is live; none lapsed that
nobody has looked at since; no decision that stands took a change away that ends in it; and its author did not take
it back before anybody looked. What no review is about (an import, a trusted author's change that was recorded as
exempt) counts as looked at, as it does everywhere. It is never hidden, and never one in which the page is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from ...actors import Actor, ActorKind
from ...db import in_list
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...pages.queries.view import PageView, view_at, view_of_row
from ...spaces.models import Space
from ...spaces.queries import bound, readable
from ..models import HAS_LAPSED, IS_LIVE, Decision, Review
from ..policy import Verdict
from ..routing import SELF_REVERTED

TOOK_AWAY = (Verdict.EDIT, Verdict.REVERT, Verdict.REVERT_PART, Verdict.HIDE, Verdict.DELETE)
"""Verdicts after which the revision that was looked at is not one to be read: what they made of it is."""


def _first_live() -> ColumnElement[int]:
    """SQL: the last revision before anything that waits; NULL where nothing does."""
    return (
        select(func.min(Review.base))
        .where(Review.subject_id == Page.id, Review.subject_kind == "page", IS_LIVE)
        .correlate(Page)
        .scalar_subquery()
    )


def _first_lapsed() -> ColumnElement[int]:
    """SQL: the last revision before a change that lapsed and that no human has looked at since; NULL for none."""
    change, look = aliased(Revision), aliased(Decision)
    looked = exists().where(
        look.subject_id == Page.id,
        look.subject_kind == "page",
        look.base < change.number,
        look.head >= change.number,
        look.final,
        look.verdict != Verdict.HAND_OVER.value,
        ~_is_taken_back(look),
        exists().where(ActorRow.id == look.actor_id, ActorRow.kind == ActorKind.HUMAN.value).correlate(look),
    )
    any_lapsed = aliased(Review)
    lapsed = exists().where(
        any_lapsed.subject_id == Page.id,
        any_lapsed.subject_kind == "page",
        any_lapsed.state == literal_column("'lapsed'"),
    )
    first = (
        select(func.min(change.number) - 1)
        .join(Review, and_(Review.base < change.number, Review.head >= change.number))
        .where(
            change.page_id == Page.id,
            Review.subject_id == Page.id,
            Review.subject_kind == "page",
            HAS_LAPSED,
            ~looked.correlate(Page, change),
        )
        .correlate(Page)
        .scalar_subquery()
    )
    # Most pages have none, and looking through all their revisions would be for nothing.
    return case((lapsed.correlate(Page), first), else_=None)


def _is_taken_back(decision: Any) -> ColumnElement[bool]:
    undone = aliased(Decision)
    return exists().where(undone.takes_back == decision.id).correlate(decision)


def _edition() -> ColumnElement[int]:
    one, verdict, given_up = aliased(Revision), aliased(Decision), aliased(Review)
    acted_on = case((verdict.base < verdict.head, verdict.base), else_=verdict.head - 1)
    took = exists().where(
        verdict.subject_id == Page.id,
        verdict.subject_kind == "page",
        verdict.verdict.in_([each.value for each in TOOK_AWAY]),
        acted_on < one.number,
        verdict.head >= one.number,
        ~_is_taken_back(verdict),
    )
    returned = exists().where(
        given_up.subject_id == Page.id,
        given_up.subject_kind == "page",
        given_up.state == literal_column("'superseded'"),
        given_up.closed_as == SELF_REVERTED,
        given_up.base < one.number,
        given_up.head > one.number,
    )
    return (
        select(one.number)
        .where(
            one.page_id == Page.id,
            one.number <= func.coalesce(_first_live(), Page.number),
            one.number <= func.coalesce(_first_lapsed(), Page.number),
            ~one.hidden,
            ~one.deleted,
            ~took.correlate(Page, one),
            ~returned.correlate(Page, one),
        )
        .order_by(one.number.desc())
        .limit(1)
        .correlate(Page)
        .scalar_subquery()
    )


EDITION = _edition()
"""SQL: the number of the revision of `Page` that is in the reviewed edition; NULL while none of it was looked at."""

_WROTE = aliased(Revision)
_OWN = (
    exists()
    .where(
        _WROTE.page_id == Page.id,
        _WROTE.number > Revision.number,
        ~_WROTE.author_hidden,
        _WROTE.actor_id.in_(
            select(ActorRow.id).where(
                ActorRow.wiki_id == bindparam("wiki_id"), ActorRow.external_id == bindparam("actor_id")
            )
        ),
    )
    .correlate(Page, Revision)
    .label("wrote_since")
)
_LOOKED = aliased(Decision)
_GROUP = (
    select(_LOOKED.group)
    .where(
        _LOOKED.subject_id == Page.id,
        _LOOKED.subject_kind == "page",
        _LOOKED.final,
        _LOOKED.verdict != Verdict.HAND_OVER.value,
        or_(and_(_LOOKED.base < Revision.number, _LOOKED.head >= Revision.number), _LOOKED.result == Revision.number),
        ~_is_taken_back(_LOOKED),
        exists().where(ActorRow.id == _LOOKED.actor_id, ActorRow.kind == ActorKind.HUMAN.value).correlate(_LOOKED),
    )
    .order_by(_LOOKED.id.desc())
    .limit(1)
    .correlate(Page, Revision)
    .scalar_subquery()
    .label("looked_by")
)
_IN_EDITION = view_at(EDITION, _OWN, _GROUP)


@dataclass(frozen=True, slots=True)
class InEdition:
    """A page as it stands in the reviewed edition.

    `wrote_since` tells whether the actor wrote something of it since, `looked_by` which group a human looked for last
    at just this revision ('' when nobody had to).
    """

    page: PageView
    wrote_since: bool
    looked_by: str


def find_in_edition(connection: Connection, wiki_id: int, page_id: int, actor: Actor) -> InEdition | None:
    """The page in the reviewed edition; None when nothing of it was looked at, or the actor may not read it."""
    key = {"wiki_id": wiki_id, "page_id": page_id, "actor_id": actor.id, **bound(actor)}
    row = connection.execute(_IN_EDITION, key).first()
    return InEdition(view_of_row(row), bool(row.wrote_since), row.looked_by or "") if row is not None else None


@dataclass(frozen=True, slots=True)
class StandsInEdition:
    """Where a page stands in the reviewed edition: its revision there (None: none yet), and the newest one's number.

    `is_first` tells that readers of its space see that revision first.
    """

    number: int | None
    current: int
    is_first: bool


_STANDINGS = (
    select(Page.path, EDITION.label("number"), Page.number.label("current"), Space.shows_reviewed)
    .join(Space, Space.id == Page.space_id)
    .where(
        Page.wiki_id == bindparam("wiki_id"),
        in_list(Page.path, "paths"),
        ~Page.deleted,
        readable(Page.space_id),
    )
)


def standings(connection: Connection, wiki_id: int, paths: Iterable[str], actor: Actor) -> dict[str, StandsInEdition]:
    """How the live pages at these paths stand in the reviewed edition; those the actor may read, in one query."""
    key = {"wiki_id": wiki_id, "paths": sorted(set(paths)), **bound(actor)}
    rows = connection.execute(_STANDINGS, key)
    return {row.path: StandsInEdition(row.number, row.current, row.shows_reviewed) for row in rows}
