"""Questions made from pages by rule, each with the pages that answer it: those with the title it was made from.

The public wiki describes the same function in several versions of a library, on pages of one title; who asks for it by
name has not said which. So a page of the same title is as good as the one the question was made from.

Kinds. ``title``: the words of the title. ``heading``: a heading that stands on pages of this title only. ``sentence``:
five to eight words in a row of a line, which stand so on pages of this title only. ``slip``: one letter wrong, missing,
doubled or changed places in one word of at least four letters and no digits, in turn in title words, in an identifier
run together, and in five words of a sentence as above. ``parts``: an identifier without the prefix of its library, in
turn run together, as words, and without its first part, where at most five titles have the rest.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kbwiki.search.documents import Document

KINDS = ("title", "heading", "sentence", "slip", "parts")
SLIPS = ("wrong", "missing", "doubled", "swapped")
_MOST_TITLES = 5
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PREFIXES = frozenset({"sdl", "sdlk", "img", "ttf", "mix", "net", "rtf"})
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
_TYPED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4,}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Question:
    """What is typed, and the pages that answer it; ``page`` is the one it was made from."""

    kind: str
    text: str
    page: int
    answers: frozenset[int]
    variant: str = ""


class KnownItems:
    """Makes the same questions from the same pages, always."""

    def __init__(self, documents: Sequence[Document], seed: int) -> None:
        self._documents = sorted(documents, key=lambda one: one.id)
        self._seed = seed
        self._answers: dict[str, set[int]] = defaultdict(set)
        self._lines: dict[str, set[str]] = defaultdict(set)
        self._headings: dict[str, set[str]] = defaultdict(set)
        self._parts: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._texts = [(one.title, " ".join(one.body.split())) for one in self._documents]
        for document in self._documents:
            self._answers[document.title].add(document.id)
            for line in document.body.splitlines():
                self._lines[line.strip()].add(document.title)
            for heading in document.headings:
                self._headings[heading].add(document.title)
            parts = _parts(document.title)
            for run in {tuple(parts[begin:end]) for begin in range(len(parts)) for end in range(begin, len(parts) + 1)}:
                self._parts[run].add(document.title)

    def questions(self, kind: str, count: int, half: int) -> list[Question]:
        """So many questions of a kind at most, from the pages of one half; pages of one title are in one half."""
        chance = random.Random(f"{self._seed} {kind}")
        pages = [one for one in self._documents if sha256(one.title.encode()).digest()[0] % 2 == half]
        chance.shuffle(pages)
        made: list[Question] = []
        titles: set[str] = set()
        for document in pages:
            if len(made) >= count:
                break
            if document.title in titles:
                continue
            asked = self._ask(kind, document, chance, len(made))
            if asked is not None:
                titles.add(document.title)
                text, variant = asked
                made.append(Question(kind, text, document.id, frozenset(self._answers[document.title]), variant))
        return made

    def _ask(self, kind: str, document: Document, chance: random.Random, turn: int) -> tuple[str, str] | None:
        if kind == "title":
            words = _title_words(document)
            return (" ".join(words), "") if words else None
        if kind == "heading":
            own = [one for one in document.headings if self._is_own_heading(one, document)]
            return (chance.choice(own), "") if own else None
        if kind == "sentence":
            fragment = self._fragment(document, chance, chance.randint(5, 8))
            return (fragment, "") if fragment else None
        if kind == "slip":
            return self._with_slip(document, chance, turn)
        return self._identifier(document, turn)

    def _is_own_heading(self, heading: str, document: Document) -> bool:
        own = self._headings[heading] == {document.title} and heading != document.title
        return own and len(_WORD.findall(heading)) > 1

    def _fragment(self, document: Document, chance: random.Random, length: int) -> str | None:
        lines = [line.strip() for line in document.body.splitlines()]
        own = [line.split() for line in lines if self._lines[line] == {document.title}]
        own = [words for words in own if len(words) >= length]
        if not own:
            return None
        words = chance.choice(own)
        begin = chance.randint(0, len(words) - length)
        fragment = " ".join(words[begin : begin + length])
        telling = len(_WORD.findall(fragment)) >= length - 1 and '"' not in fragment
        return fragment if telling and self._is_own(fragment, document) else None

    def _is_own(self, fragment: str, document: Document) -> bool:
        """Whether the words stand in a row on pages of this title only."""
        return all(fragment not in text for title, text in self._texts if title != document.title)

    def _with_slip(self, document: Document, chance: random.Random, turn: int) -> tuple[str, str] | None:
        made_of = turn // len(SLIPS) % 3
        if made_of == 2:
            text = self._fragment(document, chance, 5)
        else:
            parts = _parts(document.title)
            text = ("" if made_of else " ").join(parts) if parts else None
        words = list(_TYPED.finditer(text or ""))
        if not text or not words:
            return None
        word = chance.choice(words)
        slip = SLIPS[turn % len(SLIPS)]
        wrong = mistyped(word.group(), slip, chance)
        return (text[: word.start()] + wrong + text[word.end() :], slip) if wrong != word.group() else None

    def _identifier(self, document: Document, turn: int) -> tuple[str, str] | None:
        parts = _parts(document.title)
        if len(parts) < 2:
            return None
        variant = ("together", "words", "rest")[turn % 3]
        if variant == "together":
            return "".join(parts), variant
        rest = parts if variant == "words" else parts[1:]
        if len(rest) < 2 or len(self._parts[tuple(rest)]) > _MOST_TITLES:
            return None
        return " ".join(rest), variant


def mistyped(word: str, slip: str, chance: random.Random) -> str:
    """The word with one slip of the finger in it, anywhere."""
    at = chance.randrange(len(word))
    match slip:
        case "wrong":
            return word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]
        case "missing":
            return word[:at] + word[at + 1 :]
        case "doubled":
            return word[:at] + word[at] + word[at:]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _title_words(document: Document) -> list[str]:
    words = [each for chunk in re.split(r"[\W_]+", document.title) for each in _PART.findall(chunk)]
    return words if len(words) > 1 else []


def _parts(title: str) -> list[str]:
    """The parts of a title that is one identifier, folded, without the prefix of its library."""
    if not re.fullmatch(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*", title):
        return []
    parts = [each.lower() for chunk in title.split("_") for each in _PART.findall(chunk)]
    return parts[1:] if parts and parts[0] in _PREFIXES else parts


def all_kinds(items: KnownItems, count: int, half: int) -> Iterator[Question]:
    """The questions of every kind."""
    for kind in KINDS:
        yield from items.questions(kind, count, half)
