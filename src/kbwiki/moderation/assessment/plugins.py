"""Reasons that plugins and hosts add to the risk, each kept apart: what goes wrong costs that reason alone (P8).

Those of plugins go through the caller of plugins; those of the host are called by the same workers.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...hooks.checking import own_copy
from ...hooks.manager import Plugins
from ...hooks.marks import Asked
from ...hooks.reviewing import ReviewFacts
from ...hooks.workers import WORKERS, Pending
from ...wording import spoken
from ..risk import WEIGHTS, Reason

log = logging.getLogger("kbwiki.risk")

MOST_WEIGHT = 10.0
"""A reason of a plugin weighs from minus to plus so much."""
PATIENCE = 0.5
"""For so many seconds a reason of the host's is waited for."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")

RiskChange = ReviewFacts
"""What a reason is asked about: the same for hosts and plugins."""

RiskFunction = Callable[[RiskChange], float | None]


class PluginReasons:
    """The reasons that were added, in the order they came: first the host's, then those of the wiki's plugins."""

    def __init__(self, plugins: Callable[[], Plugins] | None = None) -> None:
        self._plugins = plugins
        self._asked: dict[str, _OfHost] = {}

    def of_wiki(self, plugins: Callable[[], Plugins] | None) -> PluginReasons:
        """The host's same reasons, for a wiki with plugins of its own."""
        other = PluginReasons(plugins)
        other._asked = self._asked
        return other

    @property
    def words(self) -> dict[str, str]:
        """What people read, by name."""
        return {name: one.words for name, one in self._asked.items()} | {
            name: reason.words for name, _, reason in self._declared()
        }

    def add(self, name: str, words: str, function: RiskFunction) -> None:
        """Ask `function` from now on. Errors: ValueError for a name that is taken or is none."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a reason: small letters, digits and hyphens, at most 40.")
        if name in WEIGHTS or name in self._asked:
            raise ValueError(f"There is a reason for risk named {name!r} already; please choose another name.")
        if not words.strip():
            raise ValueError(f"Please say in words what the reason {name!r} means: moderators read them.")
        self._asked[name] = _OfHost(name, words, function)

    def ask(self, change: RiskChange) -> tuple[Reason, ...]:
        """What each of them says about the change. Never raises, and never waits long."""
        said = [Reason(name, one.weigh(change)) for name, one in self._asked.items()]
        said += [Reason(name, self._weight(plugin, reason, change)) for name, plugin, reason in self._declared()]
        return tuple(reason for reason in said if reason.weight)

    def _declared(self) -> Iterator[tuple[str, str, Any]]:
        """Those of plugins: the name in the database, the plugin, and what it declared."""
        plugins = self._plugins() if self._plugins is not None else None
        if plugins is None or not plugins.uses("risk_reasons"):
            return
        for given in plugins.declared("risk_reasons"):
            yield f"{given.plugin}: {given.value.name}"[:100], given.plugin, given.value

    def _weight(self, plugin: str, reason: Any, change: RiskChange) -> float:
        assert self._plugins is not None
        weigh = partial(_weighed, reason.weigh)
        called = self._plugins().call(plugin, "risk_reasons", weigh, change, gives=float, asked=Asked.READING)
        return float(called.value or 0.0)


class _OfHost:
    """A function of the host's. While it hangs it is not asked again, and nobody waits for it."""

    def __init__(self, name: str, words: str, function: RiskFunction) -> None:
        self.words = words
        self._name = name
        self._function = function
        self._hanging: Pending | None = None

    def weigh(self, change: RiskChange) -> float:
        """What it weighs; 0 for none, and whenever something is wrong with it."""
        if self._hanging is not None and not self._hanging.is_done:
            return 0.0  # still busy with an earlier change, which is in the log
        pending = WORKERS.begin(partial(_weighed, self._function, own_copy(change)), spoken())
        outcome = pending.wait(time.monotonic() + PATIENCE)
        self._hanging = pending if outcome.hung else None
        if outcome.hung:
            log.error("The reason for risk %r took more than %s s; it counts nothing here.", self._name, PATIENCE)
        elif outcome.error is not None:
            log.error("The reason for risk %r raised; it counts nothing here.", self._name, exc_info=outcome.error)
        return outcome.value or 0.0


def _weighed(weigh: RiskFunction, change: RiskChange) -> float:
    """What a function gives, as a weight. Errors: ValueError for what is none."""
    answer: Any = weigh(change)
    if answer is None:
        return 0.0
    is_number = isinstance(answer, (int, float)) and not isinstance(answer, bool)
    if not is_number or not math.isfinite(answer) or abs(answer) > MOST_WEIGHT:
        raise ValueError(f"It gave {answer!r}, which is no number from -{MOST_WEIGHT:g} to {MOST_WEIGHT:g}.")
    return float(answer)
