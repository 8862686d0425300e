"""What rules left unseen in a period, and what the samples say about it; see `rules.sampling`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from ...db import UtcDateTime, in_list
from ...journal.models import Entry
from ...pages.models import Page
from ...settings import Settings
from ...spaces.queries import bound, readable
from ..models import Decision
from ..policy import Verdict
from ..rules.sampling import Sampled, estimate
from ..rules.trust import LOSES
from .figures import Unseen
from .lines import Scope
from .period import Period

_BAD = frozenset(verdict.value for verdict in LOSES | {Verdict.EDIT})
_GOOD = Verdict.APPROVE.value
_LATER = aliased(Decision)
_PROBABILITY = Entry.payload[("sampled", "probability")].as_float()
_EXEMPTED = Entry.payload[("exempt", "probability")].as_float()


def find_unseen(connection: Connection, scope: Scope, period: Period, settings: Settings) -> Unseen:
    """The changes left unseen, and the share of bad ones among them. Of other things than pages, administrators see.

    Bad is what a moderator took out, hid, deleted or had to mend. Where several groups decided, one is enough.
    """
    key = {
        "wiki_id": scope.wiki_id,
        "since": period.since,
        "until": period.until,
        "space_ids": list(scope.space_ids or ()),
        **bound(scope.actor),
    }
    where = _where(scope, settings)
    exempted = connection.execute(
        select(Entry.exempt, func.count())
        .outerjoin(Page, (Page.id == Entry.subject_id) & (Entry.subject_kind == "page"))
        .where(*where, Entry.exempt.is_not(None), _EXEMPTED > 0, _EXEMPTED < 1)
        .group_by(Entry.exempt)
        .order_by(Entry.exempt),
        key,
    )
    counts = {str(rule): int(count) for rule, count in exempted}
    drawn: dict[int, float] = {}
    verdicts: dict[int, set[str]] = defaultdict(set)
    for entry_id, probability, verdict in connection.execute(_drawn(where), key):
        drawn[entry_id] = float(probability)
        if verdict is not None:
            verdicts[entry_id].add(verdict)
    samples = [
        Sampled(probability, bool(verdicts[entry_id] & _BAD))
        for entry_id, probability in drawn.items()
        if verdicts[entry_id] & _BAD or _GOOD in verdicts[entry_id]
    ]
    return Unseen(counts, len(drawn) - len(samples), estimate(samples))


def _where(scope: Scope, settings: Settings) -> list[ColumnElement[bool]]:
    visible: ColumnElement[bool] = readable(Page.space_id)
    if scope.space_ids is not None:
        visible &= in_list(Page.space_id, "space_ids")
    elif settings.admin_group in scope.actor.effective_groups:
        visible = or_(Page.id.is_(None), visible)
    return [
        Entry.wiki_id == bindparam("wiki_id"),
        Entry.at >= bindparam("since", type_=UtcDateTime),
        Entry.at < bindparam("until", type_=UtcDateTime),
        visible,
    ]


def _drawn(where: list[ColumnElement[bool]]) -> Any:
    """Each change that was drawn, with every verdict about it that stands."""
    about = (
        (Decision.wiki_id == Entry.wiki_id)
        & (Decision.subject_kind == Entry.subject_kind)
        & (Decision.subject_id == Entry.subject_id)
        & (Decision.base < Entry.number)
        & (Decision.head >= Entry.number)
        & Decision.final
        & ~exists().where(_LATER.takes_back == Decision.id)
    )
    return (
        select(Entry.id, _PROBABILITY, Decision.verdict)
        .outerjoin(Page, (Page.id == Entry.subject_id) & (Entry.subject_kind == "page"))
        .outerjoin(Decision, about)
        .where(*where, Entry.exempt.is_(None), _PROBABILITY.is_not(None))
        .order_by(Entry.id)
    )
