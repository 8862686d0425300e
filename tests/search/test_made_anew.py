"""An index that was made otherwise is of no use: every engine notices, so that it is made anew by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kbwiki import Settings, Wiki
from kbwiki.testing import READER, save

PATIENT = 60.0
OTHERWISE = [Settings(languages=("en", "de")), Settings(search_weights={"title": 9.0})]


@pytest.mark.parametrize("engine", ["whoosh", "fts5", "tantivy", "postgresql"])
@pytest.mark.parametrize("otherwise", OTHERWISE, ids=["languages", "weights"])
def test_other_languages_or_weights_make_the_index_anew(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, otherwise: Settings
) -> None:
    if engine == "tantivy":
        pytest.importorskip("tantivy")
    url = request.getfixturevalue("postgresql_url" if engine == "postgresql" else "sqlite_url")
    before = _wiki(url, tmp_path, engine, Settings())
    save(before, "haus", "Die Häuser in der Straße, und alle, die darin wohnen und nicht auf dem Berg.\n")
    assert [one.path for one in before.search(READER, "Häuser").results] == ["haus"]
    before.close()

    after = _wiki(url, tmp_path, engine, otherwise)

    assert after.search.sync is not None
    assert not after.search.sync.engine.is_usable()
    assert [one.path for one in after.search(READER, "Häuser").results] == ["haus"]
    assert after.search.sync.engine.is_usable()
    after.close()


def _wiki(url: str, folder: Path, engine: str, settings: Settings) -> Wiki:
    settings = replace(settings, search_engine=engine, search_catch_up_seconds=PATIENT)
    return Wiki(url, index=folder / "index", settings=settings)
