"""What was probably meant by a question that nothing answers: words with one wrong letter, put right.

Two kinds. A word that stands on none of the pages of the scope is *unknown*: it is put right at once, and the answer
says so. Where every word is known but no page has them all, what is found is an *offer*, to be shown as a link.

Only the pages of the scope have a say in what is suggested, and whether; so the caller gives the spaces that may be
read, without the pages of which something was hidden since the index was written. What the index says is then held
against texts that may be read at that moment (`Correction.worded`), as with all it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .engines.protocol import Engine, Scope
from .query import Query, parse_query
from .tree import All, Node, Word
from .trying import Candidate, Doubt, Trial, swapped
from .words.analysis import is_unspaced
from .words.folding import fold
from .words.identifiers import parts_of
from .words.misspelling import LONGEST, SHORTEST, near, splits
from .words.pieces import is_plain, pieces
from .words.stemming import term
from .words.writing import as_written, in_case_of

MOST_CORRECTED = 2
"""Words of one question that are put right."""

MOST_DOUBTED = 2
"""Words of one question that are doubted when all are known: the longest, which have the most room for slips."""

LONGEST_DOUBTED = 5
"""Of a question with more words than this nobody expects that a page has them all, so none is doubted."""

MOST_TRIED = 12
"""Words that are tried in the place of one: those that take the likeliest slips."""

MOST_LOOKED_AT = 5
"""Pages that are looked at for how a word is written."""

_LETTERS = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A word of the question, ``typed[start:end]``, what is looked for in its place, and the terms of that."""

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
        return _rewritten(self.typed, _rights(self.replacements))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What was typed and what it was taken for, word by word."""
        return tuple((each.wrong, each.right) for each in self.replacements)

    @property
    def as_typed(self) -> str:
        """The question that searches for exactly what was typed: what was corrected in quotation marks."""
        quoted = {
            (start, end): f'"{piece}"'
            for start, end, piece in pieces(self.typed)
            if any(start <= each.start < end for each in self.replacements)
        }
        return _rewritten(self.typed, quoted)

    def worded(self, pages: Iterable[str], languages: Sequence[str] = ("en",)) -> Correction | None:
        """The same with each word as it is written on pages: titles and texts of readable pages found, best first.

        None when a word stands in none of them: then nobody may be told that it exists.
        """
        pages = tuple(pages)
        worded = []
        for each in self.replacements:
            right = each.right
            if len(each.right.split()) == 1:
                written = as_written(each.right, each.wrong, each.terms, pages, languages)
                if written is None:
                    return None
                right = in_case_of(each.wrong, written)
            worded.append(replace(each, right=right))
        return replace(self, replacements=tuple(worded))


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A word as typed, where it stands in the question, and the piece between spaces that it is part of."""

    start: int
    end: int
    written: str
    piece: str
    piece_start: int

    def piece_with(self, word: str) -> str:
        """The piece with another word in the place of this one."""
        at = self.start - self.piece_start
        return self.piece[:at] + in_case_of(self.written, word) + self.piece[at + len(self.written) :]


@dataclass(frozen=True, slots=True)
class _Guess:
    """What may have been meant: one word, or two; each with its terms in the languages of the wiki."""

    words: tuple[str, ...]
    terms: tuple[frozenset[str], ...]
    cost: float


def correct(
    text: str, query: Query, engine: Engine, scope: Scope, languages: tuple[str, ...] = ("en",)
) -> Correction | None:
    """What was probably meant by a question that no page of the scope answers in full, or None.

    ``text`` is the question as typed and ``query`` what was read in it; its tree may have been worked on since. Left
    alone are words in quotation marks, words of fields, excluded words, beginnings, words with digits or under four
    letters, and scripts written without spaces. The work is bounded: the engine is asked twice which terms occur, and
    at most some forty times how many pages there are.

    Raises what the engine raises.
    """
    words = list(_doubtful(text))
    if query.root is None or not words:
        return None
    terms = {word: _terms(word.written, languages) for word in words}
    known = engine.occurring(frozenset().union(*terms.values()), scope)
    unknown = [word for word in words if known.isdisjoint(terms[word])]
    if not unknown and len(words) > LONGEST_DOUBTED:
        return None
    doubted = _one_a_piece(unknown)[:MOST_CORRECTED] or _longest(words)[:MOST_DOUBTED]
    doubts = _doubts(doubted, engine, scope, languages)
    trial = Trial(engine, scope)
    chosen = trial.put_right(query.root, doubts) if unknown else trial.offer(query.root, doubts)
    root = query.root
    for at, candidate in chosen.items():
        root = swapped(root, doubts[at].typed, candidate.nodes)
    if root == query.root:
        return None
    replacements = tuple(
        Replacement(word.start, word.end, word.written, in_case_of(word.written, chosen[at].word), chosen[at].terms)
        for at, word in enumerate(doubted)
        if at in chosen
    )
    sought = parse_query(_rewritten(text, _rights(replacements)), languages).terms
    return Correction(text, replace(query, root=root, terms=sought), replacements, bool(unknown))


