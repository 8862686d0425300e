"""Durable subscriptions: plugins follow the journal by sealed position, in order, and miss nothing.

A batch is read while nothing is locked and handed over through the caller of plugins; then the cursor moves, by a
conditional update. When that does not happen (the plugin raises or hangs, the process dies) the batch comes again. Of
all processes one has the turn (`hooks.turns`), so nothing is handed out twice at a time. A plugin that is switched off
keeps its cursor, and goes on there.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..hooks.fact_models import SubscriptionRow
from ..hooks.reviewing import Consumer, Fact
from ..hooks.turns import Turns
from ..wording import speaking
from .channels import Channelled
from .following import Deciding, Following, Lag
from .further_reviews import Routed

if TYPE_CHECKING:
    from ..wiki import Wiki

log = logging.getLogger("kbwiki.plugins")

HOOKS = ("consumers", "on_decision", "route_change", "channels")
"""The hooks whose plugins are told of facts in order."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
"""What a consumer or channel may be called; the names kbwiki itself gives have an underscore."""


class Subscriptions:
    """Every subscription of one wiki's plugins."""

    def __init__(self, wiki: Wiki) -> None:
        settings = wiki.settings
        self._wiki = wiki
        self._turns = Turns(
            wiki.database, lambda: wiki.id, wiki.clock, patience=settings.hook_work_seconds, most=settings.hook_failures
        )

    def catch_up(self, seconds: float | None = None) -> int:
        """Hand out what there is, turn by turn, so that nobody waits for somebody else's backlog; how much went on.

        With `seconds` nothing new is begun after so long. Errors: Busy when the database stays locked.
        """
        plugins = self._wiki.plugins
        if not any(plugins.uses(hook) for hook in HOOKS):
            return 0
        ends = None if seconds is None else time.monotonic() + seconds
        self._wiki.seal()
        done, waiting = 0, list(self.all())
        while waiting and (ends is None or time.monotonic() < ends):
            steps = [(one, self._step(one)) for one in waiting]
            done += sum(step for _, step in steps)
            waiting = [one for one, step in steps if step]
        return done

    def all(self) -> Iterator[Following]:
        """Those of plugins that are there now, switched off or not."""
        plugins = self._wiki.plugins
        for given in plugins.declared("consumers"):
            if _is_named(given.plugin, given.value.name):
                yield Following(self._wiki, self._turns, given.plugin, given.value)
        for name in plugins.who_uses("on_decision"):
            yield Deciding(self._wiki, self._turns, name, Consumer("on_decision", _nothing, kinds=("decide",)))
        for name in plugins.who_uses("route_change"):
            yield Routed(self._wiki, self._turns, name, Consumer("route_change", _nothing, most=1))
        for given in plugins.declared("channels"):
            if _is_named(given.plugin, given.value.name):
                yield Channelled(self._wiki, self._turns, given.plugin, given.value)

    def lags(self) -> list[Lag]:
        """How each of them stands; those of plugins that are off, too, as far as they have been told anything."""
        if not any(self._wiki.plugins.uses(hook) for hook in HOOKS):
            return []
        followers = [*self.all(), *self._of_those_off()]
        with self._wiki.read() as connection:
            return [one.lag(connection) for one in followers]

    def _of_those_off(self) -> Iterator[Following]:
        """What plugins had declared that are not asked now: all that is known of it is its row."""
        plugins, known = self._wiki.plugins, {one.name for one in self.all()}
        with self._wiki.read() as connection:
            rows = connection.execute(select(SubscriptionRow.name).where(SubscriptionRow.wiki_id == self._wiki.id))
            names = sorted(set(rows.scalars()) - known)
        for plugin, _, name in (name.removeprefix("x:").partition(":") for name in names):
            if plugin in plugins.who_uses("consumers") and plugins.switches.is_off(plugin, "consumers"):
                yield Following(self._wiki, self._turns, plugin, Consumer(name, _nothing))

    def _step(self, one: Following) -> int:
        plugins = self._wiki.plugins
        plugins.switches.look()
        if plugins.switches.is_off(one.plugin, one.hook) or not one.has_to_read():
            return 0
        token = self._turns.take(one.name)
        if token is None:
            return 0
        with speaking(self._wiki.voice.now()):
            return one.step(token)


def _is_named(plugin: str, name: str) -> bool:
    if _NAME.fullmatch(name):
        return True
    log.error("The plugin %s names something %r, which is no name: small letters, digits and hyphens.", plugin, name)
    return False


def _nothing(facts: Sequence[Fact]) -> None:
    """For subscriptions that are asked otherwise."""
