"""The host's screens, as its own table of routes tells them. Nothing here knows the framework that has the table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol

from ..settings import Settings
from .policy import ANY, Binding, covers


class Rule(Protocol):
    """A route, as far as it is read here."""

    endpoint: str
    rule: str
    methods: Any
    arguments: set[str]


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of the host: its endpoint, its addresses, what stands in them, and whether one can go there (GET)."""

    endpoint: str
    rules: tuple[str, ...]
    args: frozenset[str]
    is_visited: bool

    @property
    def blueprint(self) -> str:
        """What its endpoint begins with, '' for none."""
        return self.endpoint.rpartition(".")[0]


def screens_of(rules: Iterable[Rule], ours: Collection[str], settings: Settings) -> tuple[Screen, ...]:
    """Every screen of the host by its endpoint: without ours (blueprints by name), without files, without those that
    need no help (`help_ignore`), and with those that only its script knows (`help_screens`)."""
    found: dict[str, list[Rule]] = {}
    for one in rules:
        if not _is_left_out(one.endpoint, ours, settings):
            found.setdefault(one.endpoint, []).append(one)
    known = {name: _screen(name, routes) for name, routes in found.items()}
    for name in settings.help_screens:
        known.setdefault(name, Screen(name, (), frozenset(), True))
    return tuple(known[name] for name in sorted(known))


def _is_left_out(endpoint: str, ours: Collection[str], settings: Settings) -> bool:
    if endpoint == "static" or endpoint.endswith(".static") or endpoint.partition(".")[0] in ours:
        return True
    return any(fnmatchcase(endpoint, pattern) for pattern in settings.help_ignore)


def _screen(endpoint: str, routes: list[Rule]) -> Screen:
    args = frozenset(name for one in routes for name in one.arguments)
    visited = any("GET" in (one.methods or ("GET",)) for one in routes)
    return Screen(endpoint, tuple(dict.fromkeys(one.rule for one in routes)), args, visited)


def choices_of(screens: Iterable[Screen], find: str = "") -> list[tuple[str, str]]:
    """What a page can be bound to, each with its address: blueprints, then screens; those that have `find` in them.

    What only takes forms (no GET) is no screen on which anybody could ask for help.
    """
    known = tuple(one for one in screens if one.is_visited)
    blueprints = sorted({one.blueprint for one in known if one.blueprint})
    every = [(f"{name}.*", "") for name in blueprints]
    every += [(one.endpoint, ", ".join(one.rules)) for one in known]
    sought = find.strip().casefold()
    return [one for one in every if sought in f"{one[0]} {one[1]}".casefold()]


def is_broken(binding: Binding, screens: Collection[Screen]) -> bool:
    """Whether the binding names a screen that is not there (any more), or an argument that its address has not."""
    if binding.endpoint == ANY:
        return False
    meant = [one for one in screens if covers(binding.endpoint, one.endpoint)]
    names = {name for name, _ in binding.args}
    return not any(names <= one.args or not one.rules for one in meant)


def screens_of_app(app: Any, settings: Settings) -> tuple[Screen, ...]:
    """The screens of a host app, with every wiki in it left out."""
    ours = {mount.blueprint_name for mount in app.extensions.get("kbwiki", {}).values()}
    return screens_of(app.url_map.iter_rules(), ours, settings)
