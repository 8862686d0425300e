"""Where in the source the parts of a text stand: for a preview that scrolls along, for advice, for editing a section.

Lines are counted from 0, and end as they do in Markdown: with LF, CR LF or CR.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markdown_it.token import Token

from .document import Document, Heading, Link

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class PlacedHeading:
    """A heading, the line it begins in, and whether it divides the text: it does not within a list or a quotation."""

    heading: Heading
    line: int
    divides: bool


@dataclass(frozen=True, slots=True)
class Places:
    """The line in which each block of the outermost level begins, in their order as HTML; headings; links."""

    blocks: tuple[int, ...]
    headings: tuple[PlacedHeading, ...]
    links: Mapping[Link, int]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, up to the next of its level or above: the source between two offsets.

    `end` is before the white space that parts it from the next one; `after` is behind that.
    """

    title: str
    start: int
    end: int
    after: int


def places_of(document: Document) -> Places:
    """Where the parts of a parsed text stand. One pass; what has no line of its own stands where the last one did."""
    blocks: list[int] = []
    headings: list[PlacedHeading] = []
    links: dict[Link, int] = {}
    depth = line = 0
    known = iter(document.headings)
    for token in document._tokens:
        if token.map is not None:
            line = token.map[0]
        if depth == 0 and token.nesting >= 0 and token.type != "inline":
            blocks.append(line)
        if token.type == "heading_open" and (heading := next(known, None)) is not None:
            headings.append(PlacedHeading(heading, line, depth == 0))
        if token.type == "inline":
            _place_links(token, line, links)
        depth += token.nesting
    return Places(tuple(blocks), tuple(headings), links)


def _place_links(inline: Token, line: int, links: dict[Link, int]) -> None:
    for child in inline.children or ():
        if (link := child.meta.get("kb_link")) is not None:
            links.setdefault(link, line)
        if child.type in ("softbreak", "hardbreak"):
            line += 1


def find_section(text: str, document: Document, anchor: str) -> Section | None:
    """The section whose heading has this id, if the heading divides the text. `document` is what `text` was read as."""
    dividing = [one for one in places_of(document).headings if one.divides]
    at = next((at for at, one in enumerate(dividing) if one.heading.anchor == anchor), None)
    if at is None:
        return None
    found = dividing[at]
    offsets = [match.start() for match in _LINE.finditer(text)]
    following = (one.line for one in dividing[at + 1 :] if one.heading.level <= found.heading.level)
    next_line = next(following, None)
    start = offsets[found.line]
    after = len(text) if next_line is None else offsets[next_line]
    end = start + len(text[start:after].rstrip(" \t\r\n"))
    return Section(found.heading.title, start, end, after)
