"""Hosts with Flask-Principal, or with roles in its style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g

from ...actors import ANONYMOUS, Actor
from .adapter import Identity


class Principal(Identity):
    """Reads `g.identity`: its id, and the roles among the needs that it provides."""

    label = "Flask-Principal"

    def __init__(self, name: Callable[[Any], str] | None, find: Callable[[str], Actor | None] | None) -> None:
        self._name = name
        self._find = find

    def current(self) -> Actor:
        """Whose identity was set for this request."""
        identity = getattr(g, "identity", None)
        if identity is None or identity.id is None:
            return ANONYMOUS
        roles = frozenset(str(need[1]) for need in identity.provides if len(need) == 2 and need[0] == "role")
        return Actor(identity.id, self._name(identity) if self._name else str(identity.id), roles)

    def find(self, id: str) -> Actor | None:
        """What the host's function says."""
        return self._find(id) if self._find else None


def principal_actor(
    *, name: Callable[[Any], str] | None = None, find: Callable[[str], Actor | None] | None = None
) -> Principal:
    """An adapter for Flask-Principal: each `RoleNeed` that an identity provides is a group.

    `name(identity)` is what others see (default: the id), `find(id)` gives back the actor of an id. The id is
    `identity.id`, so hand a primary key to `Identity(…)` and not what `get_id()` says.
    """
    return Principal(name, find)
