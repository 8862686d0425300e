"""Whose tables are behind: a plugin is not asked before its tables are what it works with, and the wiki goes on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from ..database import Database
from ..errors import KBWikiError
from ..wording import N_
from .loading import Refusal
from .plugin import Plugin
from .tables import Stand, WrongTables, bring_up_to_date, stand

log = logging.getLogger("kbwiki.plugins")

LOOKS_EVERY = 5.0
"""Seconds after which it is looked again whether tables that were behind have been brought up to date."""

BEHIND = N_("The tables of the plugin {plugin} are not up to date. Run: flask kbwiki plugins upgrade {plugin}")
WRONG = N_("The tables of the plugin {plugin} cannot be used: {error}. Tell its authors.")
FAILED = N_("The tables of the plugin {plugin} could not be brought up to date: {error}. Nothing of them was changed.")


class OwnTables:
    """The tables of a wiki's plugins. Without any that has tables, nothing is ever asked."""

    def __init__(self, database: Database, kinds: Iterable[type[Plugin]]) -> None:
        self._database = database
        self.kinds = tuple(kind for kind in kinds if kind.tables is not None)
        self._behind: dict[str, Refusal] = {}
        self._failed: dict[str, Refusal] = {}
        self._looked = float("-inf")
        self._is_settled = not self.kinds
        self._lock = threading.Lock()

    def behind(self) -> Mapping[str, Refusal]:
        """The plugins whose tables are not those they work with, and what to do; asked for once all are."""
        if self._is_settled or time.monotonic() - self._looked < LOOKS_EVERY:
            return self._behind
        with self._lock:
            self._look()
        return self._behind

    def look_again(self) -> None:
        """Forget how they stood."""
        self._is_settled, self._looked = not self.kinds, float("-inf")

    def stands(self) -> list[Stand]:
        """How the tables of each plugin stand. Errors: WrongTables."""
        with self._database.read() as connection:
            return [stand(connection, kind) for kind in self.kinds]

    def upgrade(self, plugin: str = "") -> dict[str, Refusal | None]:
        """Bring the tables of one plugin, or of all, up to date; for each that was behind None, or what went wrong."""
        done: dict[str, Refusal | None] = {}
        for kind in self.kinds:
            if plugin in ("", kind.name):
                try:
                    if bring_up_to_date(self._database.engine, kind):
                        done[kind.name] = None
                except WrongTables as error:
                    done[kind.name] = Refusal(kind.name, WRONG, {"plugin": kind.name, "error": str(error)})
                except Exception as error:  # whatever a migration raises: the other plugins' are run all the same
                    log.exception("The tables of the plugin %s could not be brought up to date.", kind.name)
                    facts = {"plugin": kind.name, "error": f"{type(error).__name__}: {error}"[:500]}
                    done[kind.name] = Refusal(kind.name, FAILED, facts)
        self._failed = {name: why for name, why in done.items() if why is not None}
        self.look_again()
        return done

    def _look(self) -> None:
        if self._is_settled:
            return
        behind: dict[str, Refusal] = {}
        try:
            with self._database.read() as connection:
                for kind in self.kinds:
                    try:
                        if not stand(connection, kind).is_current:
                            usual = Refusal(kind.name, BEHIND, {"plugin": kind.name})
                            behind[kind.name] = self._failed.get(kind.name, usual)
                    except WrongTables as error:
                        behind[kind.name] = Refusal(kind.name, WRONG, {"plugin": kind.name, "error": str(error)})
        except (KBWikiError, SQLAlchemyError):
            behind = {kind.name: Refusal(kind.name, BEHIND, {"plugin": kind.name}) for kind in self.kinds}
        for name in behind.keys() - self._behind.keys():
            log.error("The plugin %s is left out: %s", name, behind[name].text.format_map(behind[name].params))
        self._behind, self._looked = behind, time.monotonic()
        self._is_settled = not behind
