"""Block rules that look at how a paragraph begins: callouts, task lists, the contents list.

They run between the block and the inline pass, when a paragraph is still one string.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .positions import same_place, without_first_line, without_front

_CALLOUT = re.compile(r"\[!(note|tip|important|warning|caution)\](?:[ \t]+([^\n]*))?(?:\n|\Z)", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")


def enable_callouts(md: MarkdownIt) -> None:
    """`> [!NOTE]`, optionally followed by a title of one's own, opens a callout."""
    md.core.ruler.before("inline", "callout", callouts)


def enable_tasks(md: MarkdownIt) -> None:
    """`- [ ]` and `- [x]` open a task; the box shows the state and cannot be clicked."""
    md.core.ruler.before("inline", "task", tasks)


def enable_contents(md: MarkdownIt) -> None:
    """The first paragraph that is just `[TOC]` becomes the list of headings."""
    md.core.ruler.before("inline", "contents", contents)


def callouts(state: StateCore) -> None:
    """Core rule: a block quote whose first line is a marker becomes `callout_open … callout_close`."""
    if "[!" not in state.src:
        return
    result: list[Token] = []
    kinds: list[str | None] = []  # of the block quotes we are inside of
    tokens = state.tokens
    position = 0
    while position < len(tokens):
        token = tokens[position]
        result.append(token)
        position += 1
        if token.type == "blockquote_open":
            match = _marker(tokens, position)
            kinds.append(match[1].lower() if match else None)
            if match:
                position = _open(tokens, position, match, result)
        elif token.type == "blockquote_close" and (kind := kinds.pop()):
            token.type, token.tag, token.meta = "callout_close", "div", {"kb_kind": kind}
    state.tokens = result


def _marker(tokens: list[Token], position: int) -> re.Match[str] | None:
    if tokens[position].type != "paragraph_open":
        return None
    return _CALLOUT.match(tokens[position + 1].content)


def _open(tokens: list[Token], position: int, match: re.Match[str], result: list[Token]) -> int:
    """Write the opening and the title; answer where to go on: at the paragraph if words are left in it,
    else after it."""
    opening, inline = result[-1], tokens[position + 1]
    opening.type, opening.tag, opening.meta = "callout_open", "div", {"kb_kind": match[1].lower()}
    title = (match[2] or "").rstrip()
    level = opening.level + 1
    result.append(
        Token(
            "callout_title_open",
            "p",
            1,
            level=level,
            block=True,
            meta={"kb_kind": match[1].lower(), "kb_auto": not title},
        )
    )
    if title:
        words = Token("inline", "", 0, content=title, children=[], level=level + 1, block=True, map=inline.map)
        same_place(inline, words, match.start(2))
        result.append(words)
    result.append(Token("callout_title_close", "p", -1, level=level, block=True))
    without_first_line(inline, match.end())
    return position if inline.content.strip() else position + 3


def tasks(state: StateCore) -> None:
    """Core rule: a list entry's first paragraph loses its `[ ]`, the entry's meta gains `kb_task`."""
    if not ("[ ]" in state.src or "[x]" in state.src or "[X]" in state.src):
        return
    tokens = state.tokens
    for position, token in enumerate(tokens[:-2]):
        if token.type != "list_item_open" or tokens[position + 1].type != "paragraph_open":
            continue
        inline = tokens[position + 2]
        match = _TASK.match(inline.content)
        if match:
            token.meta = {"kb_task": match[1] != " "}
            without_front(inline, match.end())


def contents(state: StateCore) -> None:
    """Core rule: replace the paragraph by one `contents` token, unless `[TOC]` is the name of a reference."""
    if "[TOC]" not in state.src or "TOC" in state.env.get("references", {}):
        return
    for position, token in enumerate(state.tokens):
        if token.type == "inline" and token.content == "[TOC]" and state.tokens[position - 1].type == "paragraph_open":
            state.tokens[position - 1 : position + 2] = [Token("contents", "div", 0, level=token.level - 1, block=True)]
            return
