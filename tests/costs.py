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
_SMALL_RUNS = 2
_LEAST_SECONDS = 0.001


def cost(work: Callable[[], object]) -> float:
    """Seconds of this thread's processor time."""
    gc.disable()
    try:
        started = time.thread_time()
        work()
        return time.thread_time() - started
    finally:
        gc.enable()


def growth(work: Callable[[T], object], make: Callable[[int], T], most: float = MOST) -> float:
    """How many times as long `work` takes on `make(TIMES)` as on `make(1)`, at best; under a millisecond counts as one.

    It is measured again while it is more than `most`.

    Each size is taken at its own best: what else the machine does only ever adds, to the small as to the large.
    """
    small, large = make(1), make(TIMES)
    of_small = of_large = float("inf")
    for _ in range(_ATTEMPTS):
        of_small = min(of_small, *(cost(lambda: work(small)) for _ in range(_SMALL_RUNS)))
        of_large = min(of_large, cost(lambda: work(large)))
        if of_large <= most * max(of_small, _LEAST_SECONDS):
            break
    return of_large / max(of_small, _LEAST_SECONDS)
