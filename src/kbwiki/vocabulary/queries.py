"""What to show: the terms that hold now, and what they were before."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select

from ..journal.states import State, states_of
from ..wording.kept import as_said
from ..wording.vocabularies import Vocabularies, vocabularies_of
from .models import ChosenTerms

log = logging.getLogger("kbwiki.vocabulary")

KIND = "vocabulary"
"""What the terms of a wiki are called in the journal, as a subject of review."""

SET = "set-vocabulary"
"""What a change of them is called there."""

_NOW = select(ChosenTerms).where(ChosenTerms.wiki_id == bindparam("wiki_id"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice that holds. `vocabularies` is None where the host's setting holds; `number` 0 before any choice."""

    id: int
    number: int
    vocabularies: Vocabularies | None


@dataclass(frozen=True, slots=True)
class ChosenState:
    """A choice as it once was, and who made it."""

    number: int
    vocabularies: Vocabularies | None
    comment: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    position: int
    chosen: Chosen


_kept: WeakKeyDictionary[Engine, dict[int, _Kept]] = WeakKeyDictionary()


def chosen_terms(connection: Connection, wiki_id: int, position: int | None = None) -> Chosen:
    """The choice that holds; one query.

    `position` is where the sealed journal stood a moment ago; while it stands there, no query is needed at all. Not for
    transactions that change the choice: what they see may be rolled back, and it is kept.
    """
    of_engine = _kept.setdefault(connection.engine, {})
    known = of_engine.get(wiki_id)
    if known is not None and position is not None and known.position == position:
        return known.chosen
    row = connection.execute(_NOW, {"wiki_id": wiki_id}).first()
    chosen = Chosen(0, 0, None) if row is None else Chosen(row.id, row.number, as_terms(row.said))
    if position is not None:
        of_engine[wiki_id] = _Kept(position, chosen)
    return chosen


def states(connection: Connection, chosen_id: int, base: int, head: int) -> list[ChosenState]:
    """What was chosen from `base` to `head`, as the journal has it, oldest first."""
    return [_state(one) for one in states_of(connection, KIND, chosen_id, base, head, kind=SET)]


def _state(one: State) -> ChosenState:
    said = one.payload
    return ChosenState(one.number, as_terms(said["said"]), as_said(said.get("comment", "")), one.actor, one.at)


def as_terms(said: Any) -> Vocabularies | None:
    """A choice as it is kept; None stays None.

    A choice that this version does not know, such as a preset of a newer one, counts as none: the host's setting holds.
    """
    try:
        return vocabularies_of(said) if said is not None else None
    except ValueError:
        log.warning("The terms that were chosen are not known here, so those of the settings are used.", exc_info=True)
        return None
