"""A question as people type it, taken apart for the form and the facets, and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..search.words.pieces import straight

NARROWING = ("in", "tag", "by", "is", "changed")
"""Fields that say where to look. The others say what for."""

FORM = ("words", "phrase", "none", "title", "tag", "space", "author", "changed", "state")
"""The fields of the form for those who do not type operators."""

_FIELD_OF = {"title": "title", "tag": "tag", "space": "in", "author": "by", "changed": "changed", "state": "is"}
_CLAUSE = re.compile(
    r'(?P<sign>[-−]|NOT\s+)?(?:(?P<field>(?i:title|tag|in|by|is|changed)(?=:)|[A-Za-z]{2,20}(?=:\S)):\s*)?'
    r'(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))'
)
_ALTERNATIVE = ("OR", "|", "||")
_KNOWN = frozenset({"title", *NARROWING})


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a question as typed: `field` is '' for what to look for anywhere."""

    typed: str
    field: str
    value: str
    negated: bool
    quoted: bool

    @property
    def narrows(self) -> bool:
        """Whether it says where to look, so that it can be taken away as a filter."""
        return self.field in NARROWING and not self.negated


def parts_of(query: str) -> tuple[Part, ...]:
    """The pieces of a question, in order."""
    return tuple(_part(match) for match in _CLAUSE.finditer(straight(query)))


def _part(match: re.Match[str]) -> Part:
    sign, field, quoted, plain = match.group("sign", "field", "quoted", "plain")
    name = (field or "").casefold()
    value = quoted if quoted is not None else plain
    if field and name not in _KNOWN:
        name, value = "", f"{field}:{value}"
    return Part(match.group(), name, value, bool(sign), quoted is not None)


def with_part(query: str, typed: str) -> str:
    """The question narrowed by one more piece; a second time of change or state takes the place of the first."""
    (added,) = parts_of(typed) or (None,)
    gives_way = added.field if added is not None and added.field in ("changed", "is") else None
    kept = [one for one in parts_of(query) if gives_way is None or one.field != gives_way]
    return f"{_joined(kept)} {typed}".strip()


def without(query: str, *taken: Part) -> str:
    """The question without these pieces."""
    return _joined(one for one in parts_of(query) if one not in taken)


def _joined(parts: Iterable[Part]) -> str:
    """The pieces as one question, without an “OR” or “NOT” that has lost its word."""
    typed: list[str] = []
    for one in parts:
        if one.typed not in _ALTERNATIVE or (typed and typed[-1] not in _ALTERNATIVE):
            typed.append(one.typed)
    while typed and typed[-1] in (*_ALTERNATIVE, "NOT"):
        typed.pop()
    return " ".join(typed)


def without_narrowing(query: str) -> str:
    """What the question looks for, wherever it may be."""
    return without(query, *(one for one in parts_of(query) if one.narrows))


def loosened(query: str) -> str:
    """A question for pages with any of the words: '' when there is nothing to loosen."""
    words = [one.value for one in parts_of(query) if not one.negated and one.field in ("", "title")]
    words = [word for value in words for word in value.split() if word not in (*_ALTERNATIVE, "AND", "NOT")]
    return " OR ".join(words) if len(words) > 1 else " ".join(words)


def composed(form: Mapping[str, str]) -> str:
    """What the form says, as somebody who knows the operators would type it."""
    said = {name: " ".join(form.get(name, "").replace('"', " ").split()) for name in FORM}
    parts = [said["words"]]
    if said["phrase"]:
        parts.append(f'"{said["phrase"]}"')
    parts += [f"-{word}" for word in said["none"].split()]
    parts += [f"title:{word}" for word in said["title"].split()]
    parts += [
        f"{field}:{_quoted(said[name])}" for name, field in _FIELD_OF.items() if name != "title" and said[name]
    ]
    return " ".join(filter(None, parts))


def taken_apart(query: str) -> dict[str, str]:
    """The form filled in with a question; what it has no field for stands among the words, as typed."""
    found: dict[str, list[str]] = {name: [] for name in FORM}
    names = {field: name for name, field in _FIELD_OF.items()}
    for one in parts_of(query):
        if one.negated and not one.field and not one.quoted:
            found["none"].append(one.value)
        elif one.negated:
            found["words"].append(one.typed)
        elif not one.field and one.quoted and not found["phrase"]:
            found["phrase"].append(one.value)
        elif one.field in names and (one.field == "title" or not found[names[one.field]]):
            found[names[one.field]].append(one.value)
        else:
            found["words"].append(one.typed)
    return {name: " ".join(values) for name, values in found.items()}


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
