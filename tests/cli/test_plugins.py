"""`flask kbwiki plugins …` and `x`: listed, switched, brought up to date, removed; commands, and pages in and out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from kbwiki import KBWiki, Wiki
from kbwiki.testing import WRITER, make_space, open_reviews, read, save
from tests.databases import SqliteTemplate
from tests.hooks.weather import REPORTS, Weather


@pytest.fixture(scope="module")
def app(_sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app whose wiki has plugins: one that works, and one that is not installed."""
    app = Flask("host", instance_path=str(tmp_path_factory.mktemp("cli")))
    url = _sqlite_template.copy_to(_sqlite_template.path.parent / "plugins-cli.db")
    app.config.update(
        SECRET_KEY="test",
        KBWIKI_DATABASE_URI=url,
        KBWIKI_PLUGINS=["tests.hooks.weather:Weather", "nowhere"],
        KBWIKI_PLUGIN_WEATHER_PLACE="Kiel",
        KBWIKI_PLUGIN_NOWHERE_KEY="x",
        KBWIKI_HOOK_SECONDS=5.0,
    )
    KBWiki(app)
    run(app, "db", "upgrade")
    yield app
    app.extensions["kbwiki"]["main"].wiki.close()


@pytest.fixture
def wiki(app: Flask) -> Wiki:
    found: Wiki = app.extensions["kbwiki"]["main"].wiki
    return found


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["kbwiki", *words])


def test_the_list_says_what_there_is_and_what_is_left_out(app: Flask) -> None:
    told = run(app, "plugins", "list").output

    assert run(app, "plugins").output == told
    assert "weather\t1.2\ton\tWhat it is like outside." in told
    assert "vocabulary, " in told or ", vocabulary" in told
    assert "! nowhere\tNo plugin nowhere is installed." in told


def test_without_plugins_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    KBWiki(app)

    assert 'app.config["KBWIKI_PLUGINS"]' in run(app, "plugins", "list").output
    assert run(app, "x").output == ""
    app.extensions["kbwiki"]["main"].wiki.close()


def test_a_plugin_is_switched_off_and_on(app: Flask) -> None:
    assert run(app, "plugins", "off", "weather", "feeds", "--why", "too wet").exit_code == 0
    try:
        told = run(app, "plugins", "list").output
        assert "switched off: feeds, by kbwiki. too wet" in told
        found = json.loads(run(app, "check", "--json").output)
        assert "plugin-off" not in {one["code"] for one in found["problems"]}
    finally:
        assert run(app, "plugins", "on", "weather", "feeds").exit_code == 0
    assert "switched off" not in run(app, "plugins", "list").output
    assert run(app, "plugins", "off", "gone").exit_code == 1


def test_check_says_what_needs_doing(app: Flask, wiki: Wiki) -> None:
    wiki.plugins.switches.turn_off("weather", "routes", why="raised")
    try:
        problems = json.loads(run(app, "check", "--json").output)["problems"]
    finally:
        wiki.plugins.turn_on("weather", "routes")

    found = {one["code"]: one for one in problems if one["part"] == "plugins"}
    assert found.keys() == {"plugin-left-out", "plugin-off", "unknown-plugin-setting"}
    assert found["unknown-plugin-setting"]["to_do"] == "Rename it to KBWIKI_PLUGIN_WEATHER_PLACES."
    assert found["plugin-off"]["to_do"] == "Run: flask kbwiki plugins on weather routes"


def test_commands_of_plugins_run_and_what_fails_is_one_sentence(app: Flask) -> None:
    assert run(app, "x").output == "weather\tfail, say\n"
    assert run(app, "x", "weather", "say", "--loud", "rain").output == "RAIN in main\n"
    assert "Usage" in run(app, "x", "weather", "--help").output
    assert run(app, "x", "weather", "say").exit_code == 2
    failed = run(app, "x", "weather", "fail")
    assert (failed.exit_code, failed.output) == (1, "Error: The plugin weather failed: it ValueError: rain.\n")
    assert "There is: weather" in run(app, "x", "gone").output


def test_pages_are_brought_like_any_other_and_taken_if_everybody_may_read(
    app: Flask, wiki: Wiki, tmp_path: Path
) -> None:
    lines = [{"path": "rain", "text": "Wet.", "tags": ["w"]}, {"path": "../a", "text": "x"}]
    lines += [{"path": "sun", "text": "Dry."}]
    (tmp_path / "in").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    make_space(wiki, "secret", readers=("staff",), writers=("staff",))
    save(wiki, "secret/page", "Hush.", by=WRITER)
    who = ("--actor", "imp", "--in-group", "staff")

    brought = run(app, "plugins", "import", "lines", str(tmp_path / "in"), *who)
    again = run(app, "plugins", "import", "weather:lines", str(tmp_path / "in"), *who)

    assert (brought.exit_code, "2 pages are saved." in brought.output) == (1, True)
    assert again.exit_code == 1
    assert read(wiki, "rain") == "Wet."
    assert {"rain", "sun"} <= {line.path for line in open_reviews(wiki)}
    taken = run(app, "plugins", "export", "lines", str(tmp_path / "out"))
    assert taken.exit_code == 0
    assert "Wet." in (tmp_path / "out").read_text("utf-8")
    assert "Hush." not in (tmp_path / "out").read_text("utf-8")
    assert run(app, "plugins", "export", "nothing", "x").exit_code == 1
    broken = run(app, "plugins", "import", "lines", str(tmp_path / "none"), *who)
    assert "The plugin weather failed: it raised FileNotFoundError" in broken.output


def test_work_does_what_is_due(app: Flask, wiki: Wiki) -> None:
    told = run(app, "work", "--once").output

    assert "weather: measure\n" in told
    assert "weather: break (raised ValueError: no wind)" in told
    assert re.search(r"work measure: begun \S+ \S+ \(UTC\), done", run(app, "plugins", "list").output)


def test_a_plugin_is_removed_without_or_with_its_tables_and_comes_back(sqlite_url: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config["KBWIKI_DATABASE_URI"] = sqlite_url
    wiki = KBWiki().init_app(app)
    later = Flask("host", instance_path=str(tmp_path))
    later.config["KBWIKI_DATABASE_URI"] = app.config["KBWIKI_DATABASE_URI"]
    found = KBWiki(plugins=[Weather]).init_app(later)
    assert "weather: up to date" in run(later, "plugins", "upgrade").output
    assert run(later, "plugins", "upgrade", "gone").exit_code == 1
    found.plugins.loaded[0].plugin.site.run(REPORTS.insert().values(wiki_id=found.id, place="Kiel"))

    planned = run(app, "plugins", "remove", "weather", "--drop-tables", "--dry-run").output
    kept = run(app, "plugins", "remove", "weather").output
    assert "table kbwiki_x_weather_report, 1 rows" in planned
    assert "Its tables stay: kbwiki_x_weather_report" in kept
    with wiki.read() as connection:
        assert len(connection.execute(select(REPORTS)).all()) == 1
    assert run(app, "plugins", "remove", "weather", "--drop-tables").exit_code == 0
    found.plugins.tables.look_again()
    assert [one.name for one in found.plugins.refused] == ["weather"]
    assert run(later, "plugins", "upgrade", "weather").exit_code == 0
    assert found.plugins.refused == ()
    wiki.close()
    found.close()
