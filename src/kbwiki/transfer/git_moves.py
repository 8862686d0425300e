"""Which pages really moved in a commit: pure rules over old path → new path, each of them unique."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .git_records import Oddity


def sift_moves(moves: dict[str, str], existed: Collection[str], files: Mapping[str, int]) -> dict[str, Oddity]:
    """Take out of `moves` what is no move of a page, and say why: new path → oddity.

    `existed` are the pages before the commit, `files` how many files each page has after it. A page moves
    when nothing of it stays behind, and its new path was free or is freed by a move in the same commit.
    Taking one move out can take the ground from another, so this goes on until all that are left hold; at
    last, circles are taken out.
    """
    wrong: dict[str, Oddity] = {}
    while found := _unfounded(moves, existed, files):
        for old, oddity in found.items():
            wrong[moves.pop(old)] = oddity
    for old in _in_circles(moves):
        wrong[moves.pop(old)] = Oddity.SWAPPED
    return wrong


def in_order(moves: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The moves, each after the one that frees its new path; there are no circles."""
    done: set[str] = set()
    for start in moves:
        chain = []
        page = start
        while page in moves and page not in done:
            done.add(page)
            chain.append((page, moves[page]))
            page = moves[page]
        yield from reversed(chain)


def _unfounded(moves: Mapping[str, str], existed: Collection[str], files: Mapping[str, int]) -> dict[str, Oddity]:
    arrived = set(moves.values())
    found = {}
    for old, new in moves.items():
        if files.get(old, 0) > (old in arrived):
            found[old] = Oddity.SOURCE_STAYED
        elif new in existed and new not in moves:
            found[old] = Oddity.MOVED_ONTO
    return found


def _in_circles(moves: Mapping[str, str]) -> set[str]:
    circles: set[str] = set()
    visited: set[str] = set()
    for start in moves:
        walked = []
        page = start
        while page in moves and page not in visited:
            visited.add(page)
            walked.append(page)
            page = moves[page]
        if walked and page == start:
            circles.update(walked)
    return circles
