"""An index made for other languages or weights is out of date, whichever engine keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_openers import IN_FOLDERS

from kbwiki.database import Database
from kbwiki.search.documents import Document
from kbwiki.search.engines import Place, open_engine
from kbwiki.search.engines.protocol import EVERYTHING, Engine
from kbwiki.search.making import USUALLY, Making
from kbwiki.search.tree import All, Word
from kbwiki.search.weights import Standing


def opened(name: str, folder: Path, making: Making) -> Engine:
    engine = open_engine(name, Place(folder, Database("sqlite://", lock_timeout=30.0), lambda: 1, making))
    assert engine is not None
    return engine


@pytest.mark.parametrize("name", IN_FOLDERS)
@pytest.mark.parametrize("other", [Making(("en", "de")), Making(standing=Standing(title=7.0))])
def test_it_is_unusable_until_it_is_built_anew(tmp_path: Path, name: str, other: Making) -> None:
    with opened(name, tmp_path, USUALLY).rebuild():
        pass
    assert opened(name, tmp_path, USUALLY).is_usable()

    assert not opened(name, tmp_path, other).is_usable()
    with opened(name, tmp_path, other).rebuild():
        pass
    assert opened(name, tmp_path, other).is_usable()


@pytest.mark.parametrize("name", IN_FOLDERS)
def test_weights_decide_where_a_word_counts_most(tmp_path: Path, name: str) -> None:
    filler = "some other words that are of no account here"
    pages = [
        Document(1, "Ladders", "one", (), (), filler, 1),
        Document(2, "Other", "two", ("Ladders",), (), filler, 1),
        Document(3, "Third", "three", (), (), filler, 1),
    ]

    def first(standing: Standing) -> int:
        engine = opened(name, tmp_path / str(standing.title), Making(standing=standing))
        with engine.rebuild() as filling:
            filling.add(pages)
        return engine.search(All((Word(("ladder",)),)), EVERYTHING, limit=1).ids[0]

    assert first(Standing(title=9.0, headings=1.0)) == 1
    assert first(Standing(title=1.0, headings=9.0)) == 2
