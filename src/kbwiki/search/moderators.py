"""Who looks after something here: they edit synonyms, and see what was asked in their spaces."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, select

from ..actors import Actor, ActorKind
from ..db import Transaction, in_list
from ..errors import Forbidden
from ..settings import Settings
from ..spaces.models import Grant, Space
from ..spaces.policy import Right
from ..spaces.queries import bound

_REVIEWS = select(
    exists().where(
        Grant.right == Right.REVIEW.value,
        in_list(Grant.group, "actor_groups"),
        Space.id == Grant.space_id,
        Space.wiki_id == bindparam("wiki_id"),
    )
)


def is_moderator(connection: Connection, wiki_id: int, settings: Settings, actor: Actor) -> bool:
    """Whether the actor administers the wiki, or is in a group that looks after some part of it or at the rest."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.is_anonymous:
        return False
    if not actor.groups.isdisjoint({settings.admin_group, settings.fallback_group}):
        return True
    return bool(connection.execute(_REVIEWS, {"wiki_id": wiki_id, **bound(actor)}).scalar())


def require_moderator(tx: Transaction, why: str) -> None:
    """Errors: Forbidden, which says `why` to others."""
    if not is_moderator(tx.connection, tx.wiki_id, tx.settings, tx.actor):
        raise Forbidden(why)
