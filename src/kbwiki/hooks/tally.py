"""What each hook of each plugin has done in this process: calls, time, failures; and when it has failed too often."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime

FORGIVES = 0.1
"""A good call makes up for so much of a failure: ten for one."""
MOST_HANGING = 4
"""So many calls of one plugin may hang at a time; then it is not asked until one of them ends."""


@dataclass(frozen=True, slots=True)
class Count:
    """Calls of one hook of one plugin since the process began; `seconds` is all the time spent in them."""

    plugin: str
    hook: str
    calls: int = 0
    failures: int = 0
    seconds: float = 0.0
    strikes: float = 0.0
    last_failure: str = ""
    last_failed_at: datetime | None = None


class Tally:
    """Counts of one process; threads may count at once."""

    def __init__(self, most_failures: int) -> None:
        self._most = most_failures
        self._counts: dict[tuple[str, str], Count] = {}
        self._lock = threading.Lock()

    def well(self, plugin: str, hook: str, seconds: float) -> None:
        """Count a call that gave what was asked for."""
        with self._lock:
            count = self._of(plugin, hook)
            self._counts[plugin, hook] = replace(
                count,
                calls=count.calls + 1,
                seconds=count.seconds + seconds,
                strikes=max(0.0, count.strikes - FORGIVES),
            )

    def failed(self, plugin: str, hook: str, seconds: float, said: str, now: datetime) -> bool:
        """Count a call that did not; whether it was one too many."""
        with self._lock:
            count = self._of(plugin, hook)
            count = replace(
                count,
                calls=count.calls + 1,
                failures=count.failures + 1,
                seconds=count.seconds + seconds,
                strikes=count.strikes + 1,
                last_failure=said[:2000],
                last_failed_at=now,
            )
            self._counts[plugin, hook] = count
            return count.strikes >= self._most

    def forgive(self, plugin: str, hook: str = "") -> None:
        """Begin anew with a hook of the plugin, or with all of them."""
        with self._lock:
            for key, count in self._counts.items():
                if key[0] == plugin and hook in ("", key[1]):
                    self._counts[key] = replace(count, strikes=0.0)

    def counts(self) -> tuple[Count, ...]:
        """Everything that was counted, by plugin and hook."""
        with self._lock:
            return tuple(self._counts[key] for key in sorted(self._counts))

    def _of(self, plugin: str, hook: str) -> Count:
        return self._counts.get((plugin, hook)) or Count(plugin, hook)
