"""A plugin with a door, which some may open."""

from __future__ import annotations

from collections.abc import Iterable

from kbwiki.hooks import Asking, Json, Plugin, RouteTo, hookimpl


class Door(Plugin):
    """Two routes: one for whoever reads, one for a group."""

    name = "open"
    static = "static"

    @hookimpl
    def routes(self) -> Iterable[RouteTo]:
        """The hall, and the door in it."""
        yield RouteTo("/", self.answer, "hall", methods=("GET", "POST"))
        yield RouteTo("/door", self.answer, "door", methods=("GET", "POST"), groups=("alpha",))

    def answer(self, asking: Asking) -> Json:
        """Says how it was asked."""
        return Json([asking.method, asking.actor.id])
