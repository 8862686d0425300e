"""Markup: a text becomes safe HTML, its links, its headings and its plain words. Knows no page and no
database.

`parse` reads, `render` writes, `rewrite_links` changes where links lead and nothing else.
"""

from .colours import highlight_css
from .document import Document, Heading, Link, LinkStyle, Rendered, Resolved, Wording
from .engine import parse
from .front import Front, Labels, changed_front, is_name, new_front, read_front
from .rendering import RENDERER_VERSION, render
from .rewriting import rewrite_links
from .slugs import section_anchor

__all__ = [
    "RENDERER_VERSION",
    "Document",
    "Front",
    "Heading",
    "Labels",
    "Link",
    "LinkStyle",
    "Rendered",
    "Resolved",
    "Wording",
    "changed_front",
    "highlight_css",
    "is_name",
    "new_front",
    "parse",
    "read_front",
    "render",
    "rewrite_links",
    "section_anchor",
]
