"""What was probably meant by a question that nothing answers: words with one wrong letter, put right.

Two kinds. A word that stands on none of the pages of the scope is *unknown*: it is put right at once, and the answer
says so. Where every word is known but no page has them all, what is found is an *offer*, to be shown as a link.

Only the pages of the scope have a say in what is suggested, and whether; so the caller gives the spaces that may be
read, without the pages of which something was hidden since the index was written. What the index says is then held
against texts that may be read at that moment (`Correction.worded`), as with all it says.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .engines.protocol import Engine, Scope
from .query import Query, Sought, parse_query
from .tree import All, Compound, Either, Node, Not, Phrase, Word
from .words.analysis import Finder, asked
from .words.folding import fold
from .words.identifiers import parts_of
from .words.misspelling import SHORTEST, near
from .words.stemming import term

MOST_CORRECTED = 2
"""Words of one question that are put right."""

MOST_DOUBTED = 4
"""Words of one question that are doubted when all are known; the longest, for they have the most room for slips."""

MOST_TRIED = 12
"""Words that are tried in the place of one."""

MOST_CHARACTERS = 20_000
"""Of a page's text only this much is looked at for how a word is written."""

_PIECE = re.compile(r'"[^"]*"|\S+')
_LETTERS = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_OPERATORS = frozenset({"AND", "NOT", "OR"})


@dataclass(frozen=True, slots=True)
class Replacement:
    """A word of the question, ``typed[start:end]``, what is looked for in its place, and that word's terms."""

    start: int
    end: int
    wrong: str
    right: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """The question as it was probably meant: ``query.root`` is what to search for.

    ``unknown`` says that what was typed stands on no page of the scope, so that nothing is lost by answering the
    corrected question at once; else it is an offer.
    """

    typed: str
    query: Query
    replacements: tuple[Replacement, ...]
    unknown: bool

    @property
    def text(self) -> str:
        """The corrected question, as somebody would type it."""
        return _rewritten(self.typed, self.replacements)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What was typed and what it was taken for, word by word."""
        return tuple((each.wrong, each.right) for each in self.replacements)

    @property
    def as_typed(self) -> str:
        """The question that searches for exactly what was typed: corrected words in quotation marks."""
        return _rewritten(self.typed, [replace(each, right=f'"{each.wrong}"') for each in _whole(self)])

    def worded(self, texts: Iterable[str], languages: Sequence[str] = ("en",)) -> Correction | None:
        """The same with each word as it is written in the texts: titles and texts of readable pages found, best first.

        None when a word stands in none of them: then nobody may be told that it exists.
        """
        texts = [text[:MOST_CHARACTERS] for text in texts]
        worded = []
        for each in self.replacements:
            written = _as_written(each, texts, languages)
            if written is None:
                return None
            worded.append(replace(each, right=written))
        return replace(self, replacements=tuple(worded))


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A word as typed, where it stands, and its terms in the languages of the wiki."""

    start: int
    end: int
    written: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A word to try, its terms, and how seldom one mistypes it so."""

    word: str
    terms: tuple[str, ...]
    cost: float


def correct(
    text: str, query: Query, engine: Engine, scope: Scope, languages: tuple[str, ...] = ("en",)
) -> Correction | None:
    """What was probably meant by a question that no page of the scope answers in full, or None.

    ``text`` is the question as typed and ``query`` what was read in it; its tree may have been worked on since. Left
    alone are words in quotation marks, words of fields, excluded words, beginnings, words with digits or under four
    letters, and scripts written without spaces. The work is bounded: the engine is asked twice which terms occur, and
    at most some fifty times how many pages there are.

    Raises what the engine raises.
    """
    words = list(_doubtful(text, languages))
    if query.root is None or not words:
        return None
    known = engine.occurring({each for word in words for each in word.terms}, scope)
    unknown = [word for word in words if known.isdisjoint(word.terms)][:MOST_CORRECTED]
    doubted = unknown or sorted(words, key=lambda word: word.start - word.end)[:MOST_DOUBTED]
    candidates = _candidates(doubted, engine, scope, languages)
    trial = _Trial(engine, scope)
    chosen = trial.put_right(query.root, candidates) if unknown else trial.offer(query.root, candidates)
    if not chosen:
        return None
    replacements = tuple(
        Replacement(word.start, word.end, word.written, _in_case_of(word.written, taken.word), taken.terms)
        for word, taken in sorted(chosen.items(), key=lambda pair: pair[0].start)
    )
    root = query.root
    for word, taken in chosen.items():
        root = _with(root, word.terms, taken.terms)
    sought = parse_query(_rewritten(text, replacements), languages).terms
    return Correction(text, replace(query, root=root, terms=sought), replacements, bool(unknown))
