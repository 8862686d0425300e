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


def opened(name: str, folder: Path, making: Making, url: str = "sqlite://") -> Engine:
    engine = open_engine(name, Place(folder, Database(url, lock_timeout=30.0), lambda: 1, making))
    assert engine is not None
    return engine


def check(name: str, folder: Path, other: Making, url: str = "sqlite://") -> None:
    with opened(name, folder, USUALLY, url).rebuild():
        pass
    assert opened(name, folder, USUALLY, url).is_usable()

    assert not opened(name, folder, other, url).is_usable()
    with opened(name, folder, other, url).rebuild():
        pass
    assert opened(name, folder, other, url).is_usable()


OTHERS = [Making(("en", "de")), Making(standing=Standing(title=7.0))]


@pytest.mark.parametrize("name", IN_FOLDERS)
@pytest.mark.parametrize("other", OTHERS)
def test_it_is_unusable_until_it_is_built_anew(tmp_path: Path, name: str, other: Making) -> None:
    check(name, tmp_path, other)


@pytest.mark.parametrize("other", OTHERS)
def test_so_it_is_in_postgresql(tmp_path: Path, empty_postgresql_url: str, other: Making) -> None:
    check("postgresql", tmp_path, other, empty_postgresql_url)


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
