"""An engine is found by its name: built in, or brought by an installed package."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from kbwiki import Settings, Wiki
from kbwiki.errors import Invalid
from kbwiki.search import engines


def wiki_with(name: str, folder: Path) -> Wiki:
    return Wiki(f"sqlite:///{folder / 'wiki.db'}", index=folder / "index", settings=Settings(search_engine=name))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packages that say they bring engines; one cannot be imported."""
    found = EntryPoints(
        [
            EntryPoint("broken", "kbwiki.no_such_module:open_engine", engines.PLUGINS),
            EntryPoint("same", "kbwiki.search.engines.fts5:open_engine", engines.PLUGINS),
        ]
    )
    monkeypatch.setattr(engines, "entry_points", lambda *, group: found.select(group=group))


def test_a_name_that_nobody_brings_is_answered_with_those_there_are(installed: None, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no search engine 'woosh'. Those there are: broken, fts5, .*same, whoosh"):
        wiki_with("woosh", tmp_path)


@pytest.mark.usefixtures("installed")
def test_a_package_that_cannot_be_loaded_is_named_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="'broken' comes with .*cannot be loaded.*Install it anew, or choose another"):
        wiki_with("broken", tmp_path)


@pytest.mark.usefixtures("installed")
def test_an_engine_that_a_package_brings_is_opened_like_one_of_ours(tmp_path: Path) -> None:
    wiki = wiki_with("same", tmp_path)
    wiki.upgrade()

    wiki.search.catch_up()

    assert (tmp_path / "index" / "fts5" / "CURRENT").exists()
    wiki.close()
