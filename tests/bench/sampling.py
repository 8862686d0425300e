"""Samples of trusted changes: whether the share that is drawn is the one asked for, and what the interval is worth.

Drawn as a save draws. The interval is tried on 2,000 trusted changes, 200 times for each of four rates of bad ones;
three rules exempt different shares and meet different rates. It covers when the true rate of the changes that nobody
saw lies in it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from kbwiki.moderation.rules.sampling import Sampled, estimate, is_exempted

from .figures import Figure

FLOOR = "what was asked for"
CHANGES = 20_000
REPLAYS = 200
SHARE = 0.05
CONFIDENCE = 0.95
RATES = (0.005, 0.02, 0.1, 0.4)
_EXEMPT = (0.95, 0.8, 0.5)
_SEED = 20260101


def measure() -> Iterator[Figure]:
    """The share drawn at 5 %, and for each rate how often the 95 % interval covers it and how wide it is."""
    chance = random.Random(_SEED)
    shares = [_drawn(chance) for _ in range(20)]
    yield Figure("sampling.drawn", 100 * shares[0], "%", shares[0] / SHARE, FLOOR)
    yield Figure("sampling.drawn.farthest_of_20", 100 * max(shares, key=lambda one: abs(one - SHARE)), "%")
    for rate in RATES:
        replays = [_replay(chance, rate) for _ in range(REPLAYS)]
        covered = sum(low <= true <= high for low, high, true in replays) / REPLAYS
        width = sum(high - low for low, high, _ in replays) / REPLAYS
        yield Figure(f"sampling.covered.{100 * rate:g}", 100 * covered, "%", covered / CONFIDENCE, FLOOR)
        yield Figure(f"sampling.width.{100 * rate:g}", 100 * width, "points")


def _drawn(chance: random.Random) -> float:
    return sum(not is_exempted(chance.random, 1 - SHARE) for _ in range(CHANGES)) / CHANGES


def _replay(chance: random.Random, rate: float) -> tuple[float, float, float]:
    """The interval that the samples give, and the true rate of what nobody saw."""
    unseen, samples = [], []
    for number in range(2_000):
        exempt = _EXEMPT[number % len(_EXEMPT)]
        bad = chance.random() < rate * (1 + number % len(_EXEMPT)) / 2
        if is_exempted(chance.random, exempt):
            unseen.append(bad)
        else:
            samples.append(Sampled(1 - exempt, bad))
    found = estimate(samples)
    return found.low, found.high, sum(unseen) / len(unseen)
