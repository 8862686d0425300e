"""The host's people and those whom plugins' directories know, as one. Each directory is asked apart (P8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...actors import Actor
from ...hooks.manager import Plugins
from ...hooks.marks import Asked
from .adapter import Identity


class WithDirectories(Identity):
    """Another adapter, and behind it the directories of plugins; who is there the host alone says."""

    def __init__(self, inner: Identity, plugins: Callable[[], Plugins]) -> None:
        self.inner = inner
        self._plugins = plugins

    @property
    def label(self) -> str:  # type: ignore[override]
        """What the other is called."""
        return self.inner.label

    def current(self) -> Actor:
        """Whom the host says."""
        return self.inner.current()

    def find(self, id: str) -> Actor | None:
        """Whom the host knows by this id, else the first directory that does."""
        found = self.inner.find(id)
        return found or next((one for one in self._ask("find", id, gives=Actor | None) if one is not None), None)

    def members(self, group: str) -> Iterable[Actor] | None:
        """Whom the host says, and whom the directories say, each once; None when nobody says anything."""
        return self._joined(self.inner.members(group), self._ask("members", group, gives=Sequence[Actor]))

    def search(self, text: str, limit: int = 20) -> Iterable[Actor] | None:
        """Whom the host finds, then whom the directories find."""
        found = self._joined(self.inner.search(text, limit), self._ask("search", text, gives=Sequence[Actor]))
        return found if found is None else found[:limit]

    def sign_in(self, next_url: str) -> str | None:
        """As the host says."""
        return self.inner.sign_in(next_url)

    def _ask(self, part: str, words: str, *, gives: Any) -> list[Any]:
        """What each directory gives; those that fail give nothing."""
        plugins = self._plugins()
        given = []
        for one in plugins.declared("directories"):
            function = getattr(one.value, part)
            called = plugins.call(one.plugin, "directories", function, words, gives=gives, asked=Asked.READING)
            given += [] if called.problem else [called.value]
        return given

    @staticmethod
    def _joined(own: Iterable[Actor] | None, others: list[Sequence[Actor]]) -> list[Actor] | None:
        if own is None and not others:
            return None
        found = [*(own or ()), *(actor for one in others for actor in one)]
        return list({actor.id: actor for actor in reversed(found)}.values())[::-1]
