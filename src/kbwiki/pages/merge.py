"""Three-way merge: what two people made of one text, put together, or both shown where they met.

First line by line (diff3: S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3", 2007),
then, where lines clash, word by word. The second step is careful rather than clever: it would sooner show
both texts than put a sentence together that nobody wrote.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar, Literal

from .matching import opcodes, without_islands
from .threeway import Stretch, split_after, stretches
from .words import WORD, fields, limits, lines, weight

Choice = Literal["mine", "theirs", "both"]

# A side that kept less than this share of the words rewrote the passage: nothing is put into that.
KEPT_AT_LEAST = 0.5
# Characters in the three texts of a clash, above which it is shown as it is: that is no passage any more.
LARGEST_PASSAGE = 200_000


@dataclass(frozen=True, slots=True)
class Agreed:
    """Text nobody objects to: unchanged, changed by one side only, or by both in the same way."""

    kind: ClassVar[Literal["agreed"]] = "agreed"
    text: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Whole lines that both sides changed in different ways, and what they were before. Each may be empty."""

    kind: ClassVar[Literal["clash"]] = "clash"
    base: str
    mine: str
    theirs: str


Chunk = Agreed | Clash


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome: chunks in order, none empty, and whether any of them was put together word by word."""

    chunks: tuple[Chunk, ...]
    by_words: bool

    @property
    def clean(self) -> bool:
        """Whether nothing clashes."""
        return all(isinstance(chunk, Agreed) for chunk in self.chunks)

    @property
    def text(self) -> str:
        """The merged text. Raises ValueError while anything clashes: a clash never becomes text by itself."""
        return resolve(self, ())


def merge(base: str, mine: str, theirs: str) -> Merge:
    """Put together what `mine` and `theirs` each made of `base`, by lines and then by words.

    Swapping the sides swaps the sides of each clash and changes nothing else. When the merge is clean, all
    that only one side added is in the text and all that only one side removed is not; a side that changed
    nothing yields to the other. Where both changed words that touch, or one rewrote most of the passage, it
    is a clash.
    """
    chunks: list[Chunk] = []
    by_words = False
    for chunk in merge_lines(base, mine, theirs).chunks:
        smaller = _by_words(chunk) if isinstance(chunk, Clash) else [chunk]
        by_words = by_words or smaller != [chunk]
        for part in smaller:
            chunks += [part] if isinstance(part, Agreed) else _trimmed(part)
    return Merge(joined(chunks), by_words)


def merge_lines(base: str, mine: str, theirs: str) -> Merge:
    """Merge line by line only: changes of both sides with no line between them clash, unless equal."""
    sides = base_lines, mine_lines, theirs_lines = lines(base), lines(mine), lines(theirs)
    to_mine, to_theirs = opcodes(base_lines, mine_lines), opcodes(base_lines, theirs_lines)
    parts = stretches(to_mine, to_theirs, len(base_lines), lambda end, start: end < start)
    return Merge(joined(_decided(part, *sides) for part in parts), by_words=False)


def resolve(merge: Merge, choices: Sequence[Choice]) -> str:
    """Return the text with each clash decided by the choice of its rank; "both" puts mine before theirs.

    Raises ValueError when there is not exactly one known choice for each clash.
    """
    clashes = sum(isinstance(chunk, Clash) for chunk in merge.chunks)
    if len(choices) != clashes:
        raise ValueError(f"{clashes} clashes need as many choices, not {len(choices)}")
    rest = iter(choices)
    return "".join(
        chunk.text if isinstance(chunk, Agreed) else _chosen(chunk, next(rest)) for chunk in merge.chunks
    )


def filled(merge: Merge, texts: Sequence[str]) -> str:
    """Return the text with each clash replaced by the text of its rank. ValueError for another number of them."""
    clashes = sum(isinstance(chunk, Clash) for chunk in merge.chunks)
    if len(texts) != clashes:
        raise ValueError(f"{clashes} clashes need as many texts, not {len(texts)}")
    rest = iter(texts)
    return "".join(chunk.text if isinstance(chunk, Agreed) else next(rest) for chunk in merge.chunks)


def together(clash: Clash) -> str | None:
    """Return both changes of a clash in one text, or None where they touch the same words.

    Bolder than `merge`, which never puts words of two people side by side: for an author to look at, not to be saved
    unseen.
    """
    if len(clash.base) + len(clash.mine) + len(clash.theirs) > LARGEST_PASSAGE or not clash.base:
        return None
    base, mine, theirs = fields(clash.base), fields(clash.mine), fields(clash.theirs)
    parts = list(stretches(opcodes(base, mine), opcodes(base, theirs), len(base), lambda end, start: end < start))
    decided = [_decided(part, base, mine, theirs) for part in parts]
    if any(isinstance(one, Clash) for one in decided):
        return None
    text = "".join(one.text for one in decided if isinstance(one, Agreed))
    return None if text in (clash.mine, clash.theirs) else text


def _chosen(clash: Clash, choice: Choice) -> str:
    match choice:
        case "mine":
            return clash.mine
        case "theirs":
            return clash.theirs
        case "both":
            unended = clash.mine and clash.theirs and not clash.mine.endswith("\n")
            return clash.mine + ("\n" if unended else "") + clash.theirs
    raise ValueError(f"unknown choice: {choice!r}")


def _decided(part: Stretch, base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Chunk:
    """Return what becomes of a stretch: the text of the side that changed it, or a clash."""
    text_mine, text_theirs = "".join(mine[part.mine]), "".join(theirs[part.theirs])
    if not part.by_mine or text_mine == text_theirs:
        return Agreed(text_theirs)
    if not part.by_theirs:
        return Agreed(text_mine)
    return Clash("".join(base[part.base]), text_mine, text_theirs)


def joined(chunks: Iterable[Chunk]) -> tuple[Chunk, ...]:
    """Return the chunks with agreed neighbours in one and without empty ones."""
    kept: list[Chunk] = []
    for chunk in chunks:
        if isinstance(chunk, Agreed):
            if not chunk.text:
                continue
            if kept and isinstance(kept[-1], Agreed):
                kept[-1] = Agreed(kept[-1].text + chunk.text)
                continue
        kept.append(chunk)
    return tuple(kept)


def _trimmed(clash: Clash) -> list[Chunk]:
    """Take the lines off a clash that both sides have at its beginning or end: nobody has to choose those."""
    mine, theirs = lines(clash.mine), lines(clash.theirs)
    shorter = min(len(mine), len(theirs))
    head = next((n for n in range(shorter) if mine[n] != theirs[n]), shorter)
    tail = next((n for n in range(shorter - head) if mine[-n - 1] != theirs[-n - 1]), shorter - head)
    end_mine, end_theirs = len(mine) - tail, len(theirs) - tail
    return [
        Agreed("".join(mine[:head])),
        Clash(clash.base, "".join(mine[head:end_mine]), "".join(theirs[head:end_theirs])),
        Agreed("".join(mine[end_mine:])),
    ]


def _by_words(clash: Clash) -> list[Chunk]:
    """Merge a clash word by word: passages that went well and smaller clashes, or the clash as it is."""
    if len(clash.base) + len(clash.mine) + len(clash.theirs) > LARGEST_PASSAGE:
        return [clash]
    base, mine, theirs = fields(clash.base), fields(clash.mine), fields(clash.theirs)
    weights = [weight(field) for field in base]
    bounds = list(map(max, weights, limits(base)))
    to_mine = without_islands(opcodes(base, mine), bounds)
    to_theirs = without_islands(opcodes(base, theirs), bounds)
    distance = list(accumulate(bounds, initial=0))
    parts = list(stretches(to_mine, to_theirs, len(base), lambda i, j: distance[j] - distance[i] >= WORD))
    if not any(weights) or _rewritten(parts, weights, mine, theirs):
        return [clash]
    return [_passage(passage, weights, base, mine, theirs) for passage in _passages(parts, base)]


def _rewritten(
    parts: Sequence[Stretch], weights: Sequence[int], mine: Sequence[str], theirs: Sequence[str]
) -> bool:
    """Tell whether either side kept too little for the other's words to have a place in it."""
    open_parts = [part for part in parts if part.unchanged or mine[part.mine] != theirs[part.theirs]]
    total = sum(sum(weights[part.base]) for part in open_parts)
    by_mine = sum(sum(weights[part.base]) for part in open_parts if part.by_mine)
    by_theirs = sum(sum(weights[part.base]) for part in open_parts if part.by_theirs)
    return total - max(by_mine, by_theirs) < KEPT_AT_LEAST * total


