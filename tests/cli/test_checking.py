"""One command says how the wiki stands, and what to do where something is behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from kbwiki import Settings, Wiki
from kbwiki.cli.checking import check
from kbwiki.testing import save

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def wiki(database_url: str, tmp_path: Path, hands: Hands) -> Iterator[Wiki]:
    wiki = Wiki(database_url, index=tmp_path / "index", clock=hands)
    yield wiki
    wiki.close()


def work(wiki: Wiki) -> None:
    """What `flask kbwiki work --once` does for those that follow the journal."""
    wiki.catch_up_links()
    wiki.search.catch_up()
    wiki.catch_up_risk()


def checked(wiki: Wiki, *options: str) -> tuple[int, dict[str, Any]]:
    answer = CliRunner().invoke(check, ["--json", *options], obj=wiki)
    return answer.exit_code, json.loads(answer.output)["parts"]


def test_a_wiki_in_order_needs_nothing(wiki: Wiki) -> None:
    save(wiki, "boots", "Wear boots.\n")
    work(wiki)

    answer = CliRunner().invoke(check, [], obj=wiki)

    assert answer.exit_code == 0, answer.output
    assert "whoosh: 1 pages" in answer.output
    assert "!" not in answer.output
    code, parts = checked(wiki)
    assert code == 0
    assert list(parts) == ["database", "tables", "journal", "links", "search", "risk"]
    assert (parts["search"]["entries_behind"], parts["search"]["usable"]) == (0, True)


def test_what_is_behind_is_said_in_entries_and_seconds(wiki: Wiki, hands: Hands) -> None:
    save(wiki, "boots", "Wear boots.\n")
    work(wiki)
    save(wiki, "gloves", "Wear gloves.\n")
    save(wiki, "hats", "Wear hats.\n")
    hands.now += timedelta(seconds=90)

    code, parts = checked(wiki)
    impatient, late = checked(wiki, "--late-after", "60")

    for part in ("links", "search", "risk"):
        assert (parts[part]["entries_behind"], parts[part]["seconds_behind"]) == (2, 90.0)
    assert (code, parts["search"]["to_do"]) == (0, None)
    assert impatient == 1
    assert "flask kbwiki work" in late["search"]["to_do"]


def test_an_index_that_is_missing_is_to_be_built(wiki: Wiki) -> None:
    save(wiki, "boots", "Wear boots.\n")
    wiki.catch_up_links()

    code, parts = checked(wiki)

    assert code == 1
    assert parts["search"]["usable"] is False
    assert "flask kbwiki search rebuild" in parts["search"]["to_do"]


def test_checking_changes_nothing(wiki: Wiki) -> None:
    save(wiki, "boots", "Wear boots.\n")
    before = checked(wiki)

    assert checked(wiki) == before


def test_entries_that_wait_for_their_place_too_long_are_named(postgresql_url: str, hands: Hands) -> None:
    wiki = Wiki(postgresql_url, clock=hands)
    save(wiki, "boots", "Wear boots.\n")
    work(wiki)
    with wiki.database.write() as connection:
        connection.execute(text("UPDATE kbwiki_entry SET position = NULL, chain = NULL"))
    fresh, _ = checked(wiki)
    hands.now += timedelta(hours=1)

    code, parts = checked(wiki)

    assert (fresh, code) == (0, 1)
    assert parts["journal"]["unsealed"] > 0
    assert parts["journal"]["to_do"]
    wiki.close()


def test_tables_of_another_version_are_to_be_upgraded(empty_database_url: str) -> None:
    wiki = Wiki(empty_database_url)

    code, parts = checked(wiki)

    assert code == 1
    assert "flask kbwiki db upgrade" in parts["tables"]["to_do"]
    wiki.close()


def test_a_database_out_of_reach_is_said_to_be(tmp_path: Path) -> None:
    wiki = Wiki(f"sqlite:///{tmp_path / 'nowhere' / 'wiki.db'}")

    code, parts = checked(wiki)

    assert code == 1
    assert parts["database"]["to_do"]
    wiki.close()


def test_without_an_index_nothing_needs_doing(sqlite_url: str) -> None:
    wiki = Wiki(sqlite_url)

    code, parts = checked(wiki)

    assert (code, parts["search"]["engine"]) == (0, None)
    wiki.close()


def test_the_index_in_postgresql_is_looked_at_as_any_other(postgresql_url: str) -> None:
    wiki = Wiki(postgresql_url, settings=Settings(search_engine="postgresql"))
    save(wiki, "boots", "Wear boots.\n")
    work(wiki)

    code, parts = checked(wiki)

    assert code == 0
    assert (parts["search"]["engine"], parts["search"]["pages"]) == ("postgresql", 1)
    assert parts["search"]["bytes"] > 0
    wiki.close()
