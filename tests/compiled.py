"""What every test would compile again, kept for the whole process: statements, templates, builders of addresses.

A test has an engine and often a host of its own, and both begin with nothing compiled; that took more than half of the
time of most tests. What is shared is only what would come out the same: statements by the dialect that compiled them
(the driver's, the server's version, the JSON functions), templates by their text and how their environment reads it,
and what makes an address of a rule by the rule's parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


def share_what_is_compiled() -> None:
    """From now on, all engines of this process share their statements, and all hosts their templates and builders."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = _alike  # type: ignore[method-assign,assignment]
        dialect.__hash__ = lambda dialect: hash(type(dialect))  # type: ignore[method-assign]
    event.listen(Engine, "engine_connect", _share_statements)
    Flask.jinja_options = {"bytecode_cache": _Templates()}
    Rule._compile_builder = _kept_builder  # type: ignore[method-assign]


_STATEMENTS: LRUCache[Any, Any] = LRUCache(5_000)
"""Compiled statements of all engines of this process: every test has a new one, and would compile them all again."""


def _share_statements(connection: Connection) -> None:
    connection.engine._compiled_cache = _STATEMENTS


def _alike(one: Dialect, other: object) -> bool:
    """Whether both compile a statement to the same: the statements are kept by dialect."""
    return type(one) is type(other) and _speech(one) == _speech(other)


def _speech(dialect: Any) -> tuple[object, ...]:
    return dialect.server_version_info, dialect._json_serializer, dialect._json_deserializer



class _Templates(BytecodeCache):
    """Compiled templates of all hosts of this process whose environments read a template in the same way."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """What is known of the template as this environment reads it."""
        escapes = environment.autoescape
        way = [*sorted(environment.extensions), str(escapes(name) if callable(escapes) else escapes)]
        way += [str(getattr(environment, one)) for one in _WAYS_TO_READ]
        bucket = Bucket(environment, f"{name} {filename} {way}", self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take it from memory."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it in memory."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


_WAYS_TO_READ = (
    *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string"),
    *("comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix"),
    *("trim_blocks", "lstrip_blocks", "newline_sequence", "keep_trailing_newline"),
    *("optimized", "undefined", "finalize", "sandboxed", "is_async"),
)


_BUILDERS: dict[object, Callable[..., tuple[str, str]]] = {}
_compile_builder = Rule._compile_builder


def _kept_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """What builds an address of a rule; a function of its parts alone, if there are no defaults.

    Every host with a wiki in it has two for each screen, and compiling them takes most of what making a host does.
    """
    if rule.defaults:
        return _compile_builder(rule, append_unknown)
    parts = (rule.rule, tuple(rule._trace), append_unknown)
    if parts not in _BUILDERS:
        _BUILDERS[parts] = _compile_builder(rule, append_unknown)
    return _BUILDERS[parts]
