"""Exported records as files: CSV that no spreadsheet takes for formulas, and JSON lines; row by row, both ways."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ...journal.chain import Head
from ...wording import kb_t
from .rows import COLUMNS, END, Row

FORMATS = ("csv", "jsonl")
_BOM = "\ufeff"
_NUMBERS = frozenset({"row", "position", "subject", "base", "head", "revision", "decision", "review", "takes_back"})
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠|%'")
_LONGEST_FIELD = 1_000_000


class Unreadable(ValueError):
    """A file, or a line of it, that is no exported record; says which and why."""


def written(rows: Iterable[Row], format: str) -> Iterator[bytes]:
    """The file, piece by piece, in UTF-8. A CSV begins with a mark by which spreadsheets know that it is."""
    if format == "csv":
        yield (_BOM + _csv_line(COLUMNS)).encode()
        for row in rows:
            yield _csv_line([_harmless(row[name]) for name in COLUMNS]).encode()
    else:
        for row in rows:
            yield (json.dumps({name: _typed(name, row[name]) for name in COLUMNS}, ensure_ascii=False) + "\n").encode()


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    # All quoted: a cell may hold what another country's spreadsheet takes for the end of one.
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run as a formula (and before an apostrophe)."""
    shown = cell.lstrip()
    return f"'{cell}" if (cell and cell[0] in _FORMULA) or (shown and shown[0] in _FORMULA) else cell


def _as_written(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def _typed(name: str, value: str) -> Any:
    if name == "taken_back":
        return value == "yes"
    if name in _NUMBERS and value != END:
        return int(value) if value else None
    return value


def read_rows(file: Path) -> Iterator[Row]:
    """The rows of an exported file, of whichever format, the last line too. Errors: Unreadable, OSError."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            is_json = opened.read(1) == "{"
            opened.seek(0)
            yield from _json_rows(opened) if is_json else _csv_rows(opened)
    except UnicodeDecodeError as error:
        raise Unreadable(kb_t("{name} is no text in UTF-8: {error}", name=file.name, error=error)) from error


def _csv_rows(opened: Any) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(opened, strict=True)
    try:
        header = next(reader, None)
        if header is None or tuple(header) != COLUMNS:
            raise Unreadable(kb_t("The first line does not name the columns of an exported record."))
        for cells in reader:
            if len(cells) != len(COLUMNS):
                raise Unreadable(
                    kb_t(
                        "Line {number} has {count} cells instead of {wanted}.",
                        number=reader.line_num,
                        count=len(cells),
                        wanted=len(COLUMNS),
                    )
                )
            yield dict(zip(COLUMNS, map(_as_written, cells), strict=True))
    except csv.Error as error:
        raise Unreadable(
            kb_t("Line {number} cannot be read as CSV: {error}.", number=reader.line_num, error=error)
        ) from error


def _json_rows(opened: Any) -> Iterator[Row]:
    for number, line in enumerate(opened, 1):
        try:
            said = json.loads(line)
        except ValueError as error:
            raise Unreadable(
                kb_t("Line {number} cannot be read as JSON: {error}.", number=number, error=error)
            ) from error
        if not isinstance(said, dict) or set(said) != set(COLUMNS):
            raise Unreadable(kb_t("Line {number} does not have the columns of an exported record.", number=number))
        yield {name: _untyped(said[name]) for name in COLUMNS}


def _untyped(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value)


def head_of_file(file: Path) -> Head:
    """The head in the last line of a file, an exported record or what `journal head` printed. Errors: ValueError."""
    with file.open("rb") as opened:
        opened.seek(0, io.SEEK_END)
        opened.seek(max(0, opened.tell() - _LONGEST_FIELD))
        last = opened.read().decode("utf-8", "replace").strip().rpartition("\n")[2].strip()
    if last.startswith("{"):
        said = json.loads(last)
        return Head.parse(f"{said['position']}:{said['hash']}")
    if last.startswith(f'"{END}"'):
        row = dict(zip(COLUMNS, next(csv.reader([last])), strict=True))
        return Head.parse(f"{row['position']}:{row['hash']}")
    return Head.parse(last)
