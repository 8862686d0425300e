"""What to show: the pages that help somebody where they are, and the bindings of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..actors import Actor
from ..db import in_list
from ..journal.states import State, states_of
from ..pages.models import Page, Revision
from ..spaces.queries import bound, readable
from ..wording.kept import as_said
from .models import HelpBinding, HelpPage
from .policy import Binding, Where, fit, patterns

KIND = "help"
"""What a page's bindings are called in the journal, as a subject of review; its id is the page's."""

SET = "set-help"
"""What their changes are called there."""

MOST_READ = 200
"""Bindings that are compared for one screen."""


@dataclass(frozen=True, slots=True)
class HelpOn:
    """A page that helps, and why it does."""

    page_id: int
    path: str
    title: str
    binding: Binding


@dataclass(frozen=True, slots=True)
class HelpState:
    """The bindings of a page as they once were, and who made them so."""

    number: int
    bindings: tuple[Binding, ...]
    comment: str
    actor: str
    at: datetime


_BINDING = (
    HelpBinding.endpoint,
    HelpBinding.args,
    HelpBinding.error,
    HelpBinding.roles,
    HelpBinding.priority,
)
# What is hidden or deleted, and what the actor may not read, helps nobody: the rule that every list uses.
_FITTING = (
    select(Page.id.label("page_id"), Page.path, Page.title, *_BINDING)
    .join(Page, Page.id == HelpBinding.page_id)
    .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
    .where(
        HelpBinding.wiki_id == bindparam("wiki_id"),
        in_list(HelpBinding.endpoint, "patterns"),
        in_list(HelpBinding.error, "errors"),
        ~Page.deleted,
        ~Revision.hidden,
        readable(Page.space_id),
    )
    .order_by(HelpBinding.priority.desc(), HelpBinding.id)
    .limit(MOST_READ)
)
_OF_PAGE = select(*_BINDING).where(HelpBinding.page_id == bindparam("page_id")).order_by(HelpBinding.id)
_NUMBER = select(HelpPage.number).where(HelpPage.page_id == bindparam("page_id"))


def help_for(connection: Connection, wiki_id: int, actor: Actor, where: Where, *, count: int = 20) -> list[HelpOn]:
    """The pages that help the actor where they are, the closest first; one query.

    Just this address (endpoint and arguments) stands before the endpoint, the endpoint before its blueprint, that
    before a mere error; see `policy.fit`. A page that fits several times stands where it fits best.
    """
    key = {"wiki_id": wiki_id, "patterns": patterns(where.endpoint), "errors": ["", where.error], **bound(actor)}
    ranked: list[tuple[tuple[int, ...], HelpOn]] = []
    for row in connection.execute(_FITTING, key):
        binding = binding_of(row)
        rank = fit(binding, where, actor.effective_groups)
        if rank is not None:
            ranked.append((rank, HelpOn(row.page_id, row.path, row.title, binding)))
    ranked.sort(key=lambda one: one[1].title.casefold())
    ranked.sort(key=lambda one: one[0], reverse=True)
    best: dict[int, HelpOn] = {}
    for _, one in ranked:
        best.setdefault(one.page_id, one)
    return list(best.values())[:count]


def bindings_of(connection: Connection, page_id: int) -> tuple[int, tuple[Binding, ...]]:
    """The number of the page's bindings, 0 when it never had any, and what they are now."""
    number = connection.execute(_NUMBER, {"page_id": page_id}).scalar() or 0
    return number, tuple(binding_of(row) for row in connection.execute(_OF_PAGE, {"page_id": page_id}))


def states(connection: Connection, page_id: int, base: int, head: int) -> list[HelpState]:
    """What the page's bindings were from `base` to `head`, as the journal has it, oldest first."""
    return [_state(one) for one in states_of(connection, KIND, page_id, base, head, kind=SET)]


def _state(one: State) -> HelpState:
    said = one.payload
    return HelpState(one.number, _bindings(said["bindings"]), as_said(said.get("comment", "")), one.actor, one.at)


def binding_of(row: Any) -> Binding:
    """A binding as its row has it."""
    return Binding(row.endpoint, tuple(sorted(row.args.items())), row.error, tuple(row.roles), row.priority)


def _bindings(said: Iterable[Any]) -> tuple[Binding, ...]:
    return tuple(Binding.from_json(one) for one in said)
