"""Pages of a host with a wiki mounted beside them, as a share of the same pages without."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

from kbwiki import Actor, KBWiki
from kbwiki.testing import save

from .figures import Figure

_ROUNDS = 30
_REQUESTS = 100
_ANN = Actor("ann", "Ann", frozenset({"staff"}))
_PAGE = "<title>{{ name }}</title><ul>{% for one in range(20) %}<li>{{ name }} {{ one }}</li>{% endfor %}</ul>"


def measure() -> Iterator[Figure]:
    """Requests a second to a plain page and to one with a query; each in turn without and with the wiki."""
    with TemporaryDirectory() as folder:
        bare, mounted = _host(Path(folder) / "bare"), _host(Path(folder) / "mounted")
        KBWiki(mounted, actor=lambda: _ANN)
        mounted.test_client().get("/wiki/-/tree")
        save(mounted.extensions["kbwiki"]["main"].wiki, "page", "Words.\n", by=_ANN)
        for name, address in (("host_page", "/"), ("host_page_query", "/query"), ("host_page_missing", "/missing")):
            floor, value = _in_turn(_asking(bare, address), _asking(mounted, address))
            yield Figure(name, value, "requests/s", value / floor, "the same page of the same app without kbwiki")
        mounted.extensions["kbwiki"]["main"].wiki.close()


def _host(folder: Path) -> Flask:
    folder.mkdir()
    app = Flask("host", instance_path=str(folder))
    app.secret_key = "bench"
    engine = create_engine(f"sqlite:///{folder / 'host.db'}")
    app.add_url_rule("/", "front", lambda: render_template_string(_PAGE, name="Rota"))

    @app.get("/query")
    def query() -> str:
        with engine.connect() as connection:
            return str(connection.execute(text("SELECT 1")).scalar_one())

    return app


def _asking(app: Flask, address: str) -> Callable[[], float]:
    client = app.test_client()

    def ask() -> float:
        started = time.process_time()
        for _ in range(_REQUESTS):
            client.get(address)
        return time.process_time() - started

    return ask


def _in_turn(bare: Callable[[], float], mounted: Callable[[], float]) -> tuple[float, float]:
    """Requests a second of both, medians of rounds in which they take turns, by the processor's time."""
    bare(), mounted()
    taken = [(bare(), mounted()) for _ in range(_ROUNDS)]
    return tuple(_REQUESTS / statistics.median(one) for one in zip(*taken, strict=True))  # type: ignore[return-value]
