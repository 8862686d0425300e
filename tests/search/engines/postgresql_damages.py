"""What may happen to an index that is kept in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

_HARMS = {
    "the table of records is gone": "DROP TABLE kbwiki_search_index",
    "the record is gone": "DELETE FROM kbwiki_search_index",
    "another version made it": "UPDATE kbwiki_search_index SET made_by = 'the stone age'",
    "the record speaks of tables nobody made": "UPDATE kbwiki_search_index SET generation = 'kbwiki_search_1_00000000'",
    "the terms are gone": "DROP TABLE {}",
    "the places are gone": "DROP TABLE {}_places",
    "the index of the terms is gone": "DROP INDEX {}_terms",
    "the record is of another form": "ALTER TABLE kbwiki_search_index DROP COLUMN made_by",
}


def postgresql_damages(url: str) -> Mapping[str, Callable[[], object]]:
    """Each by what has happened."""
    return {what: partial(_harm, url, statement) for what, statement in _HARMS.items()}


def _harm(url: str, statement: str) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        named = connection.execute("SELECT generation FROM kbwiki_search_index").fetchone()
        assert named is not None
        connection.execute(sql.SQL(statement.replace("{}", named[0])))  # type: ignore[arg-type]
