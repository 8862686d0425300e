"""What to show: the sets of synonyms, what each was before, and all of them as a search needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, func, select

from ...errors import NotFound
from ...journal.states import State, states_of
from ...wording.kept import as_said
from .expansion import NO_SYNONYMS, Synonyms, SynonymWords
from .models import SynonymSet

KIND = "synonyms"
"""What sets of synonyms are called in the journal, as subjects of review."""

SET = "set-synonyms"
"""What their changes are called there."""

# Each change makes one number greater by one, so no two states of the wiki's sets have the same sum.
_STATE = select(func.coalesce(func.sum(SynonymSet.number), 0)).where(SynonymSet.wiki_id == bindparam("wiki_id"))
_SETS = (
    select(SynonymSet).where(SynonymSet.wiki_id == bindparam("wiki_id"), ~SynonymSet.removed).order_by(SynonymSet.id)
)
_ONE = select(SynonymSet).where(SynonymSet.wiki_id == bindparam("wiki_id"), SynonymSet.id == bindparam("set_id"))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read last: at which state of the sets, and after which position of the journal."""

    state: int
    position: int | None
    synonyms: Synonyms


_kept: WeakKeyDictionary[Engine, dict[int, _Kept]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class SynonymLine:
    """A set in the list."""

    id: int
    number: int
    words: tuple[str, ...]
    one_way: bool
    removed: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SynonymState:
    """A set as it once was, and who made it so."""

    number: int
    words: tuple[str, ...]
    one_way: bool
    removed: bool
    comment: str
    actor: str
    at: datetime


def read_synonyms(connection: Connection, wiki_id: int, position: int | None = None) -> Synonyms:
    """Every set of the wiki, for `with_synonyms`: one query, and one more only after a change.

    `position` is where the sealed journal stood a moment ago; while it stands there, no query is needed at all. Not for
    transactions that change sets: what they see may be rolled back, and it is kept.
    """
    of_engine = _kept.setdefault(connection.engine, {})
    known = of_engine.get(wiki_id)
    if known is not None and position is not None and known.position == position:
        return known.synonyms
    state = int(connection.execute(_STATE, {"wiki_id": wiki_id}).scalar_one())
    if known is not None and known.state == state:
        synonyms = known.synonyms
    else:
        rows = connection.execute(_SETS, {"wiki_id": wiki_id}) if state else ()
        sets = tuple(SynonymWords(tuple(row.words), row.one_way) for row in rows)
        synonyms = Synonyms(sets) if sets else NO_SYNONYMS
    # A change that came between the two queries gives the newer sets to the older state, which nobody has any more.
    of_engine[wiki_id] = _Kept(state, position, synonyms)
    return synonyms


def list_synonyms(connection: Connection, wiki_id: int) -> list[SynonymLine]:
    """Every set that is in use, by its first word."""
    lines = [_line(row) for row in connection.execute(_SETS, {"wiki_id": wiki_id})]
    return sorted(lines, key=lambda line: (line.words[0].casefold(), line.id))


def get_synonyms(connection: Connection, wiki_id: int, set_id: int) -> SynonymLine:
    """One set, one that was removed, too. Errors: NotFound."""
    row = connection.execute(_ONE, {"wiki_id": wiki_id, "set_id": set_id}).first()
    if row is None:
        raise NotFound("set of synonyms", str(set_id))
    return _line(row)


def states(connection: Connection, set_id: int, base: int, head: int) -> list[SynonymState]:
    """What the set was from `base` to `head`, as the journal has it, oldest first."""
    return [_state(one) for one in states_of(connection, KIND, set_id, base, head, kind=SET)]


def as_line(words: Sequence[str], one_way: bool) -> str:
    """A set as people write it: “holiday = vacation”, “PTO → annual leave, vacation”."""
    return f"{words[0]} → {', '.join(words[1:])}" if one_way else " = ".join(words)


def _line(row: Any) -> SynonymLine:
    return SynonymLine(row.id, row.number, tuple(row.words), row.one_way, row.removed, row.updated_at)


def _state(row: State) -> SynonymState:
    said = row.payload
    return SynonymState(
        row.number,
        tuple(said["words"]),
        said["one_way"],
        said["removed"],
        as_said(said.get("comment", "")),
        row.actor,
        row.at,
    )
