"""What a page and the editor make a browser fetch besides the HTML, compressed, as a share of what may be."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient

from kbwiki import Actor, KBWiki
from kbwiki.testing import save

from .figures import Figure

_ANN = Actor("ann", "Ann", frozenset({"staff", "moderators"}))
_TEXT = "# Rota\n\nSee [[shifts]].\n\n```python\nprint(1)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
_ASSET = re.compile(r'(?:href|src)="(/wiki/-/static/[^"#]+)')
ALLOWED = {"view": 60_000, "editor": 150_000}
"""Bytes compressed: a page's own assets, and the editor's."""


def measure() -> Iterator[Figure]:
    """Bytes of scripts, styles and icons, each compressed by itself."""
    with TemporaryDirectory() as folder:
        app = Flask("host", instance_path=folder)
        app.secret_key = "bench"
        KBWiki(app, actor=lambda: _ANN)
        client = app.test_client()
        client.get("/wiki/-/tree")
        wiki = app.extensions["kbwiki"]["main"].wiki
        save(wiki, "rota", _TEXT, by=_ANN)
        for name, address in (("view", "/wiki/rota"), ("editor", "/wiki/-/edit/rota")):
            weight = sum(_weight(client, one) for one in _assets(client, address))
            of = f"the {ALLOWED[name] // 1000} kB that it may have"
            yield Figure(f"page_weight.{name}", weight / 1000, "kB", weight / ALLOWED[name], of)
        wiki.close()


def _assets(client: FlaskClient, address: str) -> set[str]:
    return set(_ASSET.findall(client.get(address).get_data(as_text=True)))


def _weight(client: FlaskClient, address: str) -> int:
    return len(gzip.compress(client.get(address).data, 6))
