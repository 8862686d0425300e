"""Blocks that were only moved: what a difference shows as taken out here and put in there, found to be the same.

A block is a paragraph, a heading or an item of a list. Pure, and near-linear in the number of words: blocks are tied by
their whole text, or by words that few blocks have.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .diff import Difference, Hunk, Move, Row, Run, marked_words, runs_between
from .pairing import Words, distinct, similarity
from .words import tokens

ALIKE = 0.6
"""From how similar on two blocks are one that was moved, and changed a little on the way."""
FEWEST_SAME = 3
"""How many different words a block must have to be known again by its text."""
FEWEST_ALIKE = 5
"""How many it must have to be known again although words of it changed."""
_RARE = 6
_STARTS = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s|#{1,6}\s|\|")

Side = Literal["removed", "added"]


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows (hunk, row) that belong together, the lines they hold, the line they begin at, and the words in them."""

    rows: tuple[tuple[int, int], ...]
    text: str
    line: int
    words: Words
    run: int


def with_moves(found: Difference) -> Difference:
    """The same difference, with what was moved marked as moved: its rows name the line where it is on the other side.

    Words that changed within a moved block stay marked, and only those count as added and removed.
    """
    gone, come = _blocks(found.hunks, "removed"), _blocks(found.hunks, "added")
    partners = _grown(gone, come, _tied(gone, come))
    if not partners:
        return found
    rows = dict(_moved_rows(gone, come, partners))
    rows |= dict(_beside(found.hunks, gone, rows)) | dict(_beside(found.hunks, come, rows))
    hunks = tuple(
        replace(hunk, rows=tuple(rows.get((h, r), row) for r, row in enumerate(hunk.rows)))
        for h, hunk in enumerate(found.hunks)
    )
    leading = sum(1 for row in rows.values() if row.kind == "added" and row.moved and row.moved.leads)
    return Difference(hunks, marked_words(hunks, "added"), marked_words(hunks, "removed"), moved=leading)


def _blocks(hunks: Sequence[Hunk], side: Side) -> list[_Block]:
    """The blocks of one side in order; blank lines are blocks of their own, so that what lies between moves along."""
    blocks: list[_Block] = []
    open_rows: list[tuple[int, int, Row]] = []
    run = 0

    def close() -> None:
        if open_rows:
            text = "".join(_text(row, side) for _, _, row in open_rows)
            rows = tuple((h, r) for h, r, _ in open_rows)
            blocks.append(_Block(rows, text, _line(open_rows[0][2], side), distinct(tokens(text)), run))
            open_rows.clear()

    last: tuple[int, int] | None = None
    for h, hunk in enumerate(hunks):
        for r, row in enumerate(hunk.rows):
            if row.kind != side:
                continue
            text = _text(row, side)
            number = _line(row, side)
            if last is None or last != (h, number - 1):
                close()
                run += 1
            elif not text.strip() or _STARTS.match(text) or not _text(open_rows[-1][2], side).strip():
                close()
            open_rows.append((h, r, row))
            last = (h, number)
    close()
    return blocks


def _text(row: Row, side: Side) -> str:
    return "".join(one.text for one in (row.before if side == "removed" else row.after) or ())


def _line(row: Row, side: Side) -> int:
    return (row.before_no if side == "removed" else row.after_no) or 0


def _tied(gone: Sequence[_Block], come: Sequence[_Block]) -> dict[int, int]:
    """Which block that came is which of those that went; each at most once, the same text before a similar one."""
    partners = _of_the_same_text(gone, come)
    homes: dict[str, list[int]] = defaultdict(list)
    taken = set(partners.values())
    for j, block in enumerate(come):
        if j not in taken:
            for word in block.words:
                homes[word].append(j)
    votes: Counter[tuple[int, int]] = Counter()
    for i, block in enumerate(gone):
        if i not in partners and len(block.words) >= FEWEST_ALIKE:
            for word in block.words:
                if len(near := homes.get(word, ())) <= _RARE:
                    votes.update((i, j) for j in near)
    scored = [
        (score, -abs(i - j), i, j)
        for (i, j), _ in votes.items()
        if len(come[j].words) >= FEWEST_ALIKE and (score := similarity(gone[i].words, come[j].words)) >= ALIKE
    ]
    for _, _, i, j in sorted(scored, reverse=True):
        if i not in partners and j not in taken:
            partners[i] = j
            taken.add(j)
    return partners


