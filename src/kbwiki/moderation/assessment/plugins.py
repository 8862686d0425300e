"""Reasons that plugins and hosts add to the risk, each kept apart: what goes wrong costs that reason alone (P8)."""

from __future__ import annotations

import logging
import math
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..risk import WEIGHTS, Reason

log = logging.getLogger("kbwiki.risk")

MOST_WEIGHT = 10.0
"""A reason of a plugin weighs from minus to plus so much."""
PATIENCE = 0.5
"""For so many seconds a reason is waited for."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class RiskChange:
    """What a reason is asked about: a group's review of a subject, with the texts before and after its range.

    `path` is '' for what has no address; `authors` are the host's ids of those who are not hidden; `before` and `after`
    are None where a part of the range is hidden.
    """

    group: str
    subject_kind: str
    subject_id: int
    path: str
    title: str
    authors: tuple[str, ...]
    before: str | None
    after: str | None


RiskFunction = Callable[[RiskChange], float | None]


@dataclass
class PluginReasons:
    """The reasons that were added, in the order they came."""

    _asked: dict[str, _Apart] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """What people read, by name."""
        return {name: one.words for name, one in self._asked.items()}

    def add(self, name: str, words: str, function: RiskFunction) -> None:
        """Ask `function` from now on. Errors: ValueError for a name that is taken or is none."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a reason: small letters, digits and hyphens, at most 40.")
        if name in WEIGHTS or name in self._asked:
            raise ValueError(f"There is a reason for risk named {name!r} already; please choose another name.")
        if not words.strip():
            raise ValueError(f"Please say in words what the reason {name!r} means: moderators read them.")
        self._asked[name] = _Apart(name, words, function)

    def ask(self, change: RiskChange) -> tuple[Reason, ...]:
        """What each of them says about the change. Never raises, and never waits long."""
        said = (Reason(name, one.weigh(change)) for name, one in self._asked.items())
        return tuple(reason for reason in said if reason.weight)


class _Apart:
    """One function in a thread of its own. While it hangs it is not asked again, and nobody waits for it."""

    def __init__(self, name: str, words: str, function: RiskFunction) -> None:
        self.words = words
        self._name = name
        self._function = function
        self._free = threading.Lock()

    def weigh(self, change: RiskChange) -> float:
        """What it weighs; 0 for none, and whenever something is wrong with it."""
        if not self._free.acquire(blocking=False):
            return 0.0  # still busy with an earlier change, which is in the log
        answers: list[Any] = []
        thread = threading.Thread(
            target=self._run, args=(change, answers), name=f"kbwiki-risk-{self._name}", daemon=True
        )
        thread.start()
        thread.join(PATIENCE)
        if thread.is_alive():
            log.error("The reason for risk %r took more than %s s; it counts nothing here.", self._name, PATIENCE)
            return 0.0
        return self._checked(answers[0]) if answers else 0.0

    def _run(self, change: RiskChange, answers: list[Any]) -> None:
        try:
            answers.append(self._function(change))
        except Exception:
            log.exception("The reason for risk %r raised; it counts nothing here.", self._name)
        finally:
            self._free.release()

    def _checked(self, answer: Any) -> float:
        if answer is None:
            return 0.0
        is_number = isinstance(answer, (int, float)) and not isinstance(answer, bool)
        if not is_number or not math.isfinite(answer) or abs(answer) > MOST_WEIGHT:
            log.error(
                "The reason for risk %r gave %r, which is no number from -%g to %g; it counts nothing here.",
                self._name,
                answer,
                MOST_WEIGHT,
                MOST_WEIGHT,
            )
            return 0.0
        return float(answer)
