"""Where in a source the targets of its links are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from .document import Link
from .positions import CHARACTERS, DEFINITIONS, STARTS, source_offset
from .quoting import markdown_ways, wiki_ways, written_section
from .skeleton import Mark

_BLANKS = re.compile(r"[ \t\n]*")
_LABEL = re.compile(r"\[(?:\\.|[^\[\]\\])*+\]:[ \t\n]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """source[start:end] is the written target of ``link``; in the markdown style with section and angle
    brackets."""

    start: int
    end: int
    link: Link
    written: str

    def ways(self, target: str) -> tuple[str, ...]:
        """What could be written here instead to lead to another target, plainest first."""
        if self.link.style == "wiki":
            return wiki_ways(target)
        angled = self.written.startswith("<")
        inner = self.written[1:-1] if angled else self.written
        # An escape or entity in front may hide or make a `#`: then the section is written anew instead of
        # copied.
        copied = "\\" not in inner and "&" not in inner
        section = inner[inner.index("#") :] if copied and "#" in inner else ""
        return markdown_ways(target, section if copied else written_section(self.link.section), angled=angled)


def places(source: str, marks: Iterable[Mark], env: Mapping[str, Any]) -> dict[Place, list[int]]:
    """Each place with the numbers of the marks that lead there; a reference definition has many."""
    found: dict[Place, list[int]] = {}
    for number, mark in enumerate(marks):
        if mark.link is None or not (STARTS in mark.inline.meta or CHARACTERS in mark.inline.meta):
            continue
        span: tuple[int, int] | None
        if mark.link.style == "wiki":
            span = _in_wiki_link(mark)
        elif "label" in mark.token.meta:
            span = _in_definition(source, env[DEFINITIONS][mark.token.meta["label"]])
        else:
            span = _in_link(mark)
        if span:
            found.setdefault(Place(*span, mark.link, source[slice(*span)]), []).append(number)
    return found


def _in_wiki_link(mark: Mark) -> tuple[int, int]:
    start, end = mark.token.meta["kb_at"]
    written = mark.inline.content[start:end]
    start += len(written) - len(written.lstrip())
    return _in_source(mark.inline, start, start + len(written.strip()))


def _in_link(mark: Mark) -> tuple[int, int] | None:
    """Read on from the end of the label: a bracket, blanks, the target."""
    content = mark.inline.content
    label_end, end = mark.token.meta["kb_at"]
    blanks = _BLANKS.match(content, label_end + len("]("), end)
    if blanks is None:
        return None
    target = parseLinkDestination(content, blanks.end(), end)
    return _in_source(mark.inline, blanks.end(), target.pos) if target.ok else None


def _in_definition(source: str, lines: list[tuple[int, int]]) -> tuple[int, int] | None:
    text = "\n".join(source[start:end] for start, end in lines)
    label = _LABEL.match(text)
    if label is None:
        return None
    target = parseLinkDestination(text, label.end(), len(text))
    line = text.count("\n", 0, label.end())
    shift = lines[line][0] - (text.rfind("\n", 0, label.end()) + 1)
    return (label.end() + shift, target.pos + shift) if target.ok else None


def _in_source(inline: Token, start: int, end: int) -> tuple[int, int]:
    return source_offset(inline, start), source_offset(inline, end - 1) + 1
