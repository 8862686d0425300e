"""Which plugins and hooks are off, in every process: rows in the database, looked at every few seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import SQLAlchemyError

from ..clock import Clock
from ..database import Database
from ..db import insert_or_ignore
from ..errors import KBWikiError
from .models import PluginSwitch

log = logging.getLogger("kbwiki.plugins")

LOOKS_EVERY = 5.0
"""Seconds after which another process notices what was switched here."""

_OFF = select(PluginSwitch.plugin, PluginSwitch.hook, PluginSwitch.off_at, PluginSwitch.by, PluginSwitch.why).where(
    PluginSwitch.wiki_id == bindparam("wiki_id")
)


@dataclass(frozen=True, slots=True)
class Off:
    """A plugin that is off, or one hook of it; `by` is '' where kbwiki did it after failures."""

    plugin: str
    hook: str
    off_at: datetime
    by: str
    why: str


class Switches:
    """The switches of one wiki. Asking never raises and seldom touches the database."""

    def __init__(self, database: Database, wiki_id: Callable[[], int], clock: Clock) -> None:
        self._database, self._wiki_id, self._clock = database, wiki_id, clock
        self._off: dict[tuple[str, str], Off] = {}
        self._unsaved: dict[tuple[str, str], Off] = {}
        self._looked = float("-inf")
        self._lock = threading.Lock()

    def is_off(self, plugin: str, hook: str) -> bool:
        """Whether the hook of the plugin, or all of it, is off."""
        return (plugin, hook) in self._off or (plugin, "") in self._off

    def off(self) -> tuple[Off, ...]:
        """Everything that is off, as far as is known here."""
        return tuple(self._off[key] for key in sorted(self._off))

    def look(self, *, now: bool = False) -> None:
        """Notice what was switched elsewhere, unless that was looked at a moment ago."""
        if not now and time.monotonic() - self._looked < LOOKS_EVERY:
            return
        with self._lock:
            if not now and time.monotonic() - self._looked < LOOKS_EVERY:
                return
            self._looked = time.monotonic()
            try:
                self._save_unsaved()
                with self._database.read() as connection:
                    rows = connection.execute(_OFF, {"wiki_id": self._wiki_id()}).all()
            except (KBWikiError, SQLAlchemyError):
                return  # tables that are not there yet, a database that is busy: nothing is known to be off
            self._off = {(row.plugin, row.hook): Off(*row) for row in rows} | self._unsaved

    def turn_off(self, plugin: str, hook: str, *, why: str, by: str = "") -> None:
        """Switch off a hook of the plugin, or with '' all of it: here at once, elsewhere within seconds."""
        row = Off(plugin, hook, self._clock(), by, why[:2000])
        with self._lock:
            self._off = self._off | {(plugin, hook): row}
            self._unsaved[plugin, hook] = row
            try:
                self._save_unsaved()
            except (KBWikiError, SQLAlchemyError):
                log.warning("That %s is off could not be written down yet; it will be.", plugin, exc_info=True)

    def turn_on(self, plugin: str, hook: str) -> None:
        """Switch on what was off. Errors: Busy when the database stays locked."""
        with self._lock:
            self._unsaved.pop((plugin, hook), None)
            with self._database.write() as connection:
                connection.execute(
                    delete(PluginSwitch).where(
                        PluginSwitch.wiki_id == self._wiki_id(),
                        PluginSwitch.plugin == plugin,
                        PluginSwitch.hook == hook,
                    )
                )
            self._off = {key: row for key, row in self._off.items() if key != (plugin, hook)}

    def _save_unsaved(self) -> None:
        if not self._unsaved:
            return
        wiki_id = self._wiki_id()
        with self._database.write_if_free() as connection:
            if connection is None:
                return
            for row in self._unsaved.values():
                values = {"plugin": row.plugin, "hook": row.hook, "off_at": row.off_at, "by": row.by, "why": row.why}
                connection.execute(insert_or_ignore(connection, PluginSwitch), {"wiki_id": wiki_id, **values})
        self._unsaved = {}