def pages_with(replacements: Iterable[Replacement], engine: Engine, scope: Scope) -> list[int]:
    """Some pages of the scope for each of the words, to look at for how it is written.

    The first by number. Which are the best of all that were found, pages beyond the scope have a say in, and they need
    not have the word at all where no page has all words. Raises what the engine raises.
    """
    found = (engine.search(All((Word(each.terms),)), scope, limit=1).matching for each in replacements)
    return list(dict.fromkeys(page for pages in found for page in sorted(pages)[:MOST_LOOKED_AT]))


def _doubts(
    doubted: Iterable[_Doubtful], engine: Engine, scope: Scope, languages: tuple[str, ...]
) -> list[Doubt]:
    """For each word those near it that stand on a page of the scope, the likeliest slips first."""
    guesses = {word: _guesses(word.written, languages) for word in doubted}
    wanted = frozenset(term for some in guesses.values() for one in some for terms in one.terms for term in terms)
    known = engine.occurring(wanted, scope)
    doubts = []
    for word, some in guesses.items():
        likeliest: dict[frozenset[str], _Guess] = {}
        for guess in some:
            if all(terms & known for terms in guess.terms):
                likeliest.setdefault(frozenset().union(*guess.terms) & known, guess)
        candidates = [
            Candidate(
                " ".join(guess.words),
                tuple(sorted(terms)),
                guess.cost,
                _nodes(word.piece_with(" ".join(guess.words)), languages),
            )
            for terms, guess in list(likeliest.items())[:MOST_TRIED]
        ]
        doubts.append(Doubt(_nodes(word.piece, languages), candidates))
    return doubts


def _guesses(written: str, languages: Sequence[str]) -> list[_Guess]:
    """All that are one slip away, the likeliest first, but for those that are the same word to the index."""
    folded = fold(written)
    typed = _terms(folded, languages)
    guesses = [_Guess((word,), (_terms(word, languages),), cost) for word, cost in near(folded).items()]
    guesses += [
        _Guess(halves, tuple(_terms(half, languages) for half in halves), cost)
        for halves, cost in splits(folded).items()
    ]
    guesses = [guess for guess in guesses if all(map(typed.isdisjoint, guess.terms))]
    return sorted(guesses, key=lambda guess: (guess.cost, guess.words))


def _doubtful(text: str) -> Iterator[_Doubtful]:
    """The words that may have been mistyped; of an identifier each part."""
    excluded = False
    for start, _, piece in pieces(text):
        if not excluded and is_plain(piece) and not any(map(str.isdigit, piece)):
            for match in _LETTERS.finditer(piece):
                for offset, part in parts_of(match.group()):
                    if SHORTEST <= len(part) <= LONGEST and part.isalpha() and not is_unspaced(part):
                        begin = start + match.start() + offset
                        yield _Doubtful(begin, begin + len(part), part, piece, start)
        excluded = piece == "NOT"


def _one_a_piece(words: Iterable[_Doubtful]) -> list[_Doubtful]:
    """The first word of each stretch: an identifier with two slips in it is not guessed at."""
    first: dict[int, _Doubtful] = {}
    for word in words:
        first.setdefault(word.piece_start, word)
    return list(first.values())


def _longest(words: Iterable[_Doubtful]) -> list[_Doubtful]:
    return sorted(words, key=lambda word: (-len(word.written), word.start))


def _terms(word: str, languages: Sequence[str]) -> frozenset[str]:
    return frozenset(term(word, language) for language in languages or ("",))


def _nodes(piece: str, languages: tuple[str, ...]) -> tuple[Node, ...]:
    root = parse_query(piece, languages).root
    return root.nodes if root is not None else ()


def _rights(replacements: Iterable[Replacement]) -> dict[tuple[int, int], str]:
    return {(each.start, each.end): each.right for each in replacements}


def _rewritten(text: str, rights: Mapping[tuple[int, int], str]) -> str:
    """The text with these stretches replaced."""
    for (start, end), right in sorted(rights.items(), reverse=True):
        text = text[:start] + right + text[end:]
    return text
