"""Markup: a text becomes safe HTML, its links, its headings and its plain words. Knows no page and no
database.

`parse` reads, `render` writes, `rewrite_links` changes where links lead and nothing else.
"""

from .colours import highlight_css
from .dialect import PLAIN, RENDERER_VERSION, Dialect, Syntax
from .document import Document, Heading, Link, LinkStyle, Rendered, Resolved, Wording
from .engine import parse, parse_extended
from .rendering import render
from .rewriting import rewrite_links
from .slugs import section_anchor

__all__ = [
    "PLAIN",
    "RENDERER_VERSION",
    "Dialect",
    "Document",
    "Heading",
    "Link",
    "LinkStyle",
    "Rendered",
    "Resolved",
    "Syntax",
    "Wording",
    "highlight_css",
    "parse",
    "parse_extended",
    "render",
    "rewrite_links",
    "section_anchor",
]
