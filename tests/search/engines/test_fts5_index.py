"""What the FTS5 engine promises beyond what every engine does."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kbwiki import Settings, Wiki
from kbwiki.errors import Invalid
from kbwiki.pages.actions import Edit, save_page
from kbwiki.search.engines import fts5
from kbwiki.search.engines.conformance.subject import fill, found, page
from kbwiki.search.engines.fts5.columns import filed, spelled, unpacked
from kbwiki.search.engines.fts5.index import Fts5Index
from kbwiki.search.engines.fts5.matching import MOST_SPELLINGS
from kbwiki.search.engines.protocol import EVERYTHING
from kbwiki.search.tree import All, Phrase
from kbwiki.testing import READER, WRITER, save


@pytest.fixture
def index(tmp_path: Path) -> Fts5Index:
    """An index with one page."""
    index = Fts5Index(tmp_path / "fts5")
    fill(index, [page(1, "word")], position=3)
    return index


def database_of(index: Fts5Index) -> Path:
    return next(index.folder.glob("index-*.db"))


@pytest.mark.parametrize("term", ["word", "c++", "c_2b_2b", "straße", "窗口", "a b", 'say "no"', "\0", "_", ""])
def test_terms_are_spelled_so_that_no_two_look_alike(term: str) -> None:
    others = ["word", "c++", "c_2b_2b", "straße", "窗口", "a b", 'say "no"', "\0", "_", ""]

    assert [other for other in others if spelled(other) == spelled(term)] == [term]
    assert not set(spelled(term)) & set(' "+\0')


def test_the_spelling_of_a_beginning_begins_the_spelling() -> None:
    for term in ("sdl_getwindow", "c++", "straße"):
        assert all(spelled(term).startswith(spelled(term[:end])) for end in range(len(term)))


def test_what_a_page_was_filed_as_comes_back_as_it_was() -> None:
    filed_as = filed(page(1, "SDL_GetWindowSize in c++", title="Häuser", language="de", headings=("one", "two")))

    assert unpacked(filed_as.packed()) == filed_as


def test_a_phrase_with_a_great_many_stems_is_compared_place_by_place(index: Fts5Index) -> None:
    index.update([page(2, "alpha beta gamma delta"), page(3, "alpha gamma beta delta")])
    words = tuple((at, (term, "x", "y", "z")) for at, term in enumerate(("alpha", "beta", "gamma", "delta")))
    assert MOST_SPELLINGS < 4**4

    assert index.search(All((Phrase(words),)), EVERYTHING, limit=9).ids == (2,)


def test_an_index_of_another_version_is_unusable(index: Fts5Index) -> None:
    index.close()
    with sqlite3.connect(database_of(index)) as connection:
        connection.execute("UPDATE state SET analysis = 'another'")
    connection.close()

    assert not Fts5Index(index.folder).is_usable()


def test_a_page_of_the_file_that_was_overwritten_is_noticed_when_the_index_is_opened(index: Fts5Index) -> None:
    index.update([page(n, " ".join(f"w{n}x{k}" for k in range(300))) for n in range(50)])
    index.close()
    with database_of(index).open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096)

    assert not Fts5Index(index.folder).is_usable()


def test_damage_that_one_process_stumbles_over_is_known_to_all(index: Fts5Index) -> None:
    other = Fts5Index(index.folder)
    assert other.is_usable()
    other.close()
    index.close()
    database_of(index).write_bytes(b"no database at all" * 1000)

    assert not index.is_usable()
    assert list(index.folder.glob("*.damaged"))
    assert not other.is_usable()
    fill(other, [page(1, "word")])
    assert (found(index, "word"), list(index.folder.glob("*.damaged"))) == ({1}, [])


def test_the_wikis_own_writer_is_not_waited_for(sqlite_url: str, tmp_path: Path) -> None:
    wiki = Wiki(sqlite_url, index=tmp_path, settings=Settings(search_engine="fts5", search_catch_up_seconds=60.0))
    save(wiki, "boots", "Wear walking boots.\n")
    wiki.search.catch_up()
    engine = Fts5Index(tmp_path / fts5.FOLDER)

    with wiki.begin(WRITER) as tx:
        save_page(tx, Edit("more", "The one lock there is on the wiki's database is held.\n"))
        engine.update([page(99, "while another one writes")])
        assert found(engine, "another") == {99}

    assert [one.path for one in wiki.search.find(READER, "walk boot").results] == ["boots"]
    wiki.close()


def test_a_python_without_fts5_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fts5, "has_fts5", lambda: False)

    with pytest.raises(Invalid, match="built without FTS5.*choose another search engine"):
        Wiki("sqlite://", index=tmp_path, settings=Settings(search_engine="fts5"))
