"""Plugins around the wiki, as visitors meet them: routes, feeds, static files, navigation, and the page for admins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.hooks import Plugin, RouteTo, Screen, hookimpl
from kbwiki.journal.models import Entry
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save
from tests.databases import SqliteTemplate
from tests.hooks.weather import Weather

from .conftest import Visitor, come, host

X = "/wiki/-/x/weather"
METEOROLOGIST = Actor("met", "Meta", frozenset({"meteorologists"}))


class Crooked(Plugin):
    """Has a rule that nobody can read, and a route that another plugin's address would mean."""

    name = "crooked"

    @hookimpl
    def routes(self) -> RouteTo:
        """Not a rule."""
        return RouteTo("/<nothing", lambda asking: Screen("x"), "crooked")


@pytest.fixture(scope="module")
def visitor(_sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A writer in a wiki with plugins, which the tests of this module have in common."""
    folder = tmp_path_factory.mktemp("plugins")
    url = _sqlite_template.copy_to(_sqlite_template.path.parent / "plugins.db")
    app = host(url, folder, Weather, Crooked)
    app.config["KBWIKI_HOOK_FAILURES"] = 1000
    app.config["KBWIKI_PLUGIN_WEATHER_KEY"] = "s3cret"
    app = _with_settings(app, url, folder)
    wiki = app.extensions["kbwiki"]["main"].wiki
    wiki.upgrade()
    save(wiki, "home", "Hello.\n")
    yield come(app)
    wiki.close()


def _with_settings(app: Flask, url: str, folder: Path) -> Flask:
    made = Flask("host", instance_path=str(folder))
    made.config.update(app.config, visitor=None)
    who = lambda: made.config["visitor"].actor if made.config["visitor"] else ANONYMOUS  # noqa: E731
    KBWiki(made, actor=who, plugins=(Weather, Crooked))
    return made


@pytest.fixture(autouse=True)
def writer(visitor: Visitor) -> None:
    """Each test begins as a writer."""
    visitor.actor = WRITER


@pytest.fixture
def wiki(visitor: Visitor) -> Wiki:
    found: Wiki = visitor.client.application.extensions["kbwiki"]["main"].wiki
    return found


def give(visitor: Visitor, what: str) -> Any:
    return visitor.client.get(f"{X}/screen", query_string={"give": what})


def test_a_route_shows_a_template_in_the_frame_and_its_forms_are_believed(visitor: Visitor) -> None:
    sent = visitor.post(f"{X}/report/Kiel", words="Rain <b>")
    assert sent.status_code == 303
    shown = visitor.text(sent.location)

    assert "<h1" in shown
    assert "All reports</h1>" in shown
    assert '<h2 class="kb-x-weather-title">1 report</h2>' in shown
    assert f'<a href="{X}/report/Kiel">Kiel</a>: Rain &lt;b&gt;' in shown
    assert "<script>alert" not in shown
    assert "<p>Kept.</p>" in shown
    assert f'href="{X}/static/kb-x-weather.css?v=' in shown


def test_a_note_is_shown_to_whom_it_was_meant_for_and_nobody_can_make_one_up(visitor: Visitor) -> None:
    address = visitor.client.get(f"{X}/go?to=/wiki/home%23part").location
    assert "Off you go." in visitor.text(address)

    visitor.actor = READER
    assert "Off you go." not in visitor.text(address)
    assert "You won" not in visitor.text("/wiki/home?kb_note=You+won")


def test_a_form_that_nobody_here_sent_reaches_no_plugin(visitor: Visitor, wiki: Wiki) -> None:
    visitor.text("/wiki/home")  # the screen around the refusal, too, has asked for its navigation by now
    before = wiki.plugins.tally.counts()

    assert visitor.client.post(f"{X}/report/Kiel", data={"words": "Forged"}).status_code == 400

    assert wiki.plugins.tally.counts() == before


WRONG = {
    "raises": "1 / 0",
    "nothing": "None",
    "a text": "'text'",
    "status": "Screen('x', 'y', status=500)",
    "a redirecting screen": "Screen('x', 'y', status=302)",
    "no such template": "Screen('x', template='kbwiki_x_weather/none.html')",
    "a template of ours": "Screen('x', template='kbwiki/page.html')",
    "an object for a template": "Screen('x', template='kbwiki_x_weather/list.html', facts={'reports': Path})",
    "not html": "Screen('x', 7)",
    "too much": "Screen('x', 'y' * 2_000_000)",
    "half a character": "Screen('x', chr(0xd800))",
    "no json": "Json(Path())",
    "no bytes": "Raw('text', 'text/plain')",
    "a header": "Raw(b'', 'text/plain\\r\\nX-Evil: 1')",
    "elsewhere": "Go('https://evil.example/')",
    "elsewhere in disguise": "Go('//evil.example/')",
    "elsewhere with a backslash": "Go('/\\\\evil.example/')",
    "a script": "Go('javascript:alert(1)')",
    "a line end": "Go('/wiki/\\r\\nX-Evil: 1')",
}


@pytest.mark.parametrize("what", WRONG)
def test_what_a_view_does_wrong_is_said_kindly(visitor: Visitor, wiki: Wiki, what: str) -> None:
    failures = sum(one.failures for one in wiki.plugins.tally.counts())

    answered = give(visitor, WRONG[what])

    assert answered.status_code == 424
    assert "It comes from the plugin weather, which failed." in answered.text
    assert "X-Evil" not in answered.headers
    assert sum(one.failures for one in wiki.plugins.tally.counts()) == failures + 1


def test_what_was_written_is_given_back_where_a_plugin_fails(visitor: Visitor) -> None:
    answered = visitor.post(f"{X}/screen?give=1/0", form=f"{X}/report/Kiel", words="All I know.")

    assert answered.status_code == 424
    assert "All I know.</textarea>" in answered.text


def test_addresses_and_methods_that_no_route_has(visitor: Visitor) -> None:
    for address in (f"{X}/nothing", "/wiki/-/x/gone/", "/wiki/-/x/gone/static/a.css", f"{X}/static/../__init__.py"):
        assert visitor.get(address).status_code == 404, address
    assert visitor.post(f"{X}/", form=f"{X}/report/Kiel").status_code == 405
    assert visitor.get("/wiki/-/x/crooked/").status_code == 404
    assert visitor.client.head(f"{X}/").status_code == 200


def test_a_route_for_some_is_for_them_and_administrators(visitor: Visitor) -> None:
    statuses = {}
    for actor in (WRITER, METEOROLOGIST, ADMIN):
        visitor.actor = actor
        statuses[actor.id] = visitor.get(f"{X}/secret").status_code

    assert statuses == {"writer": 403, "met": 200, "admin": 200}


@pytest.mark.parametrize(
    ("kind", "sent_as", "how"),
    [
        ("image-svg+xml", "image/svg+xml", "attachment"),
        ("text-html", "text/html; charset=utf-8", "attachment"),
        ("application-xhtml+xml", "application/xhtml+xml", "attachment"),
        ("text-javascript", "text/plain; charset=utf-8", None),
        ("text-plain", "text/plain; charset=utf-8", None),
        ("image-png", "image/png", None),
    ],
)
def test_nothing_in_a_raw_answer_runs(visitor: Visitor, kind: str, sent_as: str, how: str | None) -> None:
    answered = visitor.get(f"{X}/raw/{kind}")

    assert answered.headers["Content-Type"] == sent_as
    assert answered.headers.get("Content-Disposition") == how
    assert answered.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answered.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_has_its_name_and_nothing_else(visitor: Visitor) -> None:
    answered = visitor.client.get(f"{X}/raw/text-plain", query_string={"name": 'ä"/..\r\nX: 1'})

    assert answered.headers["Content-Disposition"] == "inline; filename*=UTF-8''%C3%A4__..__X%3A%201"


HOSTILE = [
    '<form method="post" action="https://evil.example/"></form>',
    '<form method="post" action="/wiki/-/x/other/steal"></form>',
    '<form method="post" action="/wiki/-/x/weather/../../decide"></form>',
    '<b title="<form x= method=" class=" " title="post">"></b><img alt="<form method=&quot;post&quot;>">',
    '<input type="password" name="p"><input type="image" src="//evil.example/x" onfocus="alert(1)" autofocus>',
    '<button formaction="https://evil.example/">x</button><iframe src="/"></iframe><base href="//evil.example">',
    '<p class="kb-flash kb-x-other-a" id="kb_main" style="position:fixed">x</p><svg><script>alert(1)</script></svg>',
    '<a href="javascript:alert(1)">x</a><meta http-equiv="refresh" content="0;url=//evil.example">',
]


def test_a_screen_has_nothing_that_runs_or_leads_away_unasked(visitor: Visitor) -> None:
    shown = give(visitor, f"Screen('x', {''.join(HOSTILE)!r})").text
    main = shown[shown.index('<div class="kb-text"') : shown.index("</main>")]

    for word in ("evil.example", "x/other", "..", "onfocus", "password", "formaction", "iframe", "base", "style"):
        assert word not in main.replace("kb-base", ""), word
    for word in ("kb-flash", "kb-x-other", "kb_main", "script", "javascript", "meta"):
        assert word not in main, word
    assert main.count("kb_csrf") == main.count("<form")


def test_feeds_are_for_whoever_asks(visitor: Visitor) -> None:
    answered = visitor.get(f"{X}/reports.atom")

    assert answered.mimetype == "application/atom+xml"
    assert "<title>For &lt;Wim Writer&gt;</title>" in answered.text
    assert f'href="http://localhost{X}/"' in answered.text


def test_static_files_are_kept_for_a_year_and_run_nothing(visitor: Visitor) -> None:
    answered = visitor.get(f"{X}/static/sun.svg")

    assert "immutable" in answered.headers["Cache-Control"]
    assert "sandbox" in answered.headers["Content-Security-Policy"]


def test_navigation_is_for_those_it_names(visitor: Visitor) -> None:
    assert f'<a href="{X}/" dir="auto">Weather</a>' in visitor.text("/wiki/")
    assert "Stations" not in visitor.text("/wiki/")
    assert 'dir="auto">Wetter</a>' in visitor.client.get("/wiki/", headers={"Accept-Language": "de"}).text
    visitor.actor = METEOROLOGIST
    assert '<a href="/stations" dir="auto">Stations</a>' in visitor.text("/wiki/")


def test_who_may_read_nothing_finds_no_plugin(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "", readers=("staff",), writers=("staff",))
    try:
        visitor.actor = READER
        statuses = [visitor.get(f"{X}{one}").status_code for one in ("/", "/reports.atom", "/secret", "/nothing")]
        visitor.actor = WRITER
        assert visitor.get(f"{X}/").status_code == 200
    finally:
        make_space(wiki, "", readers=("everyone",), writers=("signed-in",))

    assert statuses == [404, 404, 404, 404]


def test_the_host_s_templates_are_left_alone(visitor: Visitor) -> None:
    before: Environment = visitor.client.application.jinja_env

    visitor.get(f"{X}/")

    assert not [name for name in before.list_templates() if "weather" in name]
    assert "say" not in before.globals


def test_administrators_see_everything_of_a_plugin_but_its_secrets(visitor: Visitor) -> None:
    visitor.get(f"{X}/")
    assert visitor.get("/wiki/-/plugins").status_code == 403
    visitor.actor = ADMIN

    shown = visitor.text("/wiki/-/plugins")

    for words in ("weather", "1.2", "What it is like outside.", "KBWIKI_PLUGIN_WEATHER_PLACES", "Kiel", "Which places"):
        assert words in shown, words
    assert "KBWIKI_PLUGIN_WEATHER_KEY" in shown
    assert "s3cret" not in shown
    assert "gave" not in shown or "failed" not in shown


def test_an_administrator_switches_a_plugin_off_and_on_and_it_is_looked_at(visitor: Visitor, wiki: Wiki) -> None:
    visitor.actor = ADMIN
    answered = visitor.post(
        "/wiki/-/plugins/switch", form="/wiki/-/plugins", plugin="weather", hook="", do="off", comment="Too wet"
    )
    assert answered.status_code == 303
    assert visitor.get(f"{X}/").status_code == 404
    assert 'dir="auto">Weather</a>' not in visitor.text("/wiki/")
    shown = visitor.text(answered.location)
    assert "Ada Admin switched it off. Too wet" in shown
    (line,) = [one for one in open_reviews(wiki) if one.title == "Plugins"]
    shown_to_review = visitor.client.application.extensions["kbwiki"]["main"].wiki.subjects["plugins"]
    with wiki.read() as connection:
        number = shown_to_review.place(connection, wiki.id).number
        assert shown_to_review.sides(connection, wiki.id, number - 1, number) == ("weather: on\n", "weather: off\n")
    assert look(wiki, line.id).shown.head == number

    assert visitor.post(f"/wiki/-/plugins/undo/{number}", form=answered.location).status_code == 303
    assert visitor.get(f"{X}/").status_code == 200
    assert visitor.post("/wiki/-/plugins/undo/1", form="/wiki/-/plugins").status_code == 409


def test_a_moderator_who_reverts_a_switch_sets_it_back(visitor: Visitor, wiki: Wiki) -> None:
    visitor.actor = ADMIN
    visitor.post("/wiki/-/plugins/switch", form="/wiki/-/plugins", plugin="weather", hook="feeds", do="off")
    (line,) = [one for one in open_reviews(wiki) if one.title == "Plugins"]

    answer(wiki, look(wiki, line.id), "revert", by=MODERATOR, reason="wrong")
    wiki.plugins.switches.look(now=True)

    assert wiki.plugins.switches.off() == ()
    assert open_reviews(wiki) == [one for one in open_reviews(wiki) if one.title != "Plugins"]


def test_nothing_is_switched_that_is_not_there_and_by_nobody_else(visitor: Visitor) -> None:
    assert visitor.post("/wiki/-/plugins/switch", form="/wiki/home", plugin="weather").status_code in (400, 403)
    visitor.actor = ADMIN
    for fields in ({"plugin": "gone"}, {"plugin": "weather", "hook": "fences"}):
        answered = visitor.post("/wiki/-/plugins/switch", form="/wiki/-/plugins", do="off", **fields)
        assert answered.status_code == 404


def test_administrators_are_told_what_kbwiki_switched_off(visitor: Visitor, wiki: Wiki) -> None:
    wiki.plugins.switches.turn_off("weather", "feeds", why="raised ValueError")
    try:
        assert "since it failed too often" not in visitor.text("/wiki/home")
        visitor.actor = ADMIN
        assert "since it failed too often: weather (feeds)." in visitor.text("/wiki/home")
        assert "It failed too often. The last time it raised ValueError" in visitor.text("/wiki/-/plugins")
    finally:
        wiki.plugins.turn_on("weather", "feeds")


def test_entries_of_a_plugin_that_is_gone_can_be_read(visitor: Visitor, wiki: Wiki) -> None:
    from kbwiki.db import Change
    from kbwiki.spaces.queries import find_space

    with wiki.begin(WRITER) as tx:
        space = find_space(tx.connection, tx.wiki_id, "")
        tx.record(Change("measure", "weather-station", 7, 1, (space,), {"place": "Kiel <b>"}))
    (line,) = [one for one in open_reviews(wiki) if one.title == "weather-station 7"]
    visitor.actor = MODERATOR

    shown = visitor.text(f"/wiki/-/reviews/{line.id}")

    assert "Kiel &lt;b&gt;" in shown
    assert json.dumps("place") in shown.replace("&#34;", '"')
    with wiki.read() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {Entry.__tablename__}").scalar()


def test_terms_of_plugins_can_be_called_otherwise(visitor: Visitor, wiki: Wiki) -> None:
    visitor.actor = ADMIN
    page = "/wiki/-/vocabulary"
    assert 'name="en-weather.report-singular"' in visitor.text(page)
    fields = {"en-weather.report-singular": "bulletin", "en-weather.report-plural": "bulletins", "preset": "Wiki"}
    try:
        assert visitor.post(page, do="save", number="0", **fields).status_code == 303
        assert "All bulletins</h1>" in visitor.text(f"{X}/")
        assert 'value="bulletin"' in visitor.text(page)
    finally:
        visitor.post(page, do="reset")
    german = visitor.client.get(f"{X}/", headers={"Accept-Language": "de"}).text
    assert "Alle Berichte</h1>" in german


def test_below_a_script_root_addresses_lead_there(visitor: Visitor) -> None:
    shown = visitor.client.get(f"{X}/report/Kiel", environ_overrides={"SCRIPT_NAME": "/app"}).text

    assert f'action="/app{X}/report/Kiel"' in shown
    assert f'<a href="/app{X}/"' in shown
    sent = visitor.client.get(f"{X}/go?to={X}/", environ_overrides={"SCRIPT_NAME": "/app"})
    assert sent.location.startswith(f"/app{X}/?kb_note=")
