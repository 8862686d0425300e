"""Who acts. kbwiki owns no users: the host says who is there, and an Actor is all it needs to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

EVERYONE = "everyone"
"""The group of all actors, signed in or not."""

SIGNED_IN = "signed-in"
"""The group of all actors the host knows by id."""

ADMINS = "admins"
"""The default name of the group that may read, write and set up every space."""


class ActorKind(StrEnum):
    """What sort of actor this is; moderation treats people, programs and kbwiki itself differently."""

    HUMAN = "human"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that reads and writes.

    `id` is the host's own, as text, and stable for ever (the primary key of the host's user, never a session id);
    `name` is what people see; `groups` are the host's groups by name. An empty id is somebody not signed in.
    """

    id: str
    name: str
    groups: frozenset[str] = field(default_factory=frozenset)
    kind: ActorKind = ActorKind.HUMAN

    def __post_init__(self) -> None:
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
