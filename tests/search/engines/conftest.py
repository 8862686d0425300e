"""Every engine in turn, each with a place for its index that is the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("kbwiki.search.engines.conformance")

from engine_openers import IN_FOLDERS, open_engine  # noqa: E402
from postgresql_damages import postgresql_damages  # noqa: E402

from kbwiki.search.engines.conformance import Subject, folder_damages  # noqa: E402


@pytest.fixture(params=(*IN_FOLDERS, "postgresql"))
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    """An engine without an index."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("empty_postgresql_url")
        return Subject(open_engine, (request.param, tmp_path, url), postgresql_damages(url))
    return Subject(open_engine, (request.param, tmp_path), folder_damages(tmp_path))
