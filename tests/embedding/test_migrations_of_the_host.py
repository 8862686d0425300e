"""The host's own migrations go on as before, also where our tables stand in its database; ours keep to themselves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, inspect, text

import kbwiki
from kbwiki import KBWiki, Wiki
from kbwiki.database import Database
from kbwiki.db import Base
from kbwiki.testing import save
from kbwiki.upgrade import VERSION_TABLE, newest_revision


def models(*, with_price: bool = False) -> MetaData:
    """What a host's models say."""
    metadata = MetaData()
    price = [Column("price", Integer)] if with_price else []
    product = Table("product", metadata, Column("id", Integer, primary_key=True), Column("name", String(50)), *price)
    Index("ix_product_name", product.c.name)
    return metadata


@pytest.fixture
def shared(database_url: str) -> Iterator[Database]:
    """A database with the host's tables and ours, one of them with search tables beside it."""
    database = Database(database_url)
    models().create_all(database.engine)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE kbwiki_search_1_0123abcd (page INTEGER)"))
    yield database
    database.dispose()


def steps(database: Database, metadata: MetaData, **options: Any) -> list[Any]:
    """What the host's autogenerate would write into a migration."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata, **options})
        upgrade_ops = produce_migrations(context, metadata).upgrade_ops
        assert upgrade_ops is not None
        return list(upgrade_ops.ops)


def test_right_after_the_installation_there_is_nothing_to_migrate(shared: Database) -> None:
    assert steps(shared, models()) == []


def test_the_hosts_own_changes_are_found_as_before_and_no_other(shared: Database) -> None:
    (change,) = steps(shared, models(with_price=True))

    assert change.table_name == "product"
    assert [step.column.name for step in change.ops] == ["price"]


def test_a_table_that_the_host_dropped_from_its_models_is_still_found(shared: Database) -> None:
    found = steps(shared, MetaData())

    assert {one.table_name for one in found} == {"product"}


def test_with_include_object_alembic_does_not_even_speak_of_ours(
    shared: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="alembic"):
        assert steps(shared, models(), include_object=kbwiki.include_object) == []

    assert "removed table" not in caplog.text
    assert "removed index" not in caplog.text


def test_a_hosts_model_of_such_a_name_is_the_hosts(shared: Database) -> None:
    metadata = models()
    Table("kbwiki_notes_of_ours", metadata, Column("id", Integer, primary_key=True))

    (made,) = steps(shared, metadata)

    assert made.table_name == "kbwiki_notes_of_ours"


def test_our_tables_are_in_no_metadata_of_the_hosts(tmp_path: Path) -> None:
    from flask_sqlalchemy import SQLAlchemy

    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'host.db'}")
    db = SQLAlchemy(app)
    KBWiki(app)

    app.test_client().get("/wiki/")

    assert not db.metadata.tables
    assert all(table.startswith("kbwiki_") for table in Base.metadata.tables)
    app.extensions["kbwiki"]["main"].wiki.close()
    with app.app_context():
        db.engine.dispose()


def test_the_hosts_version_table_is_not_ours(shared: Database) -> None:
    with shared.read() as connection:
        tables = inspect(connection).get_table_names()

    assert VERSION_TABLE in tables
    assert "alembic_version" not in tables


def test_many_upgrade_at_once_and_all_find_the_tables_made(empty_database_url: str) -> None:
    failed: list[BaseException] = []

    def upgrade() -> None:
        wiki = Wiki(empty_database_url)
        try:
            wiki.upgrade()
            save(wiki, f"page-{threading.get_ident()}", "words")
        except BaseException as error:
            failed.append(error)
        finally:
            wiki.close()

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failed == []


def test_a_schema_that_is_behind_is_answered_with_the_command_until_it_has_run(
    database_url: str, tmp_path: Path
) -> None:
    set_revision(database_url, "0012")
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=database_url)
    KBWiki(app)
    client = app.test_client()

    answers = [client.get("/wiki/"), client.get("/wiki/-/recent"), client.post("/wiki/-/new", data={"text": "kept"})]
    command = app.test_cli_runner().invoke(args=["kbwiki", "journal", "head"])
    set_revision(database_url, newest_revision() or "")

    for answer in answers:
        assert answer.status_code == 503
        assert "flask kbwiki db upgrade" in answer.text
    assert "kept" in answers[2].text
    assert (command.exit_code, "flask kbwiki db upgrade" in command.output) == (1, True)
    assert client.get("/wiki/-/recent").status_code == 200
    app.extensions["kbwiki"]["main"].wiki.close()


def test_tables_of_a_newer_version_do_not_stop_the_old_one_while_that_is_rolled_out(
    sqlite_url: str, tmp_path: Path
) -> None:
    set_revision(sqlite_url, "9999")
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url)
    KBWiki(app)

    assert app.test_client().get("/wiki/-/recent").status_code == 200
    app.extensions["kbwiki"]["main"].wiki.close()


def set_revision(url: str, revision: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = :at"), {"at": revision})
    database.dispose()
