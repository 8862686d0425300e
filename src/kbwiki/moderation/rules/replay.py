"""Changes that were made, and what a list of rules says about each of them: read from the journal, nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from ...journal.models import ActorRow, Entry
from ...settings import Settings
from ...spaces.actions import deepest_first, space_among
from ..models import Review, Rule
from .assign import ADMINISTRATION, Rights, assignment_of, rights_in
from .evaluation import RuleSet
from .facts import Made
from .matching import Assignment, PutBy

_CHANGES = select(
    Entry.id,
    Entry.kind,
    Entry.subject_kind,
    Entry.subject_id,
    Entry.number,
    Entry.payload,
    Entry.exempt,
    Entry.actor_id,
    Entry.at,
    ActorRow.kind.label("actor_kind"),
    ActorRow.external_id,
).join(ActorRow, ActorRow.id == Entry.actor_id)


@dataclass
class Replay:
    """Asks rule lists about changes of the past, with the spaces and rights as they are now.

    Of an author's groups only those are known that some rule asked for when the change was made; `groups_of` adds what
    the host knows, by the actor's id.
    """

    connection: Connection
    wiki_id: int
    settings: Settings
    groups_of: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._spaces = deepest_first(self.connection, self.wiki_id)
        self._rights: dict[tuple[int, ...], Rights] = {}

    def since(self, moment: datetime, most: int) -> Iterator[Any]:
        """The reviewable changes since the moment, newest first, `most` of them at the most.

        What is exempt whatever the rules say (administration by kbwiki itself, imports, decisions) is left out.
        """
        rules = select(Rule.name).where(Rule.wiki_id == self.wiki_id)
        rows = self.connection.execute(
            _CHANGES.where(
                Entry.wiki_id == self.wiki_id,
                Entry.at >= moment,
                Entry.kind != "decide",
                or_(Entry.exempt.is_(None), Entry.exempt.in_(rules)),
            )
            .order_by(Entry.id.desc())
            .limit(most)
        )
        return iter(rows.all())

    def of_subject(self, kind: str, subject_id: int, base: int, head: int) -> list[Any]:
        """The changes of a subject after `base` up to `head`, oldest first."""
        rows = self.connection.execute(
            _CHANGES.where(
                Entry.wiki_id == self.wiki_id,
                Entry.subject_kind == kind,
                Entry.subject_id == subject_id,
                Entry.number > base,
                Entry.number <= head,
            ).order_by(Entry.number)
        )
        return list(rows)

    def ask(self, rules: RuleSet, row: Any, space_id: int | None = None) -> Assignment:
        """Who would look at the change, in the space it is in now (None: found by its path, or by its reviews)."""
        if row.kind in ADMINISTRATION:
            return Assignment({self.settings.admin_group: PutBy()})
        if space_id is None:
            space_id = self._space_of(row)
        return assignment_of(
            self.connection,
            rules,
            Made(
                row.kind,
                row.subject_kind,
                row.subject_id,
                row.number,
                row.payload,
                row.actor_id,
                row.at,
                space_id,
            ),
            self.rights(self._all_spaces(row, space_id)),
            self.settings,
            author_groups=self.author_groups(row),
            author_kind=row.actor_kind,
            anonymous=not row.external_id,
        )

    def author_groups(self, row: Any) -> frozenset[str]:
        """The author's groups as far as they are known."""
        said = frozenset(row.payload.get("author_groups", ()))
        return said | self.groups_of.get(row.external_id, frozenset())

    def rights(self, spaces: Sequence[int]) -> Rights:
        """The rights in these spaces; asked for once."""
        key = tuple(spaces)
        if key not in self._rights:
            self._rights[key] = rights_in(self.connection, self.wiki_id, spaces)
        return self._rights[key]

    def _space_of(self, row: Any) -> int:
        path = row.payload.get("path")
        if isinstance(path, str):
            return space_among(self._spaces, path)
        reviews = select(Review.space_id).where(
            Review.subject_kind == row.subject_kind, Review.subject_id == row.subject_id
        )
        found = self.connection.execute(reviews.order_by(Review.id.desc()).limit(1)).scalar()
        return int(found) if found is not None else space_among(self._spaces, "")

    def _all_spaces(self, row: Any, space_id: int) -> tuple[int, ...]:
        """A move is looked at in the space it came from, too."""
        was = row.payload.get("from")
        before = space_among(self._spaces, was) if isinstance(was, str) else space_id
        return (space_id,) if before == space_id else (before, space_id)

