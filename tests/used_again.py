"""A PostgreSQL database that a test has used, made what it was: 10 ms of the server's time, a new copy takes 60.

Only rows and numbers are made what they were. Where a test changed anything else (tables, statistics), or left
very many rows, or where the role may not do it, the database is thrown away.
"""

from __future__ import annotations

from time import sleep
from typing import Any, LiteralString, cast

import psycopg
from sqlalchemy.engine import URL

MOST_ROWS = 5_000
"""After so many rows a new copy is cheaper than an emptied one."""

# What every change of anything but rows changes: how many rows these have, or the youngest of them.
_CATALOGUES = ("attribute", "attrdef", "class", "constraint", "index", "namespace", "proc", "statistic", "trigger")
_MADE = " UNION ALL ".join(f"SELECT count(*), max(xmin::text::bigint) FROM pg_{name}" for name in _CATALOGUES)
_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_PATIENCE = 20  # times two milliseconds: whoever has hung up is gone then, and to end a process takes fifty
_TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_NUMBERS = (
    "SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value FROM pg_sequences"
)
# A table without rows begins anew only if its indexes forget them first, however few they were.
_VACUUM = "VACUUM (INDEX_CLEANUP ON, TRUNCATE ON)"


class Copy:
    """A new copy of a template, which nobody has used yet."""

    def __init__(self, url: URL) -> None:
        self.url = url
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(address, autocommit=True)
        self._tables = [str(name) for (name,) in self._run(_TABLES)]
        self._rows = {name: rows for name in self._tables if (rows := self._taken_out(name))}
        restart = [f"setval('{name}', {at}, {last is not None})" for name, at, last in self._run(_NUMBERS)]
        self._restart = f"SELECT {', '.join(restart)}"
        self._made = self._run(_MADE)

    def is_new_again(self) -> bool:
        """Make it what it was, and say whether that could be done. Whoever is connected to it is not any more."""
        try:
            self._sends_others_away()
            if self._run(_MADE) != self._made:
                return False
            self._run("SET session_replication_role = replica")  # so that rows go in any order
            return self._is_emptied()
        except (psycopg.OperationalError, psycopg.errors.InsufficientPrivilege):  # dropped, or not ours to change
            return False

    def close(self) -> None:
        """Let go of it, so that it can be dropped."""
        self._connection.close()

    def _sends_others_away(self) -> None:
        for _ in range(_PATIENCE):
            if not self._run(f"SELECT pid {_OTHERS}"):
                return
            sleep(0.002)
        self._run(f"SELECT pg_terminate_backend(pid, 5000) {_OTHERS}")

    def _is_emptied(self) -> bool:
        cursor = self._connection.execute(_plain(";".join(f"DELETE FROM {name}" for name in self._tables)))
        gone: dict[str, int] = {}
        for name in self._tables:
            gone[name] = cursor.rowcount
            cursor.nextset()
        if sum(gone.values()) > MOST_ROWS:
            return False
        if used := [name for name in self._tables if gone[name]]:
            self._run(f"{_VACUUM} {', '.join(used)}")
        for name, rows in self._rows.items():
            with self._connection.cursor() as cursor, cursor.copy(_plain(f"COPY {name} FROM STDIN")) as copy:
                copy.write(rows)
        self._run(self._restart)
        return True

    def _taken_out(self, name: str) -> bytes:
        with self._connection.cursor() as cursor, cursor.copy(_plain(f"COPY {name} TO STDOUT")) as copy:
            return b"".join(bytes(some) for some in copy)

    def _run(self, statement: str) -> list[Any]:
        cursor = self._connection.execute(_plain(statement))
        return cursor.fetchall() if cursor.description else []


def _plain(statement: str) -> LiteralString:
    return cast("LiteralString", statement)
