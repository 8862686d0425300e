"""What plugins add to moderation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Executable


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A group's review as plugins are told of it, with the texts before and after its range.

    `path` is '' for what has no address; `authors` are the host's ids of those who are not hidden; `before` and `after`
    are None where a part of the range is hidden.
    """

    group: str
    subject_kind: str
    subject_id: int
    path: str
    title: str
    authors: tuple[str, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RiskReason:
    """A reason for risk: what it `weigh`s, from −10 to 10, or None; `words` is what moderators read."""

    name: str
    words: str
    weigh: Callable[[ReviewFacts], float | None]


@dataclass(frozen=True, slots=True)
class Route:
    """Groups that are to look at a change besides those of its space and of the rules; `why` is shown to them."""

    groups: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change of a plugin's own kind, as it was submitted: title, path and the texts before and after."""

    kind: str
    subject_id: int
    base: int
    head: int
    title: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Undo:
    """How a change is taken out again: statements for the plugin's own tables, and the text that is there then.

    kbwiki carries them out in the decision's own transaction, so the plugin itself holds no lock.
    """

    statements: tuple[Executable, ...]
    text: str


@dataclass(frozen=True, slots=True)
class OwnKind:
    """A kind of change of the plugin's. `describe` gives a line for moderators, `undo` how to take it out, or None.

    Both are asked before anything is locked. What was submitted is kept in the journal, so that changes can still be
    read when the plugin is gone. `name` begins with the plugin's own: `glossary-entry`.
    """

    name: str
    label: str
    describe: Callable[[ChangeFacts], str] | None = None
    undo: Callable[[ChangeFacts], Undo | None] | None = None


@dataclass(frozen=True, slots=True)
class OwnVerdict:
    """A verdict of the plugin's: a button with a word of its own that does what one of kbwiki's does."""

    name: str
    label: str
    does: Literal["approve", "revert", "concern"]
    help: str = ""


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A reason that moderators can choose for a decision, with the text that authors are told."""

    name: str
    label: str
    text: str
    verdicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the journal, in its place: what consumers get, and signals tell.

    `position` counts from 1 without gaps; None where a signal is sent before the fact has its place.
    """

    wiki: str
    position: int | None
    kind: str
    actor_id: str
    actor_name: str
    at: datetime
    subject_kind: str
    subject_id: int
    number: int
    payload: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """The fact as `json.dumps` can write it; `at` is ISO text."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**told, "at": self.at.isoformat(), "payload": _plain(self.payload)}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable subscription: `take` gets facts in order, each at least once; when it raises, they come again later.

    `kinds` limits it (empty: every fact). A cursor of its own says how far it has read; it begins with the next fact,
    or `from_start` with the first. `most` facts come at once.
    """

    name: str
    take: Callable[[Sequence[Fact]], None]
    kinds: tuple[str, ...] = ()
    from_start: bool = False
    most: int = 100
