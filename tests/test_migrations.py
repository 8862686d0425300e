"""Migrations: they make the tables that the models describe, and lose nothing that was there before them."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, column, create_engine, insert, select, text
from sqlalchemy import table as lightweight

from kbwiki import Wiki
from kbwiki.db import TABLE_PREFIX, Base
from kbwiki.moderation.take_back import restore_hidden
from kbwiki.schema import ALL_TABLES
from kbwiki.testing import MODERATOR, SECOND_WRITER, answer, look, make_space, open_reviews, read, save
from kbwiki.upgrade import VERSION_TABLE, alembic_config

FIRST = "0001"
SINCE_THEN = {"kbwiki_decision": {"facts", "key"}, "kbwiki_review": {"version", "queue_at", "risk", "risk_reasons"}}
"""What old rows did not say, so that nothing can bring it back; what they have instead is their default."""


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "include_object": _is_ours}
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    if engine.dialect.name == "sqlite":
        # It does not tell which columns of an index descend, so the one that has such seems to be another.
        differences = [one for one in differences if getattr(one[1], "name", "") != "ix_kbwiki_review_risk"]
    assert differences == []


def _is_ours(obj: object, name: str | None, type_: str, reflected: bool, compare_to: object) -> bool:
    return type_ != "table" or ((name or "").startswith(TABLE_PREFIX) and name != VERSION_TABLE)


def migrate_to(url: str, revision: str) -> Engine:
    """A database whose tables are those of an older release."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


def live_a_little(wiki: Wiki) -> None:
    """What could happen with the first release's tables: changes, decisions, a hiding."""
    make_space(wiki, "people", reviewers=("moderators",))
    save(wiki, "page", "One.\n")
    save(wiki, "page", "Two.\n", base=1, by=SECOND_WRITER)
    save(wiki, "people/plan", "A plan.\n")
    save(wiki, "kept", "Approved.\n")
    save(wiki, "hidden", "Not for everybody.\n")
    by_path = {line.path: line.id for line in open_reviews(wiki)}
    answer(wiki, look(wiki, by_path["kept"]), "approve")
    answer(wiki, look(wiki, by_path["hidden"]), "hide", reason="private")


def copy_rows(new: Connection, old: Connection) -> None:
    """Put the rows of today's tables into those of then, as far as they have the columns."""
    tables = MetaData()
    tables.reflect(old, only=lambda name, _: name.startswith(TABLE_PREFIX))
    today = {model.__tablename__: model.__table__ for model in ALL_TABLES}
    for table in tables.sorted_tables:
        if table.name not in today:
            continue
        names = [column.name for column in today[table.name].columns if column.name in table.columns]
        columns = [today[table.name].c[name] for name in names]
        rows = [dict(row._mapping) for row in new.execute(select(*columns).order_by(columns[0]))]
        if rows:
            # Today's column types without today's columns: moments and JSON are written as they were then.
            then = lightweight(table.name, *(column(one.name, one.type) for one in columns))
            old.execute(insert(then), rows)
        if rows and old.dialect.name == "postgresql" and "id" in names and isinstance(rows[0]["id"], int):
            # Copied numbers do not move the sequence that gives the next one.
            old.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {rows[-1]['id']})"))


def an_old_copy(wiki: Wiki, url: str) -> None:
    """Let something happen in the wiki, and make the database at `url` what the first release would have of it."""
    live_a_little(wiki)
    engine = migrate_to(url, FIRST)
    with wiki.read() as new, engine.begin() as old:
        copy_rows(new, old)
    engine.dispose()


def rows_of(connection: Connection, table: Any) -> list[dict[str, Any]]:
    forgotten = SINCE_THEN.get(table.name, set())
    columns = [column for column in table.columns if column.name not in forgotten]
    keys = list(table.primary_key.columns)
    return [dict(row._mapping) for row in connection.execute(select(*columns).order_by(*keys))]


def test_an_old_database_goes_on_where_it_was(sqlite_wiki: Wiki, empty_database_url: str) -> None:
    an_old_copy(sqlite_wiki, empty_database_url)

    moved = Wiki(empty_database_url)
    moved.upgrade()

    with sqlite_wiki.read() as new, moved.read() as old:
        for name in ("review", "decision", "tally", "revision", "page", "space", "entry", "review_author"):
            table = Base.metadata.tables[f"{TABLE_PREFIX}{name}"]
            assert rows_of(old, table) == rows_of(new, table), name
    assert moved.verify().head == sqlite_wiki.verify().head
    assert moved.verify().intact
    moved.close()


def test_what_waited_in_an_old_database_can_be_decided(sqlite_wiki: Wiki, empty_database_url: str) -> None:
    an_old_copy(sqlite_wiki, empty_database_url)
    moved = Wiki(empty_database_url)
    moved.upgrade()

    waiting = open_reviews(moved)
    assert sorted(line.path for line in waiting) == ["page", "people/plan"]
    for line in waiting:
        answer(moved, look(moved, line.id), "revert", reason="wrong")

    assert open_reviews(moved) == []
    with moved.begin(MODERATOR) as tx:
        restore_hidden(tx, 2)
    assert "Not for everybody." in read(moved, "hidden")
    assert moved.verify().intact
    moved.close()
