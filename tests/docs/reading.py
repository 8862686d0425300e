"""Reading the documentation as its tests need it: sections, tables, and fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
DOCS = REPOSITORY / "docs"
REFERENCE = DOCS / "reference"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where it begins, in which language, and what it says."""

    line: int
    language: str
    text: str


def blocks_of(page: Path, language: str) -> list[Block]:
    """The fenced blocks of a page in one language, in order."""
    text = page.read_text("utf-8")
    return [
        Block(text.count("\n", 0, match.start()) + 1, match[1], match[2])
        for match in _FENCE.finditer(text)
        if match[1] == language
    ]


def sections_of(page: Path) -> dict[str, str]:
    """Heading → what stands below it, up to the next heading of any level. Fenced blocks hold no headings here."""
    text = _FENCE.sub(lambda match: re.sub(r"^#", " #", match[0], flags=re.MULTILINE), page.read_text("utf-8"))
    parts = _HEADING.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows_of(text: str) -> list[list[str]]:
    """The cells of all table rows, backquotes kept; heads and the lines below them are left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    rules = {at for at, row in enumerate(rows) if all(set(cell) <= set("-:") and cell for cell in row)}
    return [row for at, row in enumerate(rows) if at not in rules and at + 1 not in rules]


def all_pages() -> list[Path]:
    """The README and every page of the documentation."""
    return [REPOSITORY / "README.md", *sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)]
