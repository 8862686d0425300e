"""What work may cost as its input grows, measured so that a busy machine does not decide the answer.

Absolute times say nothing on a machine that also does something else, and one ratio says little. Measured is the
processor time of this thread, with the garbage collector resting, at two sizes in turn; quadratic behaviour shows as
the square of the factor. A measurement that looks bad is repeated: only what is slow every time fails.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TIMES = 4
"""How many times as large the large input is."""

MOST = 3.0**2
"""Doubling the input may take three times as long, so fourfold input this many times as long."""

_ATTEMPTS = 8
_LEAST_SECONDS = 0.001


def cost(work: Callable[[], object]) -> float:
    """Seconds of this thread's processor time."""
    gc.collect()
    gc.disable()
    try:
        started = time.thread_time()
        work()
        return time.thread_time() - started
    finally:
        gc.enable()


def growth(work: Callable[[T], object], make: Callable[[int], T]) -> float:
    """How many times as long `work` takes on `make(TIMES)` as on `make(1)`, at best; under a millisecond counts as one.

    Each attempt measures both in the same mood of the machine; the best of them says what the work itself does.
    """
    small, large = make(1), make(TIMES)
    best = float("inf")
    for _ in range(_ATTEMPTS):
        before = max(cost(lambda: work(small)), _LEAST_SECONDS)
        best = min(best, cost(lambda: work(large)) / before)
        if best <= MOST:
            break
    return best
