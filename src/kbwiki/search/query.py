"""The language people search in, read into a small tree. Reading never fails: what makes no sense is noted.

======================  =========================================================
``safety report``       pages with both words, in any form (reports, reported)
``"safety report"``     the words next to each other
``safety -drill``       pages with the first word and without the second
``fire OR flood``       either word
``evac*``               words that begin so
``title:plan``          only in titles
``tag:urgent``          pages with that tag
``in:hr/payroll``       pages at or below that path
``by:"Ann Lee"``        pages that somebody of that name changed last
``is:unreviewed``       pages in that state
``has:file``            pages with a file
``changed:<30d``        pages changed within 30 days; ``>`` for longer ago
======================  =========================================================

What the fields of the last four lines find is not for this module to know: who calls gives a function that does.

Parentheses, other fields and other signs are no part of the language: they are read as plain text, because
people search for ``SDL_GetError()`` and ``note: see below``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from .notes import (
    EMPTY_FIELD,
    LONE_NOT,
    LONE_OR,
    MORE_FIELDS,
    NO_FIELD,
    SHORT_OPENING,
    STRAY_ASTERISK,
    TOO_LONG,
    TOO_MANY,
    UNCLOSED,
    Note,
)
from .sought import Sought, sought
from .tree import All, Beginning, Compound, Either, Node, Not, Pages, Phrase, Tagged, Within, Word
from .words.analysis import Asked, asked
from .words.common_words import COMMON_WORDS
from .words.folding import fold, fold_path
from .words.pieces import straight

LONGEST_QUERY = 500
"""Characters of a query that are read."""

MOST_TERMS = 24
"""Words of a query that are looked for."""

SHORTEST_OPENING = 2
"""Letters that must stand before a ``*``."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood. ``root`` is None when there is nothing to look for.

    ``terms`` are the ones to highlight, in the order in which they were asked. ``left_out`` are the very common words
    that are not looked for, each with its place among all words: synonyms are found with them (``synonyms``).
    """

    root: All | None
    terms: tuple[Sought, ...] = ()
    notes: tuple[Note, ...] = ()
    left_out: tuple[tuple[int, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a field finds: pages, or None when its value makes no sense; and what there is to say about that."""

    pages: frozenset[int] | None
    note: Note | None = None


Choose = Callable[[str, str, bool], Chosen]
"""Looks up a field (``by``, ``is``, ``has``, ``changed``) with its value, and whether that stood in quotation marks."""


def parse_query(
    text: str, languages: tuple[str, ...] = ("en",), choose: Choose | None = None, operators: Collection[str] = ()
) -> Query:
    """Reads any text as a query, in the light of the languages that the wiki is written in.

    Never raises but what ``choose`` does, asked for ``operators``, too; without it what it looks up is no field.
    """
    reading = _Reading(languages, choose, frozenset(operators))
    for clause in _clauses(_cleaned(text, reading)):
        if reading.words >= MOST_TERMS:
            reading.note(TOO_MANY, str(MOST_TERMS))
            break
        reading.take(clause)
    return reading.finished()


@dataclass(frozen=True, slots=True)
class _Clause:
    """One stretch of the query: ``-title:"get window"``."""

    text: str
    negated: bool = False
    field: str = ""
    quoted: bool = False


_UNREADABLE = re.compile("[\x00-\x20\x7f\ud800-\udfff]+")
_CLAUSE = re.compile(
    r'(?P<sign>[-−](?![-−\s])|\+)?(?P<field>[^\W\d_]{2,20}:)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))?'
)
_FIELDS = {f"{name}:": name for name in ("title", "tag", "in", "by", "is", "has", "changed")}
_CHOSEN = frozenset({"by", "is", "has", "changed"})
_ALTERNATIVE = frozenset({"OR", "|", "||"})
_NEGATION = frozenset({"NOT"})
_FILLER = frozenset({"AND", "&", "&&", "+", "-"})


def _cleaned(text: str, reading: _Reading) -> str:
    if len(text) > LONGEST_QUERY:
        text = text[:LONGEST_QUERY]
        reading.note(TOO_LONG, str(LONGEST_QUERY))
    text = _UNREADABLE.sub(" ", straight(text))
    if text.count('"') % 2:
        before, _, after = text.rpartition('"')
        text = f"{before} {after}"
        reading.note(UNCLOSED)
    return text


