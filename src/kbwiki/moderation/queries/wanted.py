"""Which reviews a moderator wants to see: the view, the group, the order, and what narrows it. No database here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from ..transitions import State

LONGEST_PATH = 1024
LONGEST_NAME = 255
MOST_DAYS = 3650
LARGEST_RISK = 1e308


class View(StrEnum):
    """What of the groups' live reviews is listed, by what has to happen next and whose it is."""

    NEEDS_ME = "needs-me"
    CONCERN = "concern"
    VERIFY = "verify"
    OVERDUE = "overdue"
    MINE = "mine"
    OWN = "own"


class Order(StrEnum):
    """What comes first: what is due first, or what risks most (of equals, what is due first)."""

    DUE = "due"
    RISK = "risk"


STATES: Mapping[View, tuple[str, ...]] = {
    View.NEEDS_ME: (State.OPEN.value, State.VERIFY.value),
    View.CONCERN: (State.CONCERN.value,),
    View.VERIFY: (State.VERIFY.value,),
    View.OVERDUE: (State.OPEN.value, State.VERIFY.value),
}
"""The states of the views that are stretches of the queue. The others go by what the actor has to do with a review."""

NARROWING = ("space", "author", "kind", "risk", "days")
"""The fields of `Wanted` that take reviews away from a view."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list of reviews as somebody asks for it. What is not said does not narrow.

    `group` is '' for all of the actor's groups. `space` is a path: that space and those below it. `author` is an
    actor's id or name, `kind` one that at least one of the changes has. `risk` is the least risk, `days` the least age.
    """

    view: View = View.NEEDS_ME
    group: str = ""
    order: Order = Order.DUE
    space: str = ""
    author: str = ""
    kind: str = ""
    risk: float | None = None
    days: int | None = None

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Self:
        """What `said` asks for, as an address or a saved filter has it; what makes no sense is as if not said."""
        view, order = said.get("view", ""), said.get("order", "")
        return cls(
            view=View(view) if view in set(View) else View.NEEDS_ME,
            group=_short(said.get("group"), LONGEST_NAME),
            order=Order(order) if order in set(Order) else Order.DUE,
            space=_short(said.get("space"), LONGEST_PATH).strip("/"),
            author=_short(said.get("author"), LONGEST_NAME),
            kind=_short(said.get("kind"), 40),
            risk=_risk(said.get("risk", "")),
            days=_days(said.get("days", "")),
        )

    def said(self) -> dict[str, str]:
        """What differs from the plainest list, so that `read` gives the same again."""
        found = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value != one.default:
                found[one.name] = repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
        return found

    @property
    def narrowed(self) -> frozenset[str]:
        """The fields that narrow it."""
        return frozenset(name for name in NARROWING if getattr(self, name) not in ("", None))

    def without(self, name: str) -> Self:
        """The same without what one field says."""
        plainest: dict[str, Any] = {one.name: one.default for one in fields(self)}
        return replace(self, **{name: plainest[name]})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in a list: its risk, its due time (or what stands for it), its id."""

    risk: float
    at: datetime
    id: int

    def __str__(self) -> str:
        """As it stands in an address; exactly what `read_place` takes."""
        return f"{self.risk!r},{self.at.astimezone(UTC).isoformat()},{self.id}"


BEGINNING = Place(LARGEST_RISK, datetime(1970, 1, 1, tzinfo=UTC), 0)
"""Before the first line, in either order."""


def read_place(said: str) -> Place:
    """The place an address names; the beginning where it names none."""
    risk, _, rest = said.partition(",")
    at, _, review_id = rest.rpartition(",")
    try:
        place = Place(float(risk), datetime.fromisoformat(at), int(review_id))
    except ValueError:
        return BEGINNING
    if not math.isfinite(place.risk) or place.at.tzinfo is None or not 0 <= place.id < 2**63:
        return BEGINNING
    return place


def _short(said: str | None, most: int) -> str:
    return (said or "").replace("\x00", "").strip()[:most]


def _risk(said: str) -> float | None:
    try:
        risk = float(said)
    except ValueError:
        return None
    return risk if math.isfinite(risk) else None


def _days(said: str) -> int | None:
    try:
        days = int(said)
    except ValueError:
        return None
    return days if 0 < days <= MOST_DAYS else None
