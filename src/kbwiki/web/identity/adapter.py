"""The one thing kbwiki asks a host about people. `current` is enough; the rest makes more possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...actors import ANONYMOUS, Actor
from ...wording import N_
from ..host_functions import call

CurrentActor = Callable[[], Actor | None]
"""Called once per request, inside it; gives back the actor, or `ANONYMOUS`."""

GroupNames = Mapping[str, str | Iterable[str] | None]
"""The host's names of groups, each with what kbwiki calls it: one name, several, or None for none."""


class Identity:
    """Who is there, and who else there is. Subclass it and write `current`; the rest may stay as it is.

    kbwiki keeps no users: whatever it wants to know of one it asks here, each time. An adapter can be called, too,
    which is the same as `current`.
    """

    label = N_("an adapter of the host's own")
    """What `flask kbwiki check` calls it."""

    def current(self) -> Actor:
        """Who sent the present request. Called once for each, its stylesheets included."""
        return ANONYMOUS

    def find(self, id: str) -> Actor | None:
        """The actor of this id, with name and groups as they are now; None: there is none, or the host does not say."""
        return None

    def members(self, group: str) -> Iterable[Actor] | None:
        """Who is in a group; None: the host does not say (an empty list says that nobody is)."""
        return None

    def search(self, text: str, limit: int = 20) -> Iterable[Actor] | None:
        """People whose name or address has this text in it; None: the host does not say."""
        return None

    def sign_in(self, next_url: str) -> str | None:
        """The address of the host's sign-in page, from which people come back to `next_url`; None: there is none."""
        return None

    def __call__(self) -> Actor:
        """The same as `current`."""
        return self.current()


def _known(found: Any) -> Actor:
    """Errors: TypeError where a host's function gave back something else than an actor, such as its own user."""
    if not found:
        return ANONYMOUS
    if not isinstance(found, Actor):
        raise TypeError(f"Who is there is said by an Actor (or None); the function of actor= gave back {found!r}.")
    return found


class FromCallable(Identity):
    """A plain function of the host's, which knows who is there and nothing else."""

    label = N_("a function of the host's")

    def __init__(self, function: CurrentActor) -> None:
        self._function = function

    def current(self) -> Actor:
        """What the function gives back, which may be asynchronous as views may be; None is nobody."""
        return _known(call(self._function))


class Nobody(Identity):
    """For hosts without sign-in: everybody is anonymous."""

    label = N_("none: everybody is anonymous")


class WithParts(Identity):
    """An object of the host's that has `current`, and of the rest what it has."""

    def __init__(self, parts: Any) -> None:
        self._parts = parts

    def current(self) -> Actor:
        """What its `current` gives back; None is nobody."""
        return _known(call(self._parts.current))

    def find(self, id: str) -> Actor | None:
        """What its `find` gives back, where it has one."""
        return self._asked("find", id)  # type: ignore[no-any-return]

    def members(self, group: str) -> Iterable[Actor] | None:
        """What its `members` gives back, where it has one."""
        return self._asked("members", group)  # type: ignore[no-any-return]

    def search(self, text: str, limit: int = 20) -> Iterable[Actor] | None:
        """What its `search` gives back, where it has one."""
        return self._asked("search", text, limit)  # type: ignore[no-any-return]

    def sign_in(self, next_url: str) -> str | None:
        """What its `sign_in` gives back, where it has one."""
        return self._asked("sign_in", next_url)  # type: ignore[no-any-return]

    def _asked(self, part: str, *arguments: Any) -> Any:
        function = getattr(self._parts, part, None)
        return function(*arguments) if function is not None else None


class Renamed(Identity):
    """Another adapter, with the host's names of groups in place of which kbwiki's own stand."""

    def __init__(self, inner: Identity, names: GroupNames) -> None:
        self.inner = inner
        self._ours = {name: _each(ours) for name, ours in names.items()}

    @property
    def label(self) -> str:  # type: ignore[override]
        """What the other is called."""
        return self.inner.label

    def current(self) -> Actor:
        """Who is there, in groups by kbwiki's names."""
        return self._renamed(self.inner.current())

    def find(self, id: str) -> Actor | None:
        """The actor of this id, in groups by kbwiki's names."""
        found = self.inner.find(id)
        return found and self._renamed(found)

    def members(self, group: str) -> Iterable[Actor] | None:
        """Who is in any group of the host's that this is kbwiki's name of."""
        theirs = [name for name, ours in self._ours.items() if group in ours]
        theirs += [group] if group not in self._ours else []
        said = [self.inner.members(name) for name in theirs]
        if not said or any(members is None for members in said):
            return None if any(members is None for members in said) else []
        return list({one.id: self._renamed(one) for members in said for one in members or ()}.values())

    def search(self, text: str, limit: int = 20) -> Iterable[Actor] | None:
        """As the other one, in groups by kbwiki's names."""
        found = self.inner.search(text, limit)
        return None if found is None else [self._renamed(one) for one in found]

    def sign_in(self, next_url: str) -> str | None:
        """As the other one."""
        return self.inner.sign_in(next_url)

    def _renamed(self, actor: Actor) -> Actor:
        if actor.groups.isdisjoint(self._ours):
            return actor
        groups = frozenset(ours for name in actor.groups for ours in self._ours.get(name, (name,)))
        return replace(actor, groups=groups)


def _each(ours: str | Iterable[str] | None) -> tuple[str, ...]:
    if ours is None:
        return ()
    return (ours,) if isinstance(ours, str) else tuple(ours)


def adapted(given: Any) -> Identity:
    """Whatever a host hands over, as an adapter: an `Identity`, an object with `current`, or a plain function.

    Errors: TypeError for anything else.
    """
    if isinstance(given, Identity):
        return given
    if callable(getattr(given, "current", None)):
        return WithParts(given)
    if callable(given):
        return FromCallable(given)
    raise TypeError(f"actor= must be a function that gives an Actor, or an object with current(); it is {given!r}.")
