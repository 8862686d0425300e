"""`[[target]]`, `[[target|label]]`, `[[target#section]]`, `[[#section]]`.

Escapes and entities mean in a target what they mean everywhere in Markdown, which is how a target may contain
`|`, `#` or brackets (`[[C\\# guide]]`). Inside a table the label's bar is written `\\|`, as every bar in a
cell is. The label may carry emphasis and code, but no brackets. The first `[[` wins over a reference of the
same name.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from .document import Link

# Possessive repetition: each part is scanned once, whatever follows, so a hostile line stays linear.
WIKI_LINK = re.compile(
    r"\[\["
    r"(?P<target>(?:\\.|&\#?[0-9A-Za-z]{1,32};|[^\[\]|\#\n\\])*+)"
    r"(?:\#(?P<section>(?:\\.|[^\[\]|\n\\])*+))?"
    r"(?:\|(?P<label>(?:\\.|[^\[\]\n\\])*+))?"
    r"\]\]"
)


def enable_wiki_links(md: MarkdownIt) -> None:
    """Add the rule before ordinary links, which begin with the same character."""
    md.inline.ruler.before("link", "wiki_link", wiki_link)


def enable_schemes(md: MarkdownIt, schemes: tuple[str, ...]) -> None:
    """`[[jira:ABC-1]]` is of the kind `jira`, for each of these, and no link to a page. Add this before gathering."""

    def tell_apart(state: StateCore) -> None:
        for token in state.tokens:
            for child in token.children or ():
                if child.type == "wiki_link_open" and (link := child.meta["kb_link"]):
                    scheme, colon, rest = link.target.partition(":")
                    if colon and scheme.lower() in schemes:
                        rest += f"#{link.section}" if link.section else ""
                        child.meta |= {"kb_link": None, "kb_scheme": (scheme.lower(), rest.strip())}

    if schemes:
        md.core.ruler.push("schemes", tell_apart)


def wiki_link(state: StateInline, silent: bool) -> bool:
    """Inline rule: a wiki link becomes `wiki_link_open`, its label's tokens, `wiki_link_close`.

    The opening token's meta has the `Link` (or None and only a section, for this page) and, in `kb_at`, where
    the target stands in the inline text. Without a label its content is the text to show.
    """
    if not state.src.startswith("[[", state.pos):
        return False
    match = WIKI_LINK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    target, section = _unescaped(match["target"]) or "", _unescaped(match["section"])
    if not target and not section:
        return False
    if not silent:
        _push(state, match, target, section)
    state.pos = match.end()
    return True


def _push(state: StateInline, match: re.Match[str], target: str, section: str | None) -> None:
    opening = state.push("wiki_link_open", "a", 1)
    opening.meta = {
        "kb_link": Link(target, section, "wiki") if target else None,
        "kb_section": section,
        "kb_at": match.span("target"),
    }
    label = match["label"]
    if label is None or not label.strip():
        opening.content = " › ".join(part for part in (target, section) if part)
    else:
        end, state.pos = state.posMax, match.start("label")
        state.posMax = match.end("label")
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.posMax = end
    state.push("wiki_link_close", "a", -1)


def _unescaped(written: str | None) -> str | None:
    if written is None:
        return None
    return unescapeAll(written.strip()).replace("\0", "\ufffd") or None
