"""Pages of a real wiki, for tests that want texts nobody made up."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

BUNDLE = REPOSITORY.parent / "shared" / "corpus" / "sdlwiki.bundle"
SHOWN = 500
"""How many pages are compared and rendered: the twenty largest and others by their size, evenly."""


def real_pages() -> dict[str, str]:
    """The texts by their paths, the largest first; skips where the corpus is not beside the project."""
    if not BUNDLE.exists():
        pytest.skip(f"the corpus bundle is not at {BUNDLE}")
    return _read()


@cache
def _read() -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        _git("clone", "--quiet", "--bare", str(BUNDLE), "clone.git", folder=Path(folder))
        everything = sorted(_pages(Path(folder) / "clone.git"), key=lambda page: (-len(page[1]), page[0]))
    assert len(everything) == 7_553
    others = everything[20:]
    step = len(others) / (SHOWN - 20)
    return dict([*everything[:20], *(others[int(at * step)] for at in range(SHOWN - 20))])


def _git(*arguments: str, folder: Path) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True).stdout


def _pages(repository: Path) -> Iterator[tuple[str, str]]:
    listing = _git("ls-tree", "-r", "-z", "main", folder=repository).decode().split("\0")
    entries = [(line.split()[2], line.split("\t", 1)[1]) for line in listing if line.endswith(".md")]
    names = "\n".join(name for name, _ in entries).encode()
    batch = subprocess.run(
        ["git", "cat-file", "--batch"], cwd=repository, input=names, check=True, capture_output=True
    ).stdout
    start = 0
    for _, path in entries:
        head = batch.index(b"\n", start)
        size = int(batch[start:head].split()[2])
        yield path, batch[head + 1 : head + 1 + size].decode("utf-8", "surrogateescape")
        start = head + 1 + size + 1
