"""The tantivy engine does what every search engine of kbwiki does."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("kbwiki.search.engines.conformance")

from kbwiki import Settings, Wiki  # noqa: E402
from kbwiki.search.engines.conformance import CHECKS, Check, Subject, folder_damages  # noqa: E402
from kbwiki.testing import READER, save  # noqa: E402
from kbwiki_tantivy import FOLDER, TantivyIndex  # noqa: E402


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_engine_keeps_its_promises(tmp_path: Path, check: Check) -> None:
    check(Subject(TantivyIndex, (tmp_path,), folder_damages(tmp_path)))


def test_a_wiki_finds_it_by_its_name(tmp_path: Path) -> None:
    settings = Settings(search_engine="tantivy", search_catch_up_seconds=60.0)
    wiki = Wiki(f"sqlite:///{tmp_path / 'wiki.db'}", index=tmp_path / "index", settings=settings)
    wiki.upgrade()
    save(wiki, "boots", "Wear walking boots.\n")

    assert [one.path for one in wiki.search.find(READER, "walk boot").results] == ["boots"]
    assert (tmp_path / "index" / FOLDER / "CURRENT").exists()
    wiki.close()
