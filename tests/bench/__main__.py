"""`python -m tests.bench [NAME …]`: all measurements, or those named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial

from . import (
    assessing,
    first_paint,
    hooks,
    host_page,
    importing,
    lagging,
    leasing,
    page_weight,
    queueing,
    relevance,
    sampling,
    saving,
    screens,
    search_engines,
    undoing,
    verifying,
)
from .corpus import CorpusMissing
from .figures import Figure

MEASUREMENTS: dict[str, Callable[[], Iterator[Figure]]] = {
    **{name: partial(screens.measure, name) for name in screens.NAMES},
    "save": saving.measure,
    "queue_scale": queueing.measure,
    "import": importing.measure,
    "undo": undoing.measure,
    "risk": assessing.measure,
    "leases": leasing.measure,
    "sampling": sampling.measure,
    "search_relevance": relevance.measure,
    "verify": verifying.measure,
    "search_lag": lagging.measure,
    "search_engines": partial(search_engines.measure, "search_engines"),
    "host_page": host_page.measure,
    "hooks": hooks.measure,
    "page_weight": page_weight.measure,
    "first_paint": first_paint.measure,
    "search_100k": partial(search_engines.measure, "search_100k"),
}


def main(names: list[str]) -> int:
    """Run what was asked for; the exit code is 1 for an unknown name, 2 where the public wiki is missing."""
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(f"There is no measurement {unknown[0]!r}; there are: {', '.join(MEASUREMENTS)}.", file=sys.stderr)
        return 1
    try:
        for name in names or MEASUREMENTS:
            for figure in MEASUREMENTS[name]():
                figure.print()
    except CorpusMissing as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
