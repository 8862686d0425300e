"""Where help is missing: screens without a page, bindings to screens that are gone, and what people asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..actors import Actor
from ..pages.models import Page
from ..spaces.queries import bound, readable
from .models import HelpBinding
from .policy import ANY, Binding, covers
from .queries import binding_of
from .screens import Screen, is_broken
from .wanted import Wanted, wanted

_ALL = (
    select(
        Page.path,
        Page.title,
        HelpBinding.endpoint,
        HelpBinding.args,
        HelpBinding.error,
        HelpBinding.roles,
        HelpBinding.priority,
    )
    .join(Page, Page.id == HelpBinding.page_id)
    .where(HelpBinding.wiki_id == bindparam("wiki_id"), ~Page.deleted)
    .order_by(Page.path, HelpBinding.endpoint, HelpBinding.id)
)
_READABLE = _ALL.where(readable(Page.space_id))


@dataclass(frozen=True, slots=True)
class Broken:
    """A binding to what is no screen of the host (any more), and its page."""

    path: str
    title: str
    binding: Binding


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many screens people can go to, those without help, broken bindings, and what was asked for most."""

    screens: int
    without: tuple[Screen, ...]
    broken: tuple[Broken, ...]
    wanted: tuple[Wanted, ...]

    @property
    def covered(self) -> int:
        """Screens with help."""
        return self.screens - len(self.without)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "screens": self.screens,
            "covered": self.covered,
            "without_help": [{"endpoint": one.endpoint, "addresses": list(one.rules)} for one in self.without],
            "broken": [{"page": one.path, "binding": one.binding.as_json()} for one in self.broken],
            "wanted": [{"endpoint": one.endpoint, "error": one.error, "times": one.times} for one in self.wanted],
        }


def coverage(
    connection: Connection, wiki_id: int, screens: Sequence[Screen], actor: Actor | None, *, most_wanted: int = 50
) -> Coverage:
    """Where help is missing. A page for one address, or for one group, helps nobody else, and does not count.

    `actor` None speaks for whoever holds the database.
    """
    key = {"wiki_id": wiki_id, **(bound(actor) if actor is not None else {})}
    rows = connection.execute(_READABLE if actor is not None else _ALL, key)
    bound_pages = [Broken(row.path, row.title, binding_of(row)) for row in rows]
    general = [one.binding for one in bound_pages if _is_general(one.binding)]
    visited = [one for one in screens if one.is_visited]
    without = [one for one in visited if not any(covers(binding.endpoint, one.endpoint) for binding in general)]
    broken = [one for one in bound_pages if is_broken(one.binding, screens)]
    asked = wanted(connection, wiki_id, count=most_wanted)
    return Coverage(len(visited), tuple(without), tuple(broken), tuple(asked))


def _is_general(binding: Binding) -> bool:
    return binding.endpoint != ANY and not (binding.args or binding.error or binding.roles)
