"""Who is at the browser: adapters from what a host knows to an Actor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import NoInspectionAvailable

from ..actors import ANONYMOUS, Actor, ActorKind

CurrentActor = Callable[[], Actor]
"""Called once per request, inside it; gives back the actor, or `ANONYMOUS`."""


def nobody() -> Actor:
    """For hosts without sign-in: everybody is anonymous."""
    return ANONYMOUS


def flask_login_actor(
    *,
    groups: Callable[[Any], Iterable[str]] | None = None,
    name: Callable[[Any], str] | None = None,
    kind: Callable[[Any], ActorKind | str] | None = None,
) -> CurrentActor:
    """An adapter for Flask-Login.

    `groups(user)` gives the names of the user's groups (default: the names in `user.groups`, else in `user.roles`),
    `name(user)` what others see (default: `user.name`, else `user.username`, else the id), `kind(user)` whether it
    is a human or an agent. The id is the primary key of a mapped user, else `user.id`: never `get_id()`, which
    some extensions change at every sign-in.
    """

    def current() -> Actor:
        from flask_login import current_user

        user = current_user._get_current_object() if current_user else None
        if user is None or not user.is_authenticated:
            return ANONYMOUS
        return Actor(
            id=user_id(user),
            name=(name or default_name)(user),
            groups=frozenset((groups or default_groups)(user)),
            kind=ActorKind(kind(user)) if kind else ActorKind.HUMAN,
        )

    return current


def user_id(user: Any) -> str:
    """A user's id as text, stable for ever: the primary key where the user is a mapped object, else `id`."""
    try:
        key = inspect(user).identity
    except NoInspectionAvailable:
        key = None
    if key:
        return "/".join(str(part) for part in key)
    return str(user.id)


def default_name(user: Any) -> str:
    """What a user is called when the host does not say."""
    return str(getattr(user, "name", None) or getattr(user, "username", None) or user_id(user))


def default_groups(user: Any) -> list[str]:
    """The names in `user.groups`, else in `user.roles`; objects with a `name` count by it."""
    found = getattr(user, "groups", None)
    if found is None:
        found = getattr(user, "roles", None) or ()
    return [str(getattr(one, "name", one)) for one in found]
