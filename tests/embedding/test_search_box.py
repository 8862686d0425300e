"""The search box on pages of the host: handed over by its own view, and nothing of the app is changed by it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from kbwiki import KBWiki
from kbwiki.testing import WRITER, save
from tests.docs.reading import DOCS, blocks_of

GUIDE = DOCS / "how-to" / "search-from-your-own-pages.md"
PAGE = "<!doctype html><title>Rota</title><h1>Rota</h1>{{ box }}"


@pytest.fixture
def host(tmp_path: Path) -> Flask:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_NAME="Handbook")
    return app


def close(app: Flask) -> None:
    for mount in app.extensions["kbwiki"].values():
        mount.wiki.close()


def test_the_host_hands_the_box_to_its_own_template(host: Flask) -> None:
    kbwiki = KBWiki(actor=lambda: WRITER)
    wiki = kbwiki.init_app(host, url_prefix="/handbook")
    host.add_url_rule("/rota", view_func=lambda: render_template_string(PAGE, box=kbwiki.search_box()), endpoint="rota")
    before = (dict(host.jinja_env.filters), dict(host.jinja_env.globals), list(host.url_map.iter_rules()))
    client = host.test_client()

    client.get("/handbook/")  # makes the tables
    save(wiki, "ladders", "rung\n")

    page = client.get("/rota").get_data(as_text=True)

    assert '<form class="kb-find" role="search" action="/handbook/-/search" method="get"' in page
    assert "Search in Handbook" in page
    for address in re.findall(r'(?:href|src)="(/handbook/-/static/[^"#]+)', page):
        assert client.get(address).status_code == 200, address
    assert "ladders" in client.get("/handbook/-/search?q=rung").get_data(as_text=True)
    assert "<script>" not in page
    assert "style=" not in page
    assert before == (host.jinja_env.filters, host.jinja_env.globals, list(host.url_map.iter_rules()))
    close(host)


def test_the_guide_for_pages_of_the_host_works_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    box, link = (block.text for block in blocks_of(GUIDE, "html"))
    (tmp_path / "templates" / "rota.html").write_text(link + box, "utf-8")
    app = Flask("host", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config["SECRET_KEY"] = "test"
    names: dict[str, object] = {"app": app}
    for block in blocks_of(GUIDE, "python"):
        exec(block.text, names)
    client = app.test_client()
    client.get("/wiki/")
    save(app.extensions["kbwiki"]["main"].wiki, "ladders", "x\n", title="How to set up a ladder")

    assert 'action="/wiki/-/search"' in client.get("/rota").text
    assert 'href="/wiki/-/opensearch.xml"' in client.get("/rota").text
    assert client.get("/help-about/ladr").json == ["How to set up a ladder"]
    assert {*client.get("/wiki/-/search.json?q=ladder").json} == {*json.loads(blocks_of(GUIDE, "json")[0].text)}
    close(app)


def test_two_wikis_have_each_their_box_and_one_set_of_assets_is_enough(host: Flask) -> None:
    first = KBWiki(host, actor=lambda: WRITER)
    second = KBWiki(host, name="manual", url_prefix="/manual", actor=lambda: WRITER)
    host.add_url_rule(
        "/rota",
        view_func=lambda: str(first.search_box()) + str(second.search_box(assets=False, label="<Look>", query='"x"')),
        endpoint="rota",
    )

    page = host.test_client().get("/rota").get_data(as_text=True)

    assert len(set(re.findall(r'<input id="([^"]+)"', page))) == 2
    assert page.count("kb-find.js") == 1
    assert 'action="/manual/-/search"' in page
    assert "&lt;Look&gt;" in page
    assert 'value="&#34;x&#34;"' in page
    close(host)


def test_an_app_without_this_wiki_says_so(host: Flask) -> None:
    with host.test_request_context("/"), pytest.raises(ValueError, match="init_app"):
        KBWiki().search_box()
