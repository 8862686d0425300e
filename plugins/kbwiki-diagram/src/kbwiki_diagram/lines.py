"""The text of a diagram as statements, and words as they fit into shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LINE = 18
"""Height of a line of text."""
_CHARACTER = 7.4  # the width of one at 14 px, as browsers' sans-serif fonts have it on the average
_BREAK = re.compile(r"<br\s*/?>|\\n")
_ENTITY = re.compile(r"[#&](\w+);")
_ENTITIES = {"quot": '"', "amp": "&", "lt": "<", "gt": ">", "35": "#", "semi": ";"}


class CannotDraw(Exception):
    """What cannot be drawn, and where, in words for who wrote it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement and the line it stands on."""

    line: int
    text: str

    def refused(self, why: str) -> CannotDraw:
        """This statement as the reason why nothing is drawn."""
        return CannotDraw(f"Line {self.line}, “{self.text[:60]}”: {why}")


def statements_of(source: str) -> list[Statement]:
    """The statements of a text, without comments (`%%`). Errors: CannotDraw when there is none."""
    found = []
    for number, line in enumerate(source.split("\n"), 1):
        bare = line.split("%%", 1)[0]
        found += [Statement(number, part.strip()) for part in _parts(bare) if part.strip()]
    if not found:
        raise CannotDraw("There is nothing in it.")
    return found


def _parts(line: str) -> list[str]:
    """Cut at semicolons that stand neither within quotes nor at the end of an entity (`#quot;`)."""
    return re.findall(r'(?:"[^"]*"|[#&]\w+;|[^;])+', line)


def first_word(statements: Sequence[Statement]) -> str:
    """The kind of diagram."""
    return statements[0].text.split()[0]


def spoken(written: str) -> str:
    """A label in one line, without quotes and with entities as the signs they mean."""
    bare = written.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    bare = _ENTITY.sub(lambda match: _ENTITIES.get(match[1], match[0]), bare)
    return _BREAK.sub("\n", bare).strip()


def wrapped(label: str, most: int = 26) -> list[str]:
    """The lines of a label, each of at most about so many characters."""
    lines = []
    for part in label.split("\n"):
        line = ""
        for word in part.split():
            while len(word) > most:
                head, word = word[:most], word[most:]
                lines += [line, head] if line else [head]
                line = ""
            if line and len(line) + 1 + len(word) > most:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        if line:
            lines.append(line)
    return lines or [""]


def width_of(lines: Sequence[str]) -> float:
    """How wide these lines are. Signs of East Asia are as wide as two."""
    return max(sum(_CHARACTER * (2 if ord(sign) > 0x2E7F else 1) for sign in line) for line in lines)
