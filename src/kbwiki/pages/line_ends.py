"""Ends of lines: browsers send one kind, and a page keeps those that it has wherever nobody changed the line."""

from __future__ import annotations

import re

from .matching import opcodes

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def plain_ends(text: str) -> str:
    """The text with "\\n" alone at the ends of its lines, as a browser shows it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def with_ends_of(stored: str, text: str) -> str:
    """`text`, whose lines end with "\\n", with the ends that the same lines have in `stored`.

    Lines that are new get the end that is most frequent there.
    """
    if "\r" not in stored:
        return text
    before, after = _LINE.findall(stored), _LINE.findall(text)
    usual = max(("\r\n", "\r", "\n"), key=lambda end: sum(_end(line) == end for line in before))
    ended = [_with(line, usual) for line in after]
    for tag, i1, i2, j1, j2 in opcodes([plain_ends(line) for line in before], after):
        if tag == "equal":
            ended[j1:j2] = before[i1:i2]
    for at, following in enumerate(ended[1:]):
        if following.startswith("\n") and ended[at].endswith("\r"):  # side by side they would be one end of a line
            ended[at] = ended[at][:-1] + "\n"
    return "".join(ended)


def _end(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else line[-1:]


def _with(line: str, end: str) -> str:
    return line[:-1] + end if line.endswith("\n") else line
