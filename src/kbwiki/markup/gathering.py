"""What a parsed text links to and how it is divided."""

from __future__ import annotations

import re
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .document import Heading, Link
from .plain import inline_text
from .slugs import Anchors

LINKS, HEADINGS = "kb_links", "kb_headings"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def enable_gathering(md: MarkdownIt) -> None:
    """Run last: everything else has been decided."""
    md.core.ruler.push("gather", gather)


def gather(state: StateCore) -> None:
    """Core rule: put links (each once, in order) and headings into the environment, and each token's share
    into its meta."""
    links: dict[Link, None] = {}
    headings: list[Heading] = []
    anchors = Anchors()
    for position, token in enumerate(state.tokens):
        if token.type == "inline":
            _gather_links(token.children or (), links)
        elif token.type == "heading_open":
            title = inline_text(state.tokens[position + 1].children or ()).strip()
            heading = Heading(int(token.tag[1]), title, anchors.take(title))
            token.meta = {"kb_anchor": heading.anchor}
            headings.append(heading)
    state.env[LINKS], state.env[HEADINGS] = tuple(links), tuple(headings)


def _gather_links(children: list[Token] | tuple[()], links: dict[Link, None]) -> None:
    for child in children:
        if child.type == "link_open":
            link = None if child.info == "auto" else page_link(str(child.attrs["href"]))
        elif child.type == "image":
            link = page_link(str(child.attrs["src"]))
        elif child.type == "wiki_link_open":
            link = child.meta["kb_link"]
        else:
            continue
        if link:
            child.meta["kb_link"] = link
            links[link] = None


def page_link(href: str) -> Link | None:
    """The link that a destination (percent-encoded, as the parser leaves it) makes, or None if it cannot mean
    a page.

    Only a relative path can: nothing with a scheme, from the root, within this page, or with a query.
    """
    if not href or href[0] in "/#?" or "?" in href or _SCHEME.match(href):
        return None
    path, mark, section = href.partition("#")
    return Link(decoded(path), decoded(section) or None if mark else None, "markdown")


def decoded(part: str) -> str:
    """Percent codes resolved; what is not UTF-8, and NUL, become U+FFFD."""
    return unquote(part).replace("\0", "\ufffd")
