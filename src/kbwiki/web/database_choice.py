"""Which database a mounted wiki is kept in: the host's, so that both can save together, or one of its own.

Settled when the database is first needed: by then the host has set up its extensions, in whatever order.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_app_context
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url

from ..wording import N_, kb_t
from ..wording.kept import Kept, as_said, keep

HOSTS = "host"
OWN = "own"


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the wiki is kept: `mode` is "host" (the engine of the host's Flask-SQLAlchemy) or "own"; and why.

    It is chosen before anybody could be spoken to, so why is said later.
    """

    mode: str
    source: str | Engine
    why: Kept

    @property
    def says(self) -> str:
        """The choice as a sentence, for `flask kbwiki check`."""
        if self.mode == HOSTS:
            return kb_t("in the host's database, through the host's engine: {why}", why=as_said(self.why))
        return kb_t("in a database of its own, through an engine of its own: {why}", why=as_said(self.why))


def choose(app: Flask, configured: str | None, own: Path) -> Choice:
    """The database for a wiki whose DATABASE_URI is `configured` and whose own file would be `own`."""
    engine = engine_of_host(app)
    source = configured or f"sqlite:///{own}"
    if engine is None:
        why = N_("{name} names it") if configured else N_("the app has no Flask-SQLAlchemy")
        return Choice(OWN, source, keep(why, name="KBWIKI_DATABASE_URI") if configured else keep(why))
    if configured:
        if same_database(make_url(configured), engine.url):
            return Choice(HOSTS, engine, keep(N_("KBWIKI_DATABASE_URI names the database of Flask-SQLAlchemy")))
        return Choice(OWN, source, keep(N_("KBWIKI_DATABASE_URI names another database than that of Flask-SQLAlchemy")))
    if engine.dialect.name not in ("sqlite", "postgresql"):
        return Choice(OWN, source, keep(N_("the host is on {kind}, where kbwiki cannot be"), kind=engine.dialect.name))
    if engine.dialect.name == "sqlite" and _file_of(engine.url) is None:
        return Choice(
            OWN, source, keep(N_("the host's database is in memory, on one connection that nobody else can use"))
        )
    if own.exists():
        return Choice(OWN, source, keep(N_("{file} is there already"), file=str(own)))
    return Choice(HOSTS, engine, keep(N_("the app has Flask-SQLAlchemy, and KBWIKI_DATABASE_URI is not set")))


def engine_of_host(app: Flask) -> Engine | None:
    """The default engine of the app's Flask-SQLAlchemy (or Flask-SQLAlchemy-Lite), if there is one."""
    extension: Any = app.extensions.get("sqlalchemy")
    if extension is None:
        return None
    inside = has_app_context() and current_app._get_current_object() is app  # type: ignore[attr-defined]
    with nullcontext() if inside else app.app_context():
        try:
            engine = extension.engine
        except (AttributeError, KeyError, RuntimeError):
            return None
    return engine if isinstance(engine, Engine) else None


def same_database(one: URL, other: URL) -> bool:
    """Whether both addresses lead to one database, as the same user of it."""
    if one.get_backend_name() != other.get_backend_name():
        return False
    if one.get_backend_name() == "sqlite":
        file = _file_of(one)
        return file is not None and file == _file_of(other)
    return _server(one) == _server(other)


def _server(url: URL) -> tuple[str | None, str, int, str | None]:
    return url.username, url.host or "localhost", url.port or 5432, url.database


def _file_of(url: URL) -> Path | None:
    name = (url.database or "").removeprefix("file:").partition("?")[0]
    return Path(name).resolve() if name and name != ":memory:" and "memory" not in url.query.get("mode", "") else None
