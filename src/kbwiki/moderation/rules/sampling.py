"""Drawing samples of trusted changes, and what they say about the changes nobody looked at. Pure.

The estimator. A change with exemption probability p is looked at with probability π = 1 - p, independently of all
others (Poisson sampling), and π is stored with it. A looked-at change stands for (1 - π) / π exempted ones: that is
the Horvitz-Thompson weight 1 / π less the change itself (D. G. Horvitz, D. J. Thompson, "A generalization of sampling
without replacement from a finite universe", JASA 47, 1952). The rate among the exempted is the ratio of the weighted
bad ones to all weights (J. Hájek's ratio, in "Foundations of Statistical Inference", 1971).

The interval. Clopper and Pearson's exact one (Biometrika 26, 1934) on the effective sample size, as E. L. Korn and
B. I. Graubard propose for weighted samples and rare outcomes ("Confidence intervals for proportions with small
expected number of positive counts estimated from survey data", Survey Methodology 24, 1998). The effective size is
Kish's (Σw)² / Σw² (L. Kish, "Survey Sampling", 1965). It errs on the wide side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass


def is_exempted(chance: Callable[[], float], probability: float) -> bool:
    """Draw: True with the probability given. 0 and 1 are certain and draw nothing."""
    if probability <= 0:
        return False
    return probability >= 1 or chance() < probability


@dataclass(frozen=True, slots=True)
class Sampled:
    """A change that was drawn and decided: the probability it had of being looked at, and whether it was bad."""

    probability: float
    bad: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """The rate of bad changes among those nobody looked at, with a 95 % interval. `looked_at` is what it rests on."""

    rate: float | None
    low: float
    high: float
    looked_at: int
    effective: float


def estimate(samples: Iterable[Sampled], confidence: float = 0.95) -> Estimate:
    """What the samples say about the exempted changes; with no sample, nothing: from 0 to 1."""
    drawn = [one for one in samples if 0 < one.probability < 1]
    weights = [(1 - one.probability) / one.probability for one in drawn]
    total = math.fsum(weights)
    if not drawn or total == 0:
        return Estimate(None, 0.0, 1.0, len(drawn), 0.0)
    rate = math.fsum(weight for weight, one in zip(weights, drawn, strict=True) if one.bad) / total
    effective = total**2 / math.fsum(weight**2 for weight in weights)
    low, high = exact_interval(rate * effective, effective, confidence)
    return Estimate(rate, low, high, len(drawn), effective)


def exact_interval(hits: float, size: float, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval for `hits` of `size`, neither of which has to be whole."""
    tail = (1 - confidence) / 2
    misses = size - hits
    low = 0.0 if hits <= 0 else _beta_quantile(tail, hits, misses + 1)
    high = 1.0 if misses <= 0 else _beta_quantile(1 - tail, hits + 1, misses)
    return low, high


def _beta_quantile(share: float, a: float, b: float) -> float:
    """Where the beta distribution has `share` of its mass below; by halving, to 1e-12."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _beta_below(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_below(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's way to add up the continued fraction."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d or tiny)
    value = d
    for step in range(1, 1000):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for part in (even, odd):
            d = 1 / ((1 + part * d) or tiny)
            c = (1 + part / c) or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return value
