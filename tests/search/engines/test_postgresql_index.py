"""What the engine in the wiki's own PostgreSQL database promises beyond what all do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from kbwiki.database import Database
from kbwiki.errors import Invalid
from kbwiki.search.engines import Place, open_engine
from kbwiki.search.engines.conformance.subject import fill, found, page, search
from kbwiki.search.engines.postgresql.index import PostgresqlIndex
from kbwiki.search.engines.protocol import Engine

WIDE = 16_384  # places that PostgreSQL can tell apart


@pytest.fixture
def database(empty_postgresql_url: str) -> Iterator[Database]:
    database = Database(empty_postgresql_url, lock_timeout=5.0)
    yield database
    database.dispose()


@pytest.fixture
def index(database: Database) -> Engine:
    return index_in(database)


def index_in(database: Database, wiki: int = 1) -> Engine:
    return PostgresqlIndex(database, lambda: wiki)


def tables_in(database: Database) -> list[str]:
    with database.read() as connection:
        return list(
            connection.execute(
                text("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace ORDER BY 1")
            ).scalars()
        )


def test_a_wiki_on_another_database_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="on sqlite.*choose another engine"):
        open_engine("postgresql", Place(tmp_path, Database("sqlite://"), lambda: 1))


def test_phrases_are_found_however_long_the_page(index: Engine) -> None:
    fill(index, [page(1, f"{'word ' * WIDE * 3} a needle in a haystack {'word ' * WIDE}")])

    assert found(index, '"needle in a haystack"') == {1}
    assert found(index, '"haystack in a needle"') == set()
    assert found(index, '"word needle"') == set()
    assert found(index, '"haystack word"') == {1}


def test_words_repeated_more_often_than_a_vector_can_tell_are_found_next_to_each_other(index: Engine) -> None:
    rows = " ".join(f"window {number}" for number in range(5_000))
    fill(index, [page(1, rows)])

    assert found(index, '"window 4999"') == {1}
    assert found(index, '"4998 window 4999"') == {1}
    assert found(index, '"window 5000"') == set()


def test_a_page_of_more_words_than_a_vector_can_hold_is_found_by_its_title(index: Engine) -> None:
    fill(index, [page(1, " ".join(f"{'x' * 40}{number}" for number in range(25_000)), title="Serial numbers")])

    assert found(index, "title:serial") == {1}
    assert found(index, "serial numbers") == {1}


def test_wikis_in_one_database_share_nothing(database: Database) -> None:
    one, two = index_in(database, 1), index_in(database, 12)
    fill(one, [page(1, "giraffe")], position=3)
    fill(two, [page(1, "elephant")], position=7)

    with one.writer_lock() as held, two.writer_lock(blocking=False) as also:
        assert (held, also) == (True, True)
    one.remove()

    assert not one.is_usable()
    assert (found(two, "elephant"), two.position()) == ({1}, 7)


def test_leaving_takes_everything_away(database: Database) -> None:
    before = tables_in(database)
    one, two = index_in(database, 1), index_in(database, 2)
    for index in (one, two):
        fill(index, [page(1, "giraffe")])

    one.remove()
    two.remove()

    assert tables_in(database) == before == []


def test_everything_it_makes_bears_our_name_and_needs_no_extension(database: Database, index: Engine) -> None:
    fill(index, [page(1, "giraffe")])

    assert [name for name in tables_in(database) if not name.startswith("kbwiki_search_")] == []
    with database.read() as connection:
        assert connection.execute(text("SELECT extname FROM pg_extension")).scalars().all() == ["plpgsql"]


def test_what_a_builder_left_that_died_is_cleared_up(database: Database, index: Engine) -> None:
    fill(index, [page(1, "old")])
    with database.write() as connection:
        connection.execute(text("CREATE TABLE kbwiki_search_1_0badcafe (page bigint)"))

    fill(index, [page(1, "new")])

    assert "kbwiki_search_1_0badcafe" not in tables_in(database)
    assert len([name for name in tables_in(database) if name.endswith("_places")]) == 1


def test_a_writer_that_lost_its_session_writes_nothing_more(database: Database, index: Engine) -> None:
    """Somebody else may have the lock by then."""
    fill(index, [page(1, "old")], position=1)
    with suppress(OSError), index.writer_lock():
        with database.write() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        with index_in(database).writer_lock() as held:
            assert held
        with pytest.raises(OSError, match="refuses"):
            index.update([page(1, "new")], position=2)

    assert (found(index, "old"), index.position()) == ({1}, 1)
    index.update([page(1, "new")], position=2)
    assert found(index, "new") == {1}


def test_a_database_that_refuses_tables_is_named_as_the_reason(database: Database, index: Engine) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE ROLE kbwiki_reader LOGIN"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    try:
        poor = Database(str(database.engine.url.set(username="kbwiki_reader")))
        with pytest.raises(OSError, match="permission denied"):
            fill(index_in(poor), [page(1, "word")])
        poor.dispose()
    finally:
        with database.write() as connection:
            connection.execute(text("DROP ROLE kbwiki_reader"))


def test_the_rarer_word_decides_the_order(index: Engine) -> None:
    """PostgreSQL's own ranking knows nothing of rarity."""
    common = [page(number, "common words only") for number in range(1, 40)]
    fill(index, [*common, page(40, "a rare page"), page(41, "common rare")])

    hits = search(index, "common rare", limit=5)

    assert hits.ids[:2] == (41, 40)
    assert hits.complete == 1
