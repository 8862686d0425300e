"""Rendered texts of several pages as the parts of one document: headings deeper, ids apart, links inside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape

_TAG = re.compile(r'<(/?)([a-zA-Z][\w:-]*)((?:\s+[^\s=>"/]+(?:="[^"]*")?)*)(\s*/?>)')
_ATTRIBUTE = re.compile(r'(\s+)([^\s=>"/]+)="([^"]*)"')
_HEADING = re.compile(r"h[1-6]")
_INSIDE = re.compile(r"url\(#([^)]+)\)")
_IDS = frozenset({"id", "for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details"})
_LINKS = frozenset({"href", "xlink:href"})


@dataclass(frozen=True, slots=True)
class Part:
    """Where a text stands in the document: the id of its part, and by how many levels its headings go down.

    `parts` has the id of the part for the address of each page in the document.
    """

    key: str
    deeper: int
    parts: Mapping[str, str]


def as_part(html: str, part: Part) -> str:
    """HTML that `render` made, as a part of a larger document; safe as it was.

    Every id gets the part's own before it, and what refers to one follows. A link to a page of the document leads to
    its part. Headings never go below the sixth level, and none is the first: that is the document's title.
    """
    return _TAG.sub(lambda tag: _tag(tag, part), html)


def _tag(tag: re.Match[str], part: Part) -> str:
    slash, name, attributes, end = tag.groups()
    if _HEADING.fullmatch(name):
        name = f"h{min(max(int(name[1]), 2) + part.deeper, 6)}"
    if not attributes:
        return f"<{slash}{name}{end}"
    written = _ATTRIBUTE.sub(lambda one: _attribute(one, part), attributes)
    return f"<{slash}{name}{written}{end}"


def _attribute(one: re.Match[str], part: Part) -> str:
    space, name, value = one.groups()
    if name in _IDS:
        value = " ".join(f"{part.key}-{key}" for key in value.split())
    elif name in _LINKS:
        value = escape(_led(unescape(value), part))
    elif name == "loading":
        return ""  # paper takes what is there
    elif "url(#" in value:
        value = _INSIDE.sub(rf"url(#{part.key}-\1)", value)
    return f'{space}{name}="{value}"'


def _led(address: str, part: Part) -> str:
    page, mark, section = address.partition("#")
    key = part.key if mark and not page else part.parts.get(page)
    if key is None:
        return address
    return f"#{key}-{section}" if section else f"#{key}"
