"""Which segments to merge when an update is written, so that there are few and none is copied often."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FAN_IN = 8
"""Segments of one size class that are merged into one."""

LARGEST_MERGE = 40_000_000
"""Bytes that are merged at a time: merging happens in memory and takes about four times as much."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many documents of a segment are alive and dead, and the bytes of its file."""

    live: int
    dead: int
    size: int


def due(extents: Sequence[Extent]) -> list[int]:
    """The indexes of the segments to merge into the one being written.

    Those more than half dead, and of a size class that is full the smallest that fit into ``LARGEST_MERGE``.
    Size classes grow by ``FAN_IN``, so a document is copied about once for each class it passes through: the
    logarithmic merging of log-structured indexes. Segments without a living document are none of its business.
    """
    dying = [at for at, extent in enumerate(extents) if extent.dead > extent.live]
    classes: dict[int, list[int]] = {}
    for at, extent in enumerate(extents):
        if extent.dead <= extent.live:
            classes.setdefault(int(math.log(extent.live, FAN_IN)), []).append(at)
    full = [same for same in classes.values() if len(same) >= FAN_IN]
    return dying + [at for same in full for at in _fitting(extents, same)]


def _fitting(extents: Sequence[Extent], same: Sequence[int]) -> list[int]:
    fitting: list[int] = []
    total = 0
    for at in sorted(same, key=lambda at: extents[at].size):
        total += extents[at].size
        if total > LARGEST_MERGE:
            break
        fitting.append(at)
    return fitting if len(fitting) > 1 else []
