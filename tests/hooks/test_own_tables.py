"""Tables of plugins: made, brought up to date by one process at a time, dropped; nothing else is touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table, inspect, select

from kbwiki.hooks import Plugin, Tables
from kbwiki.hooks.tables import WrongTables, _require_own, own_name, tables_of, version_table
from kbwiki.leaving import look, remove
from kbwiki.settings import Settings
from kbwiki.wiki import Wiki
from tests.hooks.weather import REPORTS, Weather


@pytest.fixture
def wiki(database_url: str) -> Iterator[Wiki]:
    made = Wiki(database_url, plugins=[Weather], settings=Settings(hook_seconds=10.0))
    made.set_up()
    yield made
    made.close()


def names(wiki: Wiki) -> set[str]:
    with wiki.read() as connection:
        return {one for one in inspect(connection).get_table_names() if one.startswith("kbwiki_x_")}


def test_a_plugin_whose_tables_are_behind_is_left_out_until_they_are_made(wiki: Wiki) -> None:
    assert wiki.plugins.declared("navigation") == ()
    (refusal,) = wiki.plugins.refused
    assert "flask kbwiki plugins upgrade weather" in refusal.said

    wiki.upgrade()

    assert wiki.plugins.refused == ()
    assert len(wiki.plugins.declared("navigation")) == 2
    assert names(wiki) == {"kbwiki_x_weather_report", "kbwiki_x_weather_version"}
    wiki.plugins.loaded[0].plugin.site.run(REPORTS.insert().values(wiki_id=wiki.id, place="Kiel"))
    assert wiki.plugins.tables.upgrade() == {}


def test_many_who_upgrade_at_once_do_it_once(wiki: Wiki) -> None:
    done: list[object] = []
    threads = [threading.Thread(target=lambda: done.append(wiki.plugins.tables.upgrade())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, done)) == sorted(map(str, [{"weather": None}, {}, {}, {}]))


def migration(folder: Path, statement: str) -> None:
    (folder / "__init__.py").write_text("", "utf-8")
    (folder / "migrations").mkdir()
    (folder / "migrations" / "one.py").write_text(
        "from alembic import op\nrevision = 'one'\ndown_revision = None\n\n\ndef upgrade():\n"
        "    op.execute('CREATE TABLE kbwiki_x_greedy (id INTEGER)')\n"
        f"    op.execute({statement!r})\n",
        "utf-8",
    )


def greedy(package: str) -> type[Plugin]:
    class Greedy(Plugin):
        name = "greedy"
        tables = Tables(MetaData(), f"{package}:migrations")

    return Greedy


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM kbwiki_page",
        "DROP TABLE kbwiki_entry",
        'ALTER TABLE "kbwiki_wiki" ADD COLUMN x INTEGER',
        "CREATE INDEX ix_kbwiki_x_greedy ON kbwiki_page (title)",
        "UPDATE kbwiki_x_weather_report SET words = ''",
        "CREATE TABLE orders (id INTEGER)",
        "CREATE VIEW kbwiki_x_greedy_view AS SELECT 1",
        "VACUUM",
        "THIS IS NO SQL",
    ],
)
def test_a_migration_that_touches_what_is_not_its_own_is_undone(
    wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    package = f"greedy_{tmp_path.name.replace('-', '_')}"
    (tmp_path / package).mkdir()
    migration(tmp_path / package, statement)
    monkeypatch.syspath_prepend(str(tmp_path))
    other = Wiki(wiki.database, plugins=[greedy(package), Weather])

    done = other.plugins.tables.upgrade()

    assert done["greedy"] is not None
    assert done["weather"] is None
    assert "kbwiki_x_greedy" not in names(wiki)
    (refusal,) = other.plugins.refused
    assert "touch its own tables only" in refusal.said


def test_tables_of_other_names_are_refused_before_anything_is_done(wiki: Wiki) -> None:
    class Wrong(Plugin):
        name = "wrong"
        tables = Tables(MetaData(), "tests.hooks.weather:migrations")

    Table("orders", Wrong.tables.metadata)
    other = Wiki(wiki.database, plugins=[Wrong])

    done = other.plugins.tables.upgrade()

    assert "its table orders must be named kbwiki_x_wrong" in str(done["wrong"] and done["wrong"].said)
    assert names(wiki) == set()


def test_migrations_that_cannot_be_read_leave_the_plugin_out(wiki: Wiki) -> None:
    class Lost(Plugin):
        name = "lost"
        tables = Tables(MetaData(), "nowhere_at_all:migrations")

    other = Wiki(wiki.database, plugins=[Lost])

    assert "cannot be read" in next(iter(other.plugins.refused)).said


def test_names_that_begin_alike_are_told_apart(wiki: Wiki) -> None:
    wiki.upgrade()
    with wiki.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE kbwiki_x_weather_map_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("CREATE TABLE kbwiki_x_weather_map_tile (id INTEGER)")

    with wiki.read() as connection:
        own, longer = tables_of(connection, "weather"), tables_of(connection, "weather-map")

    assert own == ("kbwiki_x_weather_report", "kbwiki_x_weather_version")
    assert longer == ("kbwiki_x_weather_map_tile", "kbwiki_x_weather_map_version")


def test_leaving_takes_the_rows_and_with_the_last_wiki_the_tables(wiki: Wiki) -> None:
    wiki.upgrade()
    other = wiki.sibling("other", None)
    other.set_up()
    for one in (wiki, other):
        one.plugins.loaded[0].plugin.site.run(REPORTS.insert().values(wiki_id=one.id, place="Kiel"))
    with wiki.read() as connection:
        assert look(connection, ("other",)).rows["kbwiki_x_weather_report"] == 1

    remove(wiki.database, ("other",), None, lambda table: None)

    with wiki.read() as connection:
        assert connection.execute(select(REPORTS.c.wiki_id)).scalars().all() == [wiki.id]
    removal = remove(wiki.database, ("main",), None, lambda table: None)
    assert {"kbwiki_x_weather_report", "kbwiki_x_weather_version"} <= set(removal.dropped)
    assert removal.left_alone == ()
    assert names(wiki) == set()


def test_names() -> None:
    assert own_name("dead-links") == "kbwiki_x_dead_links"
    assert version_table("glossary") == "kbwiki_x_glossary_version"
    _require_own("glossary", 'ALTER TABLE "_alembic_tmp_kbwiki_x_glossary" RENAME TO kbwiki_x_glossary')
    with pytest.raises(WrongTables):
        _require_own("glossary", "DROP TABLE kbwiki_page")