def _passages(parts: Sequence[Stretch], base: Sequence[str]) -> Iterator[list[Stretch]]:
    """Gather the stretches into whole lines: a passage ends at each line end that neither side touched."""
    passage: list[Stretch] = []
    for part in parts:
        ends = [n + 1 for n in range(part.base.start, part.base.stop) if part.unchanged and base[n] == "\n"]
        for piece in split_after(part, ends) if ends else [part]:
            passage.append(piece)
            if ends and base[piece.base.stop - 1] == "\n":
                yield passage
                passage = []
    if passage:
        yield passage


def _passage(
    parts: Sequence[Stretch],
    weights: Sequence[int],
    base: Sequence[str],
    mine: Sequence[str],
    theirs: Sequence[str],
) -> Chunk:
    """Return whole lines put together from the words of both sides, or the clash of these lines."""
    decided = [_decided(part, base, mine, theirs) for part in parts]
    by_both = any(part.by_mine for part in parts) and any(part.by_theirs for part in parts)
    merged = "".join(chunk.text for chunk in decided if isinstance(chunk, Agreed))
    whole = Clash(
        "".join("".join(base[part.base]) for part in parts),
        "".join("".join(mine[part.mine]) for part in parts),
        "".join("".join(theirs[part.theirs]) for part in parts),
    )
    if whole.mine == whole.theirs:
        return Agreed(whole.mine)
    if any(isinstance(chunk, Clash) for chunk in decided) or (
        by_both and _rewritten(parts, weights, mine, theirs)
    ):
        return whole
    return Agreed(merged)
