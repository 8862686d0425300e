"""Where the parts of an identifier begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .stemming import APOSTROPHES, LONGEST_TERM

MOST_PARTS = 12
"""A word of more parts than this is a hash or a key: it is not taken apart by case and digits."""

_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


def parts_of(chunk: str) -> Iterator[tuple[int, str]]:
    """The parts of an identifier by change of case and between letters and digits, with their offsets."""
    if chunk.islower() and chunk.isalpha():
        yield 0, chunk
        return
    edges = [at for at in range(1, len(chunk)) if _is_edge(chunk, at)] if len(chunk) <= LONGEST_TERM else []
    if len(edges) >= MOST_PARTS or _APOSTROPHE.search(chunk):
        edges = []
    begin = 0
    for edge in [*edges, len(chunk)]:
        yield begin, chunk[begin:edge]
        begin = edge


def _is_edge(chunk: str, at: int) -> bool:
    """Whether a new part begins at ``at``: sizeOf, HTTPServer, SDL3; but not URLs."""
    before, here = chunk[at - 1], chunk[at]
    if before.isdigit() != here.isdigit():
        return before.isalnum() and here.isalnum()
    if here.isupper():
        following = chunk[at + 1 : at + 3]
        ends_acronym = before.isupper() and following[:1].islower() and following not in ("s",)
        return before.islower() or ends_acronym
    return False
