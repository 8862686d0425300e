"""Which pages people have looked at all of, as SQL for lists of pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal_column
from sqlalchemy.orm import aliased

from ...actors import ActorKind
from ...journal.models import ActorRow
from ...pages.models import Page
from ..models import HAS_LAPSED, IS_LIVE, Decision, Review
from ..policy import Verdict

_TakesBack = aliased(Decision)
_PAGE: ColumnElement[str] = literal_column("'page'")


def _looks(*further: Any) -> ColumnElement[bool]:
    """SQL: a person decided about the page, and it still holds. What a program decided is no look."""
    return exists().where(
        Decision.subject_id == Page.id,
        Decision.subject_kind == _PAGE,
        Decision.final,
        Decision.verdict != Verdict.HAND_OVER.value,
        ~exists().where(_TakesBack.takes_back == Decision.id),
        exists().where(ActorRow.id == Decision.actor_id, ActorRow.kind == ActorKind.HUMAN.value),
        *further,
    )


_OF_PAGE = (Review.subject_id == Page.id, Review.subject_kind == _PAGE)

IS_REVIEWED: ColumnElement[bool] = and_(
    ~exists().where(*_OF_PAGE, IS_LIVE),
    _looks(),
    ~exists().where(*_OF_PAGE, HAS_LAPSED, ~_looks(Decision.head >= Review.head)),
)
"""SQL: nothing of `Page` waits to be looked at, somebody has looked, and after everything that lapsed once more."""
