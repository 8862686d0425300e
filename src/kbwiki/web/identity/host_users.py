"""A host's user objects, whatever class they are of: their id, their name, their groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import NoInspectionAvailable

from ...actors import ANONYMOUS, Actor, ActorKind, external_id


def user_id(user: Any) -> str:
    """A user's id as text, stable for ever: the primary key where the user is a mapped object, else `id`."""
    try:
        key = inspect(user).identity
    except NoInspectionAvailable:
        key = None
    return external_id(tuple(key) if key else user.id)


def default_name(user: Any) -> str:
    """What a user is called when the host does not say."""
    return str(getattr(user, "name", None) or getattr(user, "username", None) or user_id(user))


def default_groups(user: Any) -> list[str]:
    """The names in `user.groups`, else in `user.roles`; objects with a `name` count by it."""
    found = getattr(user, "groups", None)
    if found is None:
        found = getattr(user, "roles", None) or ()
    return [str(getattr(one, "name", one)) for one in found]


@dataclass(frozen=True, slots=True)
class Reading:
    """How an Actor is read from a user object; what the host does not say is looked for in the usual places."""

    groups: Callable[[Any], Iterable[str]] | None = None
    name: Callable[[Any], str] | None = None
    kind: Callable[[Any], ActorKind | str] | None = None

    def actor(self, user: Any) -> Actor:
        """The actor this user is; `ANONYMOUS` for None and for a user who is not signed in."""
        if user is None or not getattr(user, "is_authenticated", True):
            return ANONYMOUS
        return Actor(
            id=user_id(user),
            name=(self.name or default_name)(user),
            groups=frozenset((self.groups or default_groups)(user)),
            kind=ActorKind(self.kind(user)) if self.kind else ActorKind.HUMAN,
        )
