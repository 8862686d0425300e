"""Extensions of the parser: reading a text with them is one call of a plugin, apart, and without any lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..holding import is_writing
from ..hooks.manager import Given, Plugins
from ..hooks.marks import Asked
from ..markup import Document, Syntax
from ..markup.extended import reader_with

HOOK = "markdown_extensions"


@dataclass(frozen=True, slots=True)
class _Failed:
    """What reading with the extensions of several plugins raised: it is not said yet whose fault it is."""


def extended_reader(
    plugins: Plugins, syntax: Syntax, extensions: tuple[Given[Any], ...]
) -> Callable[[str], Document | None]:
    """Reads a text with all these extensions, and gives None where that fails: then it is read without any.

    The plugin whose extension fails is found by reading with each plugin's alone, and it alone is blamed.
    """
    owners = tuple(dict.fromkeys(one.plugin for one in extensions))
    of_owner = {owner: tuple(one.value for one in extensions if one.plugin == owner) for owner in owners}
    reading = _Reading(syntax, tuple(one.value for one in extensions))
    alone = {owner: _Reading(syntax, of_owner[owner]) for owner in owners}

    def read(text: str) -> Document | None:
        if is_writing():
            return None
        if len(owners) == 1:
            return _document(plugins, owners[0], reading, text)
        found = plugins.call(owners[0], HOOK, reading.or_failed, text, gives=object, asked=Asked.READING).value
        if isinstance(found, _Failed):
            for owner in owners:
                _document(plugins, owner, alone[owner], text)
        return found if type(found) is Document else None

    return read


def _document(plugins: Plugins, owner: str, reading: _Reading, text: str) -> Document | None:
    found = plugins.call(owner, HOOK, reading, text, gives=object, asked=Asked.READING).value
    return found if type(found) is Document else None


class _Reading:
    """A parser with some extensions. It is made where they run, too: an extension may fail, or hang, at once."""

    def __init__(self, syntax: Syntax, extensions: tuple[Any, ...]) -> None:
        self._syntax, self._extensions = syntax, extensions
        self._read: Callable[[str], Document] | None = None

    def __call__(self, text: str) -> Document:
        read = self._read
        if read is None:
            read = self._read = reader_with(self._syntax, self._extensions)
        return read(text)

    def or_failed(self, text: str) -> Document | _Failed:
        """What it makes of the text, or that it failed."""
        try:
            return self(text)
        except Exception:
            return _Failed()