def _clauses(text: str) -> Iterator[_Clause]:
    for match in _CLAUSE.finditer(text):
        sign, named, quoted, plain = match.group("sign", "field", "quoted", "plain")
        if match.group():
            yield _Clause(plain or quoted or "", sign in ("-", "−"), named or "", quoted is not None)


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what the words read last ask of the next one."""

    languages: tuple[str, ...]
    choose: Choose | None = None
    operators: frozenset[str] = frozenset()
    nodes: list[Node] = field(default_factory=list)
    common: set[int] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    words: int = 0
    awaiting_alternative: bool = False
    awaiting_negated: bool = False
    awaiting_value: str = ""

    def note(self, template: str, subject: str = "") -> None:
        note = Note(template, subject)
        if note not in self.notes:
            self.notes.append(note)

    def take(self, clause: _Clause) -> None:
        if not clause.field and not clause.quoted and not clause.negated and self._is_operator(clause.text):
            return
        name = clause.field.casefold()
        if name and not self._is_field(name):
            clause = self._as_text(clause)
        elif name and not clause.text:
            self.awaiting_value, self.awaiting_negated = name, self.awaiting_negated or clause.negated
            return
        self._add(clause)

    def finished(self) -> Query:
        if self.awaiting_alternative:
            self.note(LONE_OR)
        if self.awaiting_value:
            self.note(EMPTY_FIELD, self.awaiting_value)
        elif self.awaiting_negated:
            self.note(LONE_NOT)
        telling = [node for at, node in enumerate(self.nodes) if at not in self.common]
        nodes = tuple(telling or self.nodes)
        left_out = tuple((at, self.nodes[at]) for at in sorted(self.common)) if telling else ()
        root = All(nodes) if nodes else None
        return Query(root, sought(root) if root else (), tuple(self.notes), left_out)

    def _is_operator(self, text: str) -> bool:
        if text in _ALTERNATIVE:
            if not self.nodes:
                self.note(LONE_OR)
            self.awaiting_alternative = bool(self.nodes)
        elif text in _NEGATION:
            self.awaiting_negated = True
        return text in _ALTERNATIVE or text in _NEGATION or text in _FILLER

    def _is_field(self, name: str) -> bool:
        known = _FIELDS.get(name, "")
        return name[:-1] in self.operators or (bool(known) and (self.choose is not None or known not in _CHOSEN))

    def _as_text(self, clause: _Clause) -> _Clause:
        if clause.text and clause.text[0] not in ":/\\":
            self.note(NO_FIELD, clause.field)
            if self.operators:
                self.note(MORE_FIELDS, ", ".join(f"{one}:" for one in sorted(self.operators)))
        if clause.quoted:
            return _Clause(clause.text, clause.negated, quoted=True)
        return _Clause(clause.field + clause.text, clause.negated)

    def _add(self, clause: _Clause) -> None:
        name = clause.field.casefold() or self.awaiting_value
        negated = clause.negated or self.awaiting_negated
        self.awaiting_value, self.awaiting_negated = "", False
        found = self._nodes(clause, _FIELDS.get(name, name[:-1]))
        if not found:
            return
        node = found[0] if len(found) == 1 else All(tuple(found))
        if self.awaiting_alternative:
            self._join(Not(node) if negated else node)
        elif negated:
            self.nodes.append(Not(node))
        else:
            if not name and not clause.quoted and self._is_common(clause.text):
                self.common.add(len(self.nodes))
            self.nodes += found
        self.awaiting_alternative = False

    def _join(self, node: Node) -> None:
        before = self.nodes.pop()
        self.common.discard(len(self.nodes))
        known = before.nodes if isinstance(before, Either) else (before,)
        self.nodes.append(Either((*known, node)))

    def _is_common(self, text: str) -> bool:
        if len(text) > 1 and text.isupper():
            return False  # "IT department", "WHO rules"
        return any(fold(text) in COMMON_WORDS.get(language, ()) for language in self.languages)

    def _nodes(self, clause: _Clause, name: str) -> list[Node]:
        if name == "tag":
            return [Tagged(tag)] if (tag := fold(clause.text).strip()) else []
        if name == "in":
            return [Within(path)] if (path := fold_path(clause.text.rstrip("*"))) else []
        if (name in _CHOSEN or name in self.operators) and self.choose is not None:
            return self._chosen(name, clause, self.choose)
        words = self._asked(clause.text)
        if clause.quoted and sum(len(word[0].parts) or 1 for word in words) > 1:
            return [_phrase(words, name)]
        ends = self._ends_openly(clause)
        found = [
            node for at, word in enumerate(words) for node in self._word(word, name, ends and at == len(words) - 1)
        ]
        # In quotation marks a single word, too, is meant as it stands, which its being held by itself tells.
        return [All(tuple(found))] if clause.quoted and found else found

    def _chosen(self, name: str, clause: _Clause, choose: Choose) -> list[Node]:
        found = choose(name, clause.text, clause.quoted)
        if found.note is not None:
            self.note(found.note.template, found.note.subject)
        return [] if found.pages is None else [Pages(found.pages)]

    def _asked(self, text: str) -> list[tuple[Asked, ...]]:
        """The words of the text, each as every language of the wiki sees it."""
        words = zip(*(asked(text, language) for language in self.languages or ("",)), strict=True)
        kept = [word for word in words if word[0].whole or word[0].parts][: MOST_TERMS - self.words]
        self.words += sum(len(word[0].parts) if word[0].unspaced else 1 for word in kept)
        return kept

    def _ends_openly(self, clause: _Clause) -> bool:
        if clause.quoted or "*" not in clause.text:
            return False
        if "*" in clause.text.rstrip("*"):
            self.note(STRAY_ASTERISK)
        return clause.text.endswith("*")

    def _word(self, word: tuple[Asked, ...], name: str, open_ended: bool) -> list[Node]:
        first = word[0]
        terms = tuple(dict.fromkeys(each.whole for each in word if each.whole))
        if first.unspaced:
            pairs: list[Node] = [Word((pair,), name) for pair in first.parts]
            return pairs or [Beginning(first.opening, terms, name)]
        if open_ended and len(first.opening) >= SHORTEST_OPENING:
            return [Beginning(first.opening, terms, name)]
        if open_ended:
            self.note(SHORT_OPENING, f"{first.opening}*")
        if not first.parts:
            return [Word(terms, name)]
        apart = _phrase([word], name)
        return [Compound(Word(terms, name), apart) if terms else apart]


def _phrase(words: list[tuple[Asked, ...]], name: str) -> Phrase:
    """The words at their places; identifiers and pairs by their parts, which stand at successive places."""
    placed: list[tuple[int, tuple[str, ...]]] = []
    at = 0
    for word in words:
        for offset, part in enumerate(word[0].parts or (word[0].whole,)):
            others = (each.parts[offset : offset + 1] or (each.whole,) for each in word[1:])
            terms = (part, *(term for other in others for term in other if term))
            placed.append((at + offset, tuple(dict.fromkeys(terms))))
        at += word[0].places
    return Phrase(tuple(placed), name)
