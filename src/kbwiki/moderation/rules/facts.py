"""The facts of a change that rules see: cheap ones from the change itself, costly ones by query when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from ...actors import ActorKind
from ...errors import NotFound
from ...journal.models import ActorRow, Entry
from ...pages.models import Revision
from ...pages.texts import load_texts
from ..models import Trust
from ..risk import Author, Words, assess, total
from .matching import Facts, Needs

_REVISIONS = select(Revision.number, Revision.tags, Revision.size, Revision.text_digest).where(
    Revision.page_id == bindparam("page_id"), Revision.number.in_((bindparam("number"), bindparam("before")))
)
_STREAK = select(Trust.streak).where(
    Trust.actor_id == bindparam("actor_id"),
    Trust.space_id == bindparam("space_id"),
    Trust.kind == bindparam("kind"),
)
_FIRST_SEEN = select(func.min(Entry.at)).where(Entry.actor_id == bindparam("actor_id"))


@dataclass(frozen=True, slots=True)
class Made:
    """One change that was made, and by whom: what the costly facts are looked up by."""

    kind: str
    subject_kind: str
    subject_id: int
    number: int
    payload: Any
    actor_id: int
    at: datetime
    space_id: int


def cheap_facts(made: Made, author_groups: frozenset[str], author_kind: str, *, anonymous: bool) -> Facts:
    """What can be told without a query."""
    return Facts(
        kind=made.kind,
        paths=_paths(made.payload),
        author_groups=author_groups,
        author_kind=author_kind,
        anonymous=anonymous,
        new_page=made.subject_kind == "page" and made.number == 1,
    )


def _paths(payload: Any) -> tuple[str, ...]:
    """Where the change is; a move is in both places."""
    found = (payload.get("path"), payload.get("from"))
    return tuple(dict.fromkeys(path for path in found if isinstance(path, str))) or ("",)


def costly_facts(
    connection: Connection,
    made: Made,
    facts: Facts,
    needs: Needs,
    moderators: frozenset[str],
    weights: Mapping[str, float],
) -> Facts:
    """The facts with those that are needed filled in. `moderators` are the groups whose members are no risk.

    The risk is that of the words and of who wrote them, by `weights`. The author's record, the page's reach and reasons
    of plugins are assessed after the save, for the review: here the author would wait for them.
    """
    if needs.streak and not facts.anonymous:
        key = {"actor_id": made.actor_id, "space_id": made.space_id, "kind": made.kind}
        facts = replace(facts, streak=connection.execute(_STREAK, key).scalar() or 0)
    if made.subject_kind != "page" or not (needs.state or needs.change or needs.risk):
        return facts
    key = {"page_id": made.subject_id, "number": made.number, "before": made.number - 1}
    rows = {row.number: row for row in connection.execute(_REVISIONS, key)}
    now, before = rows.get(made.number), rows.get(made.number - 1)
    if now is not None:
        facts = replace(facts, tags=frozenset(now.tags), size=now.size)
    if not (needs.change or needs.risk):
        return facts
    words = Words(_text(connection, before), _text(connection, now))
    facts = replace(facts, change=words.size)
    if not needs.risk:
        return facts
    author = _author(connection, made, facts, moderators)
    return replace(facts, risk=total(assess(author, words, weights=weights)))


def _text(connection: Connection, revision: Any) -> str:
    """The text of a revision; a redacted or missing one counts as empty."""
    if revision is None:
        return ""
    try:
        return load_texts(connection, [revision.text_digest])[revision.text_digest]
    except NotFound:
        return ""


def _author(connection: Connection, made: Made, facts: Facts, moderators: frozenset[str]) -> Author:
    first = connection.execute(_FIRST_SEEN, {"actor_id": made.actor_id}).scalar()
    return Author(
        anonymous=facts.anonymous,
        automated=facts.author_kind != ActorKind.HUMAN,
        moderator=not facts.author_groups.isdisjoint(moderators),
        days_known=None if first is None or first >= made.at else (made.at - first).total_seconds() / 86400,
    )


def author_of(connection: Connection, actor_id: int) -> tuple[str, bool]:
    """Kind of the actor, and whether it is the one for everybody not signed in."""
    row = connection.execute(select(ActorRow.kind, ActorRow.external_id).where(ActorRow.id == actor_id)).one()
    return row.kind, not row.external_id
