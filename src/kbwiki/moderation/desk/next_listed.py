"""The next review of the list a moderator works through: the first of it that is free for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...db import Transaction
from ..queries.state import reviewing_groups
from ..queries.wanted import BEGINNING, View, Wanted
from ..queries.worklist import groups_of, place_of, worklist
from ..subjects import Subjects
from .next import Given, free_among, give, next_review

_AT_ONCE = 50
_TO_DECIDE = frozenset({View.NEEDS_ME, View.VERIFY, View.OVERDUE})
"""Views of reviews that wait for somebody to decide; from another view one goes on to what needs one."""


def next_listed(tx: Transaction, wanted: Wanted, subjects: Subjects) -> Given | None:
    """Give the actor the first review of the list that nobody else has and that they have not put aside, and its lease.

    The same promises as `next_review`, for any list. None when nothing of the list is left. Errors: Forbidden for a
    group the actor is not in.
    """
    if wanted.view not in _TO_DECIDE:
        wanted = replace(wanted, view=View.NEEDS_ME)
    if wanted.view is View.NEEDS_ME and not wanted.narrowed:
        return next_review(tx, [wanted.group] if wanted.group else None, order=wanted.order)
    return _first_free(tx, groups_of(reviewing_groups(tx.connection, tx.wiki_id, tx.actor), wanted), wanted, subjects)


def _first_free(tx: Transaction, groups: Sequence[str], wanted: Wanted, subjects: Subjects) -> Given | None:
    after = BEGINNING
    while groups:
        lines = worklist(
            tx.connection, tx.wiki_id, tx.actor, groups, subjects, wanted, tx.now, after=after, count=_AT_ONCE
        )
        free = free_among(tx, [line.id for line in lines])
        for line in lines:
            if line.id in free and (given := give(tx, line.id)):
                return given
        if len(lines) < _AT_ONCE:
            break
        after = place_of(lines[-1], wanted.view)
    return None
