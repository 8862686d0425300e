"""Samples: the share that is drawn, and what it says about the rest."""

from __future__ import annotations

import random

import pytest

from kbwiki.moderation.rules.sampling import Sampled, estimate, exact_interval, is_exempted

SEED = 20260101


def test_sampling_at_five_percent_draws_five_percent() -> None:
    chance = random.Random(SEED).random
    drawn = sum(not is_exempted(chance, 0.95) for _ in range(20_000))
    assert 0.045 <= drawn / 20_000 <= 0.055


def test_what_is_certain_draws_nothing() -> None:
    def never() -> float:
        raise AssertionError

    assert is_exempted(never, 1.0)
    assert not is_exempted(never, 0.0)


@pytest.mark.parametrize("bad_rate", [0.005, 0.02, 0.1, 0.4])
def test_the_interval_covers_the_true_rate_of_what_nobody_saw(bad_rate: float) -> None:
    chance = random.Random(SEED)
    covered = 0
    for _ in range(200):
        unseen, samples = [], []
        for number in range(2000):
            exempt = (0.95, 0.8, 0.5)[number % 3]  # three rules that exempt different shares
            bad = chance.random() < bad_rate * (1 + number % 3) / 2
            if is_exempted(chance.random, exempt):
                unseen.append(bad)
            else:
                samples.append(Sampled(1 - exempt, bad))
        found = estimate(samples)
        covered += found.low <= sum(unseen) / len(unseen) <= found.high
    assert covered / 200 >= 0.93


def test_the_estimate_weighs_by_what_a_sample_stands_for() -> None:
    # One in ten was drawn of the first kind, one in two of the second: a bad one of the first stands for nine others.
    found = estimate([Sampled(0.1, bad=True), Sampled(0.1, bad=False), *[Sampled(0.5, bad=False)] * 2])
    assert found.rate == pytest.approx(9 / 20)
    assert found.effective == pytest.approx(20**2 / (81 + 81 + 1 + 1))


def test_without_samples_nothing_is_known() -> None:
    found = estimate([])
    assert (found.rate, found.low, found.high, found.looked_at) == (None, 0.0, 1.0, 0)


def test_none_bad_of_many_still_has_an_upper_bound() -> None:
    found = estimate([Sampled(0.05, bad=False)] * 100)
    assert (found.rate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(0.0362, abs=0.0002)


@pytest.mark.parametrize(
    ("hits", "size", "low", "high"),
    [(5, 50, 0.0333, 0.2181), (0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (1, 20, 0.0013, 0.2487)],
)
def test_the_interval_is_clopper_and_pearsons(hits: int, size: int, low: float, high: float) -> None:
    found = exact_interval(hits, size)
    assert found == pytest.approx((low, high), abs=0.0002)
