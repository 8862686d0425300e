"""Words without markup."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it.token import Token

_CELLS = {"th_close", "td_close"}
_WORDS = {"text", "text_special", "code_inline", "piece", "unknown_macro"}
_LINE_ENDS = {"tr_close", "paragraph_close", "heading_close", "dt_close", "front_field_close", "callout_title_close"}


def plain_text(tokens: Iterable[Token]) -> str:
    """The words of a token stream: one line for a paragraph, heading or table row, code as it stands."""
    parts: list[str] = []
    for token in tokens:
        if token.type == "inline":
            parts.append(inline_text(token.children or ()))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content if token.content.endswith("\n") else token.content + "\n")
        elif token.type in ("piece", "embed"):
            parts.append(token.content + "\n")
        elif token.type in _LINE_ENDS:
            parts.append("\n")
        elif token.type in _CELLS:
            parts.append(" ")
    return "".join(parts).strip()


def inline_text(tokens: Iterable[Token]) -> str:
    """The words of inline tokens: what a reader would read aloud, so an image counts as its description."""
    parts: list[str] = []
    for token in tokens:
        if token.type in _WORDS:
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(inline_text(token.children or ()))
        elif token.type == "wiki_link_open":
            parts.append(token.content)
    return "".join(parts)
