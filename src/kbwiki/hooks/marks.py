"""How a hook is declared and implemented: pluggy's markers, and what kbwiki knows of each hook besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import pluggy

PROJECT = "kbwiki"

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a method of a plugin as its answer to the hook of the same name: `@hookimpl`."""

_hookspec = pluggy.HookspecMarker(PROJECT)
_F = TypeVar("_F", bound=Callable[..., Any])


class Asked(StrEnum):
    """When a hook is asked, which settles how long its answer is waited for."""

    ONCE = "once"
    """When the plugin is first needed: declarations. Waited for like reading."""
    READING = "reading"
    """While somebody waits for a page: KBWIKI_HOOK_SECONDS."""
    WRITING = "writing"
    """While somebody waits for an answer to what they write, before anything is locked: KBWIKI_HOOK_SECONDS."""
    WORKING = "working"
    """By `flask kbwiki work`, while nobody waits: KBWIKI_HOOK_WORK_SECONDS."""


@dataclass(frozen=True, slots=True)
class HookFacts:
    """What kbwiki knows of a hook: the type of each thing it may give, when it is asked, and its history.

    `version` goes up when an argument is added, which breaks nobody. `deprecated` says since when and what to use
    instead; the hook then works for two more minor releases. What is declared `in_words` has words that people read: it
    is asked for once in each language and vocabulary.
    """

    name: str
    gives: type | tuple[type, ...]
    asked: Asked
    since: str
    version: int = 1
    deprecated: str = ""
    in_words: bool = False


FACTS: dict[str, HookFacts] = {}
"""Every hook by name, in the order of `specs.py`."""


def hook(
    *,
    gives: type | tuple[type, ...],
    asked: Asked = Asked.ONCE,
    since: str = "0.1",
    version: int = 1,
    deprecated: str = "",
    in_words: bool = False,
) -> Callable[[_F], _F]:
    """Declare a hook. Its function's arguments are what an implementation may take; its docstring is the promise."""

    def declared(function: _F) -> _F:
        name = function.__name__
        FACTS[name] = HookFacts(name, gives, asked, since, version, deprecated, in_words)
        return _hookspec(function)

    return declared
