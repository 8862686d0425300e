"""Checks by chance: random pages and questions, compared with the plainest evaluation there is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from ...documents import Document
from ...tree import All, Beginning, Compound, Either, Node, Not, Pages, Phrase, Tagged, Within, Word
from ...words.analysis import asked, places
from ..filing import path_terms, tag_terms
from ..loosening import ENOUGH, loosened
from ..protocol import EVERYTHING, Scope
from .subject import Subject, page

_WORDS = ("alarm", "brigade", "Häuser", "GetWindowSize", "SDL_Size", "window", "get", "size", "c++", "C#", "窗口", "3D")
_TAGS = ("urgent", "First Aid", "R&D")
_PATHS = ("hr", "hr/payroll", "hr/payroll/leave", "dev/c++", "Hr-other")
_LANGUAGES = ("en", "en", "de", "")


def random_questions_find_what_a_plain_reading_finds(subject: Subject) -> None:
    index = subject.open()
    for seed in range(3):
        chance = random.Random(seed)
        pages = {number: _page(chance, number) for number in range(40)}
        with index.rebuild() as filling:
            filling.add(list(pages.values())[:25])
        for start in range(25, 40, 5):
            index.update([pages[number] for number in range(start, start + 5)], delete=[chance.randrange(start)])
        alive = index.search(All((Not(Word(("nothing",))),)), EVERYTHING, limit=0).matching
        plain = _Plain([pages[number] for number in alive])
        for _ in range(150):
            root = All(tuple(_node(chance, 2) for _ in range(chance.randrange(1, 4))))
            scope = _scope(chance)
            hits = index.search(root, scope, limit=1000)
            complete, some = plain.found(root, scope)
            assert set(hits.ids[: hits.complete]) == complete, (seed, root, scope)
            assert set(hits.matching) == complete | some, (seed, root, scope)
            assert set(hits.ids) == complete | some
            assert hits.total == len(hits.ids) == len(set(hits.ids))


class _Plain:
    """What is found, read off the texts page by page."""

    def __init__(self, pages: Iterable[Document]) -> None:
        self._pages = {each.id: _Read(each) for each in pages}

    def found(self, root: All, scope: Scope) -> tuple[set[int], set[int]]:
        """The pages with all that was asked, and those with some of the words that follow them."""
        allowed = {number: read for number, read in self._pages.items() if _allows(scope, read.page)}
        complete = {number for number, read in allowed.items() if read.matches(root, allowed.values())}
        optional, strict = loosened(root)
        if len(complete) >= ENOUGH or not optional:
            return complete, set()
        each = [{n for n, read in allowed.items() if read.matches(word, allowed.values())} for word in optional]
        found = [pages for pages in each if pages]
        told = [pages for pages in found if len(pages) * 2 <= len(allowed)] or found
        some = {n for n in set().union(*told) if allowed[n].matches(All(strict), allowed.values())}
        return complete, some - complete


class _Read:
    """One page, read."""

    def __init__(self, document: Document) -> None:
        self.page = document
        texts = (document.title, document.body, document.path, *document.headings, *document.tags)
        texts = (*texts, *(text for text, _ in document.more))
        self._stretches = [places(text, document.language)[0] for text in texts]
        self._tags = tag_terms(document.tags)
        self._paths = path_terms(document.path)

    def matches(self, node: Node, allowed: Iterable[_Read]) -> bool:
        match node:
            case Word(terms, field):
                return any(term in stretch for stretch in self._of(field) for term in terms)
            case Beginning(opening, terms, field):
                return self.matches(Word(terms, field), allowed) or any(
                    term.startswith(opening) for stretch in self._of(field) for term in stretch
                )
            case Phrase(words, field):
                return any(_stands(stretch, words) for stretch in self._of(field))
            case Compound(whole, apart):
                taken = whole if any(read.matches(whole, ()) for read in allowed) else apart
                return self.matches(taken, allowed)
            case Tagged(tag):
                return tag in self._tags
            case Within(path):
                return path in self._paths
            case Pages(ids):
                return self.page.id in ids
            case Not(inner):
                return not self.matches(inner, allowed)
            case Either(nodes):
                return any(self.matches(each, allowed) for each in nodes)
            case All(nodes):
                return all(self.matches(each, allowed) for each in nodes)

    def _of(self, field: str) -> list[dict[str, list[int]]]:
        return self._stretches[:1] if field == "title" else self._stretches


def _stands(stretch: dict[str, list[int]], words: Iterable[tuple[int, tuple[str, ...]]]) -> bool:
    starts = [{at - offset for term in terms for at in stretch.get(term, ())} for offset, terms in words]
    return bool(set.intersection(*starts))


def _allows(scope: Scope, document: Document) -> bool:
    return (scope.spaces is None or document.space in scope.spaces) and document.id not in scope.without


def _page(chance: random.Random, number: int) -> Document:
    return page(
        number,
        " ".join(chance.choices(_WORDS, k=chance.randrange(8))),
        title=" ".join(chance.choices(_WORDS, k=chance.randrange(3))),
        path=f"{chance.choice(_PATHS)}/{chance.choice(_WORDS)}",
        headings=tuple(" ".join(chance.choices(_WORDS, k=2)) for _ in range(chance.randrange(3))),
        tags=tuple(chance.sample(_TAGS, chance.randrange(3))),
        space=chance.randrange(3),
        language=chance.choice(_LANGUAGES),
        more=tuple((chance.choice(_WORDS), 2.0) for _ in range(chance.randrange(2))),
    )


def _scope(chance: random.Random) -> Scope:
    spaces = frozenset(chance.sample(range(3), chance.randrange(4))) if chance.random() < 0.5 else None
    return Scope(spaces, frozenset(chance.sample(range(40), 10)) if chance.random() < 0.3 else frozenset())


def _node(chance: random.Random, depth: int) -> Node:
    field = chance.choice(("", "", "title"))
    words = [asked(chance.choice(_WORDS), chance.choice(_LANGUAGES))[0] for _ in range(3)]
    terms = tuple(dict.fromkeys(word.whole for word in words[: chance.randrange(1, 3)] if word.whole))
    match chance.randrange(9 if depth else 6):
        case 0:
            return Word(terms, field)
        case 1:
            return Phrase(tuple(_spread(chance, [word.parts or (word.whole,) for word in words[:2]])), field)
        case 2:
            apart = Phrase(tuple(enumerate((part,) for part in words[0].parts or (words[0].whole,))), field)
            return Compound(Word((words[0].whole,) if words[0].whole else (), field), apart)
        case 3:
            return Beginning(chance.choice(("wi", "get", "sd", "c", "窗", "bri", "3")), terms, field)
        case 4:
            tag, path = chance.choice(tag_terms(_TAGS)), chance.choice(path_terms(chance.choice(_PATHS)))
            return Tagged(tag) if chance.random() < 0.5 else Within(path)
        case 5:
            return Pages(frozenset(chance.sample(range(45), 20)))
        case 6:
            return Not(_node(chance, depth - 1))
        case 7:
            return Either(tuple(_node(chance, depth - 1) for _ in range(2)))
        case _:
            return All(tuple(_node(chance, depth - 1) for _ in range(2)))


def _spread(
    chance: random.Random, words: Iterable[tuple[str, ...]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The words one after the other, some with another stem beside, now and then with a place left open."""
    at = 0
    for parts in words:
        for part in parts:
            yield at, (part, "haus") if chance.random() < 0.2 else (part,)
            at += 2 if chance.random() < 0.1 else 1


CHECKS = (random_questions_find_what_a_plain_reading_finds,)
