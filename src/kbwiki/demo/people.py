"""The host's own people: who works at Fernhill, which groups they are in, and who is signed in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, Literal

Kind = Literal["human", "agent", "system"]


@dataclass(frozen=True, slots=True)
class Person:
    """One member of staff, contractor or agent account, in the shape Flask-Login expects of a user."""

    id: str
    name: str
    role: str
    team: str
    groups: frozenset[str]
    phone: str
    where: str
    kind: Kind = "human"
    card: str = ""
    badge: str = ""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The id Flask-Login keeps in the session."""
        return self.id

    @property
    def initials(self) -> str:
        """At most two letters, for the round badge beside the name."""
        return "".join(word[0] for word in self.name.split()[:2])

    @property
    def first_name(self) -> str:
        """How colleagues call this person."""
        return self.name.split()[0]


class Staff(Mapping[str, Person]):
    """Everybody the host knows, by id, in the order of ``content/people.toml``."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self._by_id = {person.id: person for person in people}

    def __getitem__(self, person_id: str) -> Person:
        return self._by_id[person_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def with_card(self) -> tuple[Person, ...]:
        """The people the sign-in page introduces with a card of their own."""
        return tuple(person for person in self.values() if person.card)

    @property
    def without_card(self) -> tuple[Person, ...]:
        """Everybody else a visitor may sign in as."""
        return tuple(person for person in self.values() if not person.card)

    @property
    def by_team(self) -> dict[str, tuple[Person, ...]]:
        """The staff list: team by team, in alphabetical order, people by name."""
        ordered = sorted(self.values(), key=lambda person: (person.team, person.name))
        teams = dict.fromkeys(person.team for person in ordered)
        return {team: tuple(p for p in ordered if p.team == team) for team in teams}


def read_staff() -> Staff:
    """Everybody in ``content/people.toml``."""
    text = resources.files("kbwiki.demo").joinpath("content/people.toml").read_text(encoding="utf-8")
    return Staff(tuple(_person(row) for row in tomllib.loads(text)["person"]))


def _person(row: dict[str, Any]) -> Person:
    return Person(**{**row, "groups": frozenset(row["groups"])})


STAFF: Final = read_staff()