def _of_the_same_text(gone: Sequence[_Block], come: Sequence[_Block]) -> dict[int, int]:
    waiting: dict[str, list[int]] = defaultdict(list)
    for j in range(len(come) - 1, -1, -1):
        if len(come[j].words) >= FEWEST_SAME:
            waiting[come[j].text.strip()].append(j)
    return {i: waiting[key].pop() for i, block in enumerate(gone) if waiting.get(key := block.text.strip())}


def _grown(gone: Sequence[_Block], come: Sequence[_Block], partners: dict[int, int]) -> dict[int, int]:
    """The pairs, and their neighbours of the same text, however short: a heading goes with its paragraph."""
    grown, taken = dict(partners), set(partners.values())
    for i, j in sorted(partners.items()):
        for step in (-1, 1):
            a, b = i + step, j + step
            while (
                0 <= a < len(gone)
                and 0 <= b < len(come)
                and a not in grown
                and b not in taken
                and gone[a].run == gone[i].run
                and come[b].run == come[j].run
                and gone[a].text.strip() == come[b].text.strip()
            ):
                grown[a] = b
                taken.add(b)
                a, b = a + step, b + step
    return grown


def _moved_rows(
    gone: Sequence[_Block], come: Sequence[_Block], partners: Mapping[int, int]
) -> Iterator[tuple[tuple[int, int], Row]]:
    origins = {j: i for i, j in partners.items()}
    for i, j in partners.items():
        before, after = runs_between(gone[i].text, come[j].text)
        follows = partners.get(i - 1) == j - 1 and gone[i - 1].run == gone[i].run and come[j - 1].run == come[j].run
        leads_there = not follows or origins.get(j - 1) != i - 1
        for place, line, runs, leads in _by_line(gone[i], before):
            yield place, Row("removed", line, None, runs, None, Move(come[j].line, leads and leads_there))
        for place, line, runs, leads in _by_line(come[j], after):
            yield place, Row("added", None, line, None, runs, Move(gone[i].line, leads and leads_there))


def _beside(
    hunks: Sequence[Hunk], blocks: Sequence[_Block], moved: Mapping[tuple[int, int], Row]
) -> Iterator[tuple[tuple[int, int], Row]]:
    """Blank lines before or after what moved belong to it, though on the other side there may be none."""
    for n, block in enumerate(blocks):
        if block.text.strip() or block.rows[0] in moved:
            continue
        near = [one for one in (blocks[n - 1] if n else block, *blocks[n + 1 : n + 2]) if one.run == block.run]
        partner = next((moved[one.rows[0]].moved for one in near if one.rows[0] in moved), None)
        if partner is not None:
            for h, r in block.rows:
                yield (h, r), _as_moved(hunks[h].rows[r], Move(partner.line, leads=False))


def _as_moved(row: Row, move: Move) -> Row:
    """The same row with nothing marked in it."""
    before, after = (
        tuple(Run("same", run.text) for run in runs) if runs is not None else None for runs in (row.before, row.after)
    )
    return replace(row, before=before, after=after, moved=move)


def _by_line(block: _Block, runs: Sequence[Run]) -> Iterator[tuple[tuple[int, int], int, tuple[Run, ...], bool]]:
    """The runs of a block cut at its line ends: place, line, the runs of that line, and whether it is the first."""
    cut: list[list[Run]] = [[]]
    for run in runs:
        for piece in re.findall(r"[^\n]*\n|[^\n]+", run.text):
            cut[-1].append(Run(run.kind, piece))
            if piece.endswith("\n"):
                cut.append([])
    for n, place in enumerate(block.rows):
        yield place, block.line + n, tuple(cut[n]), n == 0
