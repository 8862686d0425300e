"""How one wiki speaks: its languages, with the terms that hold now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from ..clock import time_zone
from ..settings import Settings
from ..wording import Wording
from ..wording.speech import Speech
from .queries import chosen_terms


class Voice(Speech):
    """The wiki's languages and terms. `with speaking(wiki.voice.now()): …` (`kbwiki.wording`) says texts in them."""

    def __init__(
        self, settings: Settings, read: Callable[[], AbstractContextManager[Connection]], wiki_id: Callable[[], int]
    ) -> None:
        super().__init__(settings.locales, settings.translations, settings.vocabulary, time_zone(settings.time_zone))
        self._read = read
        self._wiki_id = wiki_id

    def now(self, *wanted: str) -> Wording:
        """The first of the wanted languages that the wiki speaks (its usual one), with the terms that hold."""
        with self._read() as connection:
            return self.heard(connection, None, *wanted)

    def heard(self, connection: Connection, position: int | None, *wanted: str) -> Wording:
        """The same over a connection that is open; with the journal's `position` mostly without a query."""
        chosen = chosen_terms(connection, self._wiki_id(), position)
        return self.wording(self.chosen(wanted), chosen.vocabularies)
