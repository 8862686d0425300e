"""What the tests of the journal share: a wiki with some history, and a hand that tampers with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from kbwiki.testing import SECOND_WRITER, save
from kbwiki.wiki import Wiki


@pytest.fixture
def storied(wiki: Wiki) -> Wiki:
    """A wiki whose journal has six entries: three pages by two people, three of them edits."""
    save(wiki, "alpha", "One.\n", comment="first")
    save(wiki, "alpha", "Two.\n", base=1)
    save(wiki, "beta", "Three.\n", by=SECOND_WRITER)
    save(wiki, "alpha", "Four.\n", base=2, by=SECOND_WRITER)
    save(wiki, "gamma", "Five.\n", tags=("x",))
    save(wiki, "beta", "Six.\n", base=1)
    return wiki


@pytest.fixture
def postgresql_wiki(postgresql_url: str) -> Iterator[Wiki]:
    """A wiki on PostgreSQL, for what cannot happen where one transaction writes at a time."""
    wiki = Wiki(url=postgresql_url)
    yield wiki
    wiki.close()


def tamper(wiki: Wiki, *statements: str, **values: Any) -> None:
    """Change rows behind the wiki's back, in one transaction."""
    with wiki.database.write() as connection:
        for statement in statements:
            assert connection.execute(text(statement), values).rowcount > 0, f"nothing was changed by {statement}"
