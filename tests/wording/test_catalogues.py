"""The catalogues are in step with the texts in the code, and compiled."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from .catalogues import TEMPLATE, brought_up_to_date, compiled, gathered, languages, texts_in


def test_the_template_has_every_text_of_the_code_with_the_files_it_is_in() -> None:
    assert places(read(TEMPLATE)) == places(gathered()), "run make texts"


def test_every_language_has_every_text_and_no_other() -> None:
    template = gathered()
    for path in languages():
        assert texts_in(read(path)) == texts_in(brought_up_to_date(path, template)), "run make texts"


def test_every_language_is_compiled() -> None:
    for path in languages():
        there, wanted = path.with_suffix(".mo").read_bytes(), compiled(read(path))
        assert texts_in(read_mo(io.BytesIO(there))) == texts_in(read_mo(io.BytesIO(wanted))), "run make texts"


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def places(catalogue: Catalog) -> dict[object, set[str]]:
    return {one.id: {file for file, _ in one.locations} for one in catalogue if one.id}
