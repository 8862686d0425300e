"""Markup: a text becomes safe HTML, its links, its headings and its plain words. Knows no page and no
database.

`parse` reads, `render` writes, `rewrite_links` changes where links lead and nothing else.
"""

from .colours import highlight_css
from .dialect import PLAIN, RENDERER_VERSION, Dialect, Syntax
from .document import Document, Heading, Link, LinkedFile, LinkStyle, Rendered, Resolved, Wording
from .engine import parse, parse_extended
from .front import Front, Labels, changed_front, is_name, new_front, read_front
from .places import PlacedHeading, Places, Section, find_section, places_of
from .rendering import render
from .rewriting import rewrite_links
from .slugs import section_anchor

__all__ = [
    "PLAIN",
    "RENDERER_VERSION",
    "Dialect",
    "Document",
    "Front",
    "Heading",
    "Labels",
    "Link",
    "LinkStyle",
    "LinkedFile",
    "PlacedHeading",
    "Places",
    "Rendered",
    "Resolved",
    "Section",
    "Syntax",
    "Wording",
    "changed_front",
    "find_section",
    "highlight_css",
    "is_name",
    "new_front",
    "parse",
    "parse_extended",
    "places_of",
    "read_front",
    "render",
    "rewrite_links",
    "section_anchor",
]
