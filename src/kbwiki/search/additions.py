"""What plugins add to search: words under which pages are found, and operators that can be asked for.

A plugin that fails costs what it would have added: the page is indexed without it, the question is answered without it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from ..actors import Actor
from ..hooks.finding import PageText, QueryOperator
from ..hooks.manager import Given, Plugins
from ..hooks.marks import Asked
from .documents import Document
from .query import Chosen, parse_query

log = logging.getLogger("kbwiki.search")

LONGEST_WORDS = 20_000
"""Characters of one field of one page that are taken in."""

GREATEST_BOOST = 10.0

MOST_OPERATED = 5
"""Operators of one question that are looked up."""

_NAME = re.compile("[a-z]{2,20}")
_OUR_OWN = frozenset({"title", "tag", "in", "by", "is", "changed"})
_MOST_IDS = 2**53

Operated = Mapping[tuple[str, str], frozenset[int] | None]
"""What was found for each operator with its value; None where the plugin failed."""


class Additions:
    """What the plugins of one wiki add to its search. `plugins` are asked for when they are first needed."""

    def __init__(self, plugins: Callable[[], Plugins | None]) -> None:
        self._plugins = plugins

    @property
    def adds_words(self) -> bool:
        """Whether any plugin adds words to pages."""
        plugins = self._plugins()
        return plugins is not None and plugins.uses("search_fields")

    def added_by(self) -> tuple[str, ...]:
        """The plugins, with their versions, that add words: an index made without them is out of date."""
        plugins = self._plugins()
        if plugins is None or not plugins.uses("search_fields"):
            return ()
        named = (one for one in plugins.loaded if "search_fields" in one.hooks)
        return tuple(sorted(f"{one.name}={one.plugin.version}" for one in named))

    def with_words(self, page: Document, text: str) -> Document:
        """The page with the words that plugins add to it; `text` is what was written on it."""
        plugins = self._plugins()
        if plugins is None:
            return page
        told = PageText(page.id, page.path, page.title, text, page.body)
        more = []
        for given in plugins.declared("search_fields"):
            words = plugins.call(
                given.plugin, "search_fields", given.value.words, told, gives=str, asked=Asked.READING
            ).value
            if words:
                more.append((words[:LONGEST_WORDS], min(max(float(given.value.boost), 0.1), GREATEST_BOOST)))
        return replace(page, more=tuple(more)) if more else page

    def operators(self) -> Mapping[str, Given[QueryOperator]]:
        """The operators there are, by name: letters only, none of ours, the first plugin's of each name."""
        plugins = self._plugins()
        found: dict[str, Given[QueryOperator]] = {}
        for given in plugins.declared("query_operators") if plugins is not None else ():
            name = given.value.name
            if _NAME.fullmatch(name) and name not in _OUR_OWN:
                found.setdefault(name, given)
            else:
                _warn(given.plugin, name)
        return found

    def operated(self, text: str, actor: Actor, languages: tuple[str, ...]) -> tuple[Collection[str], Operated]:
        """The names of the operators there are, and what those in the question find.

        Asked before the question is read in earnest, while no connection is held.
        """
        plugins = self._plugins()
        if plugins is None or not plugins.uses("query_operators") or not (operators := self.operators()):
            return (), {}
        asked: dict[tuple[str, str], None] = {}

        def note(name: str, value: str, _quoted: bool) -> Chosen:
            if name in operators:
                asked[name, value] = None
            return Chosen(None)

        parse_query(text, languages, note, operators)
        wanted = list(asked)[:MOST_OPERATED]
        return tuple(operators), {key: self._found(plugins, operators[key[0]], key[1], actor) for key in wanted}

    def _found(
        self, plugins: Plugins, operator: Given[QueryOperator], value: str, actor: Actor
    ) -> frozenset[int] | None:
        found = plugins.call(
            operator.plugin,
            "query_operators",
            operator.value.find,
            value,
            actor,
            gives=Collection[int],
            asked=Asked.READING,
        ).value
        return None if found is None else frozenset(one for one in found if 0 < one < _MOST_IDS)


@lru_cache(maxsize=1_000)
def _warn(plugin: str, name: str) -> None:
    """Once is enough: this is looked at with every question."""
    log.warning("The plugin %s cannot add the operator %r: it is taken, or not 2 to 20 small letters.", plugin, name)


NOTHING_ADDED = Additions(lambda: None)
