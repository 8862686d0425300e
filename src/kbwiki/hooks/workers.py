"""Threads that make one call each, so that whoever hangs is left behind and nobody waits for them.

Threads of `concurrent.futures` would be waited for when the process ends; these are daemons.
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from ..wording import Wording, speaking

IDLE_AT_MOST = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call: its `value`, or the `error` it raised, or it `hung`. `seconds` is what it took."""

    value: Any = None
    error: BaseException | None = None
    hung: bool = False
    seconds: float = 0.0


class Pending:
    """A call that was begun in another thread."""

    __slots__ = ("_done", "_function", "_outcome", "_started", "_voice")

    def __init__(self, function: Callable[[], Any], voice: Wording) -> None:
        self._function = function
        self._voice = voice
        self._done = threading.Event()
        self._outcome: Outcome | None = None
        self._started = time.monotonic()

    def run(self) -> None:
        """Make the call, in a context of its own: whatever the host keeps for the present request is not there."""
        value, error = None, None
        try:
            value = contextvars.Context().run(self._in_words)
        except BaseException as raised:  # SystemExit, too: it would end the thread, and mean nothing else
            error = raised
        self._outcome = Outcome(value, error, seconds=time.monotonic() - self._started)
        self._done.set()

    def _in_words(self) -> Any:
        with speaking(self._voice):
            return self._function()

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._done.is_set()

    def wait(self, until: float) -> Outcome:
        """Its outcome; hung, when it has not ended at the moment `until` of the monotonic clock."""
        self._done.wait(max(0.0, until - time.monotonic()))
        return self._outcome or Outcome(hung=True, seconds=time.monotonic() - self._started)


class Workers:
    """Threads that are kept for the next call. A process that was forked begins without any."""

    def __init__(self) -> None:
        self._idle: deque[SimpleQueue[Pending]] = deque()
        self._process = os.getpid()

    def begin(self, function: Callable[[], Any], voice: Wording) -> Pending:
        """Make the call in another thread, saying everything in this language and these terms."""
        if self._process != os.getpid():
            self._idle, self._process = deque(), os.getpid()
        pending = Pending(function, voice)
        try:
            inbox = self._idle.pop()
        except IndexError:
            inbox = SimpleQueue()
            threading.Thread(target=self._work, args=(inbox,), name="kbwiki-plugin", daemon=True).start()
        inbox.put(pending)
        return pending

    def _work(self, inbox: SimpleQueue[Pending]) -> None:
        while True:
            inbox.get().run()
            if len(self._idle) >= IDLE_AT_MOST:
                return
            self._idle.append(inbox)


WORKERS = Workers()
"""Those of this process."""
