"""A plugin with tables on both databases: installed, filled, upgraded, removed, and installed again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text

import kbwiki_glossary
from kbwiki import KBWiki, Wiki
from kbwiki.hooks import Plugin, Tables
from kbwiki.testing import WRITER, read, save
from kbwiki_glossary import Glossary
from kbwiki_glossary.entries import ENTRIES, METADATA

OF_FIRST = "(id, wiki_id, key, term, definition) VALUES (1, :wiki, 'api', 'API', 'Talk')"
MIGRATIONS = Path(kbwiki_glossary.__file__).parent / "migrations"


@pytest.fixture
def host(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes the host anew, as a deployment does, with these plugins."""
    made: list[Flask] = []

    def make(*plugins: type[Plugin]) -> Flask:
        app = Flask("host", instance_path=str(tmp_path / "instance"))
        app.config.update(SECRET_KEY="x", TESTING=True, KBWIKI_DATABASE_URI=database_url, KBWIKI_HOOK_SECONDS=10.0)
        KBWiki(app, actor=lambda: WRITER, plugins=plugins)
        made.append(app)
        wiki_of(app).set_up()
        return app

    yield make
    for app in made:
        wiki_of(app).close()


def wiki_of(app: Flask) -> Wiki:
    found: Wiki = app.extensions["kbwiki"]["main"].wiki
    return found


def run(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=["kbwiki", *words])
    assert result.exit_code == 0, result.output
    return str(result.output)


def tables(app: Flask) -> set[str]:
    with wiki_of(app).read() as connection:
        return {name for name in inspect(connection).get_table_names() if name.startswith("kbwiki_x_")}


def explain(app: Flask, term: str, definition: str) -> None:
    client = app.test_client()
    page = client.get("/wiki/-/x/glossary/").get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = client.post("/wiki/-/x/glossary/entry", data={**hidden, "term": term, "definition": definition})
    assert answer.status_code == 303, answer.get_data(as_text=True)


def test_it_is_installed_filled_upgraded_removed_and_installed_again(
    host: Callable[..., Flask], tmp_path: Path
) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / "first", ignore=shutil.ignore_patterns("g2*", "__pycache__"))

    class First(Glossary):
        """As it was before its second migration."""

        tables = Tables(METADATA, f"kbwiki_glossary:{tmp_path / 'first'}")

    first = host(First)
    save(wiki_of(first), "door", "Our API opens it.\n")
    assert "glossary: up to date" in run(first, "plugins", "upgrade")
    assert tables(first) == {"kbwiki_x_glossary_entry", "kbwiki_x_glossary_version"}
    with wiki_of(first).database.write() as connection:
        connection.execute(text(f"INSERT INTO {ENTRIES.name} {OF_FIRST}"), {"wiki": wiki_of(first).id})

    upgraded = host(Glossary)
    page = upgraded.test_client().get("/wiki/door").get_data(as_text=True)
    assert "Words on this page" not in page  # its tables are behind: it is not asked, and the page is there
    assert "plugins upgrade glossary" in run(upgraded, "plugins", "list")
    run(upgraded, "plugins", "upgrade")
    wiki_of(upgraded).plugins.tables.look_again()
    assert "<dt>API</dt><dd>Talk</dd>" in upgraded.test_client().get("/wiki/door").get_data(as_text=True)
    explain(upgraded, "Door", "A hole with a hinge")

    assert "Its tables stay" in run(upgraded, "plugins", "remove", "glossary")
    without = host()
    assert "kbwiki_x_glossary_entry" in tables(without)
    run(without, "plugins", "remove", "glossary", "--drop-tables")
    assert tables(without) == set()
    assert "Words on this page" not in without.test_client().get("/wiki/door").get_data(as_text=True)
    assert read(wiki_of(without), "door") == "Our API opens it.\n"
    assert wiki_of(without).verify().intact  # the journal kept what the plugin did

    again = host(Glossary)
    run(again, "plugins", "upgrade")
    wiki_of(again).plugins.tables.look_again()
    assert "Nothing is explained here yet." in again.test_client().get("/wiki/-/x/glossary/").get_data(as_text=True)
    explain(again, "API", "How programs talk")
    assert "How programs talk" in again.test_client().get("/wiki/door").get_data(as_text=True)
