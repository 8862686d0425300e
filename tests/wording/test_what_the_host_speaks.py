"""The wiki speaks the language that the host has chosen, and the browser's where the host chooses none."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, request
from flask_babel import Babel

from kbwiki import ANONYMOUS, KBWiki


@pytest.mark.parametrize(
    ("chosen", "asked", "said"),
    [("de", "en", "Suche"), ("en", "de", "Search"), ("de_AT", "en", "Suche"), ("fr", "de", "Search")],
)
def test_a_host_with_flask_babel_is_followed(tmp_path: Path, chosen: str, asked: str, said: str) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "test"
    Babel(app, locale_selector=lambda: request.args.get("lang"))
    wiki = KBWiki().init_app(app, actor=lambda: ANONYMOUS)

    page = app.test_client().get(f"/wiki/-/search?lang={chosen}", headers={"Accept-Language": asked}).text

    assert f"<h1>{said}</h1>" in page
    wiki.close()


@pytest.mark.parametrize(("asked", "said"), [("de-CH,de;q=0.9", "Suche"), ("fr,de;q=0.5", "Suche"), ("fr", "Search")])
def test_else_what_the_browser_asks_for(tmp_path: Path, asked: str, said: str) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "test"
    wiki = KBWiki().init_app(app, actor=lambda: ANONYMOUS)

    page = app.test_client().get("/wiki/-/search", headers={"Accept-Language": asked}).text

    assert f"<h1>{said}</h1>" in page
    wiki.close()
