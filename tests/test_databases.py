"""The databases that the other tests stand on: each its own, gone when nobody is left who asked for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, inspect, text

from tests.databases import (
    SERVER_VARIABLE,
    PostgresqlMissing,
    PostgresServer,
    PostgresTemplate,
    postgresql_server,
)

REPOSITORY = Path(__file__).parent.parent
PATIENCE = 60  # seconds; only a broken keeper waits as long

A_PROCESS_WITH_A_SERVER = """
import time
from tests.databases import postgresql_server
with postgresql_server() as server:
    print(server.url.query["host"], flush=True)
    time.sleep(600)
"""

A_PROCESS_WITH_A_FOLDER = """
import time
from tests.databases import folder_in_memory
with folder_in_memory() as folder:
    print(folder, flush=True)
    time.sleep(600)
"""


def run(url: URL | str, *statements: str) -> list[str]:
    """Run the statements and return the names of the tables that the database has then."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


def test_what_one_copy_of_a_template_is_told_another_does_not_hear(postgresql: PostgresServer) -> None:
    def migrate(url: str) -> None:
        run(url, "CREATE TABLE known (id int)")

    template = PostgresTemplate(postgresql, migrate)

    with template.lend() as one, template.lend() as other:
        run(one, "CREATE TABLE more (id int)")
        tables = run(one), run(other)
    template.drop()

    assert tables == (["known", "more"], ["known"])


def test_a_copy_that_was_used_is_as_new_as_a_new_one(postgresql: PostgresServer) -> None:
    def migrate(url: str) -> None:
        run(url, "CREATE TABLE kept (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text)")
        run(url, "CREATE TABLE about (kept int REFERENCES kept)", "INSERT INTO kept (said) VALUES ('as it was')")

    def rows(url: str) -> list[tuple[object, ...]]:
        with create_engine(url).begin() as connection:
            connection.execute(text("INSERT INTO kept (said) VALUES ('more')"))
            connection.execute(text("INSERT INTO about VALUES (2)"))
            return [
                tuple(row)
                for row in connection.execute(
                    text("SELECT kept.ctid, id, said FROM kept JOIN about ON about.kept = id")
                )
            ]

    template = PostgresTemplate(postgresql, migrate)
    with template.lend() as first:
        before = rows(first)
    with template.lend() as again:
        after = rows(again)
    with template.lend() as changed:
        run(changed, "ALTER TABLE kept ALTER said SET NOT NULL")
    with template.lend() as new:
        after_all = rows(new)
    template.drop()

    assert (first, first, new != first) == (again, changed, True)
    assert before == after == after_all


def test_a_database_is_dropped_although_somebody_is_connected(postgresql: PostgresServer) -> None:
    url = postgresql.create_database()
    engine = create_engine(url)

    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        postgresql.drop_database(url)
        connection.invalidate()
    engine.dispose()

    names = text("SELECT count(*) FROM pg_database WHERE datname = :name")
    with create_engine(postgresql.url).connect() as connection:
        assert connection.execute(names, {"name": url.database}).scalar() == 0


def test_a_durable_server_waits_for_the_disk(durable_postgresql: PostgresServer) -> None:
    asked = ("fsync", "full_page_writes", "synchronous_commit")

    with create_engine(durable_postgresql.url).connect() as connection:
        settings = {name: connection.execute(text(f"SHOW {name}")).scalar() for name in asked}

    assert settings == dict.fromkeys(asked, "on")


def test_a_killed_run_leaves_no_server_behind(postgresql: PostgresServer) -> None:
    process, folder = start(A_PROCESS_WITH_A_SERVER)
    assert (folder / ".s.PGSQL.5432").exists()

    process.kill()
    process.communicate()

    assert vanishes(folder)


def test_a_killed_run_leaves_no_files_in_memory() -> None:
    process, folder = start(A_PROCESS_WITH_A_FOLDER)
    assert folder.is_dir()

    process.kill()
    process.communicate()

    assert vanishes(folder)


def start(program: str) -> tuple[subprocess.Popen[str], Path]:
    """Start a process and wait for the folder it says it has."""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if name != SERVER_VARIABLE},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def vanishes(folder: Path) -> bool:
    """Wait until the folder is gone; False if it does not go."""
    deadline = time.monotonic() + PATIENCE
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not folder.exists()


def test_a_machine_without_postgresql_hears_what_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr("tests.databases.PACKAGED", "/nonexistent")

    with pytest.raises(PostgresqlMissing, match="initdb, pg_ctl, postgres"), postgresql_server():
        pass
