"""`make texts`: gathers every text in the code, brings each language's catalogue up to date, and compiles it.

What is written depends on the texts alone (no dates, no line numbers), so that a test can tell whether it is in step.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from kbwiki.wording.catalogue import DOMAIN, OURS

PACKAGE = OURS.parent
KEYWORDS = ("kb_t", "N_")
TEMPLATE = OURS / f"{DOMAIN}.pot"
_CHANGING = (
    "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Report-Msgid-Bugs-To",
    "Project-Id-Version", "Language-Team",
)  # fmt: skip
_HEADER = "# Texts of kbwiki. Terms stand in [brackets]: see docs/how-to/translate.md."


@cache
def gathered() -> Catalog:
    """Every text that the code says, with the files it is said in."""
    catalogue = Catalog(header_comment=_HEADER, fuzzy=False, charset="utf-8")
    for path in sorted(PACKAGE.rglob("*")):
        for said in _said_in(path):
            catalogue.add(said, locations=[(str(path.relative_to(PACKAGE.parent)), 1)])
    return catalogue


def _said_in(path: Path) -> Iterator[str | tuple[str, ...]]:
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                texts = [one.value for one in node.args[:2] if isinstance(one, ast.Constant) and one.value]
                if texts:
                    yield texts[0] if len(texts) == 1 else tuple(texts)
    elif path.suffix in (".html", ".txt") and "templates" in path.parts and "demo" not in path.parts:
        with path.open("rb") as file:
            for _, _, said, _ in babel_extract(file, KEYWORDS, (), {}):
                texts = [one for one in (said if isinstance(said, tuple) else (said,)) if one is not None]
                if texts:
                    yield texts[0] if len(texts) == 1 else tuple(texts[:2])


def languages() -> tuple[Path, ...]:
    """The catalogue of each language, as people write it."""
    return tuple(sorted(OURS.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def brought_up_to_date(path: Path, template: Catalog) -> Catalog:
    """A language's catalogue with the texts of the code: new ones untranslated, those that are gone left out."""
    locale = path.parent.parent.name
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_text(catalogue: Catalog) -> str:
    """A catalogue as a .po or .pot file, without the dates that Babel writes."""
    written = io.BytesIO()
    write_po(written, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    leave_out = tuple(f'"{name}' for name in _CHANGING)
    return "".join(line for line in lines if not line.startswith(leave_out))


class _Undated(Catalog):
    """A catalogue whose header says nothing of days and of Babel: the same texts are the same file everywhere."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [(name, said) for name, said in super().mime_headers if name not in _CHANGING]


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as a .mo file; what is not translated is left out."""
    plain = _Undated(locale=catalogue.locale)
    for one in catalogue:
        if one.id and is_translated(one.string):
            plain.add(one.id, one.string)
    written = io.BytesIO()
    write_mo(written, plain)
    return written.getvalue()


def texts_in(catalogue: Catalog) -> dict[Any, Any]:
    """What a catalogue says, without how its file is laid out, which is another matter in each version of Babel."""
    return {_one_or_both(one.id): _one_or_both(one.string) for one in catalogue if one.id}


def _one_or_both(said: Any) -> Any:
    return said if isinstance(said, str) else tuple(said)


def main() -> None:
    """Write everything."""
    template = gathered()
    OURS.mkdir(exist_ok=True)
    TEMPLATE.write_text(as_text(template), encoding="utf-8")
    print(f"{len(template)} texts")
    for path in languages():
        catalogue = brought_up_to_date(path, template)
        path.write_text(as_text(catalogue), encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = sum(1 for one in catalogue if one.id and not is_translated(one.string))
        print(f"{path.parent.parent.name}: {missing} not translated yet")


def is_translated(said: str | tuple[str, ...] | None) -> bool:
    return bool(said) if isinstance(said, str) else all(said or ("",))


if __name__ == "__main__":
    main()
