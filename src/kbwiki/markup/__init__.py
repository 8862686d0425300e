"""Markup: a text becomes safe HTML, its links, its headings and its plain words. Knows no page and no
database.

`parse` reads, `render` writes, `rewrite_links` changes where links lead and nothing else.
"""

from .colours import highlight_css
from .document import Document, Heading, Link, LinkedFile, LinkStyle, Rendered, Resolved, Wording
from .engine import parse
from .rendering import RENDERER_VERSION, render
from .rewriting import rewrite_links
from .slugs import section_anchor

__all__ = [
    "RENDERER_VERSION",
    "Document",
    "Heading",
    "Link",
    "LinkStyle",
    "LinkedFile",
    "Rendered",
    "Resolved",
    "Wording",
    "highlight_css",
    "parse",
    "render",
    "rewrite_links",
    "section_anchor",
]
