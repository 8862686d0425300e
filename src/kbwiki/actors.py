"""Who acts. kbwiki owns no users: the host says who is there, and an Actor is all it needs to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

EVERYONE = "everyone"
"""The group of all actors, signed in or not."""

SIGNED_IN = "signed-in"
"""The group of all actors the host knows by id."""

ADMINS = "admins"
"""The default name of the group that may read, write and set up every space."""


LONGEST_ID = 255
"""How long an id may be, as text."""


def external_id(id: Any) -> str:
    """A host's id as text, whatever type it is of: a number, a UUID, a string, bytes, or a tuple of them (joined by /).

    The same id gives the same text for ever, and two ids never give one: parts of a tuple keep their slashes apart.
    None is nobody. Errors: ValueError for what cannot be an id, or for one longer than `LONGEST_ID`.
    """
    if type(id) is str:
        said = id
    elif id is None:
        said = ""
    elif isinstance(id, (tuple, list)):
        parts = [external_id(part) for part in id]
        said = parts[0] if len(parts) == 1 else "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)
    elif isinstance(id, (bytes, bytearray)):
        said = bytes(id).hex()
    elif isinstance(id, (bool, float, dict, set, frozenset)):
        raise ValueError(f"{id!r} is not an id: it must be a number, a UUID, a text, bytes, or a tuple of them.")
    else:
        said = str(id)
    if len(said) > LONGEST_ID or "\0" in said:
        raise ValueError(f"The id {said[:40]!r}… cannot be kept: at most {LONGEST_ID} characters, no NUL.")
    return said


class ActorKind(StrEnum):
    """What sort of actor this is; moderation treats people, programs and kbwiki itself differently."""

    HUMAN = "human"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that reads and writes.

    `id` is the host's own, and stable for ever (the primary key of the host's user, never a session id); of whatever
    type it is, it is kept as text (`external_id`).
    `name` is what people see; `groups` are the host's groups by name. An empty id is somebody not signed in.
    """

    id: str
    name: str
    groups: frozenset[str] = field(default_factory=frozenset)
    kind: ActorKind = ActorKind.HUMAN

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", external_id(self.id))
        object.__setattr__(self, "name", str(self.name))
        object.__setattr__(self, "kind", ActorKind(self.kind))
        object.__setattr__(self, "groups", frozenset(self.groups))

    @property
    def is_anonymous(self) -> bool:
        """True when the host does not know who this is."""
        return not self.id

    @property
    def effective_groups(self) -> frozenset[str]:
        """The host's groups and the two that need no member list: `everyone`, and `signed-in` for known actors.

        Those two names mean nothing when a host hands them in as its own, so an anonymous actor cannot
        become signed in by way of its groups.
        """
        own = self.groups - {EVERYONE, SIGNED_IN}
        return own | ({EVERYONE} if self.is_anonymous else {EVERYONE, SIGNED_IN})


ANONYMOUS = Actor(id="", name="Somebody not signed in")
SYSTEM = Actor(id="kbwiki:system", name="kbwiki", kind=ActorKind.SYSTEM)
