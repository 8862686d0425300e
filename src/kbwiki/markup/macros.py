"""`{{name first "two words" key=value}}`, for the names that are declared; and what stands alone in its paragraph.

A name that is not declared is text, as it is without plugins; where it is nearly one that is, the reader is told.
Nothing within code is a macro, nor is what begins with `\\{{`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from .dialect import Call, Syntax

_LONGEST = 2000
# Possessive: what was passed is never gone back to. A brace ends the attempt, so each part is passed once.
_MACRO = re.compile(r"\{\{(?P<name>[A-Za-z][A-Za-z0-9_-]{0,39})(?P<words>(?:\s(?:\"[^\"\n]*\"|[^{}\"])*+)?)\}\}")
_WORD = re.compile(r"(?:(?P<key>[A-Za-z][A-Za-z0-9_-]*)=)?(?:\"(?P<quoted>[^\"\n]*)\"|(?P<bare>[^\s\"]+))")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def enable_pieces(syntax: Syntax) -> Callable[[MarkdownIt], None]:
    """Read macros of these names, and know what stands alone in a paragraph."""

    def enable(md: MarkdownIt) -> None:
        if syntax.macros:
            md.inline.ruler.before("link", "macro", _macro_rule(syntax.macros))
        md.core.ruler.after("bare_address", "alone", _alone_rule(syntax.embeds))

    return enable


def _macro_rule(names: tuple[str, ...]) -> Callable[[StateInline, bool], bool]:
    def macro(state: StateInline, silent: bool) -> bool:
        """Inline rule: a macro becomes a `piece`, one whose name is nearly right an `unknown_macro`."""
        if not state.src.startswith("{{", state.pos):
            return False
        match = _MACRO.match(state.src, state.pos, min(state.posMax, state.pos + _LONGEST))
        if match is None:
            return False
        meant = "" if match["name"] in names else _nearly(match["name"], names)
        if match["name"] not in names and not meant:
            return False
        if not silent:
            _push(state, match, meant)
        state.pos = match.end()
        return True

    return macro


def _push(state: StateInline, match: re.Match[str], meant: str) -> None:
    if meant:
        token = state.push("unknown_macro", "", 0)
        token.content, token.meta = match[0], {"kb_meant": meant}
        return
    call = call_of(match["name"], match["words"])
    token = state.push("piece", "", 0)
    token.content, token.info = " ".join((*call.words, *(value for _, value in call.named))), match[0]
    token.meta = {"kb_piece": call}


def call_of(name: str, written: str) -> Call:
    """A macro's words as they are written after its name."""
    words, named = [], {}
    for match in _WORD.finditer(written):
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        if match["key"]:
            named[match["key"]] = value
        else:
            words.append(value)
    return Call(name, tuple(words), tuple(named.items()))


@lru_cache(maxsize=1000)
def _nearly(name: str, names: tuple[str, ...]) -> str:
    found = get_close_matches(name.lower(), names, 1, 0.75)
    return found[0] if found else ""


def _alone_rule(embeds: bool) -> Callable[[StateCore], None]:
    def alone(state: StateCore) -> None:
        """Core rule: a paragraph that is one macro becomes that, as a block; one that is an address, an `embed`."""
        result: list[Token] = []
        tokens, position = state.tokens, 0
        while position < len(tokens):
            token = tokens[position]
            block = _block(token, tokens[position + 1], embeds) if token.type == "paragraph_open" else None
            result.append(block or token)
            position += 3 if block else 1
        state.tokens = result

    return alone


def _block(paragraph: Token, inline: Token, embeds: bool) -> Token | None:
    children = inline.children or []
    if len(children) == 1 and children[0].type == "piece" and isinstance(children[0].meta["kb_piece"], Call):
        block = children[0]
        block.block, block.level, block.map = True, paragraph.level, paragraph.map
        return block
    if embeds and len(children) == 3 and children[0].type == "link_open" and children[0].info == "auto":
        href = str(children[0].attrs["href"])
        block = Token("embed", "", 0, content=children[1].content, meta={"kb_href": href}, block=True)
        block.level, block.map = paragraph.level, paragraph.map
        return block
    return None
