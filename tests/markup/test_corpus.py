"""Pages of a real wiki: they render, within the list of what may appear, and their links can be rewritten."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbwiki.markup import Link, Resolved, parse, render, rewrite_links
from tests.conftest import REPOSITORY
from tests.markup.test_hostile_input import offences

pytestmark = pytest.mark.corpus

BUNDLE = REPOSITORY.parent / "shared" / "corpus" / "sdlwiki.bundle"


def git(*arguments: str, folder: Path) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of the twenty largest pages and of every eighth of the 7,553 by their paths."""
    if not BUNDLE.exists():
        pytest.skip(f"the corpus bundle is not at {BUNDLE}")
    folder = tmp_path_factory.mktemp("corpus")
    git("clone", "--quiet", "--bare", str(BUNDLE), "clone.git", folder=folder)
    everything = sorted(_pages(folder / "clone.git"), key=lambda page: len(page[1]), reverse=True)
    assert len(everything) == 7_553
    return dict([*everything[:20], *everything[20::8]])


def _pages(repository: Path) -> Iterator[tuple[str, str]]:
    listing = git("ls-tree", "-r", "-z", "main", folder=repository).decode().split("\0")
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


def test_the_pages_render_whole_and_harmless(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        rendered = render(parse(text), resolve=lambda link: Resolved(f"/w/{link.target}", missing=False))

        assert rendered.complete, path
        assert offences(rendered.html) == [], path


def test_moving_all_pages_of_the_wiki_changes_every_link_and_nothing_else(pages: dict[str, str]) -> None:
    for path, text in list(pages.items())[::4]:
        links = parse(text).links

        moved = rewrite_links(text, lambda link: f"Moved here/{link.target}")

        expected = [Link(f"Moved here/{link.target}", link.section, link.style) for link in links]
        assert list(parse(moved).links) == expected, path
        assert rewrite_links(moved, lambda link: link.target.removeprefix("Moved here/")) == text, path
