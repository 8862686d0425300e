"""Parts of the wiki in pages of the host: handed over as Markup, or fetched without layout, for who is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy import event

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.testing import MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save
from kbwiki.web.fragments import FRAGMENTS
from tests.docs.reading import DOCS, blocks_of

GUIDE = DOCS / "how-to" / "show-the-wiki-in-your-pages.md"
PEOPLE = {one.id: one for one in (READER, WRITER, MODERATOR)}
BASE = (
    "<!doctype html><html lang=en><head><title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}"
    "</head><body class=ours>{% block content %}{{ part }}{% endblock %}</body></html>"
)


class Host:
    """An app with a layout of its own, and one page that shows whatever fragment its address asks for."""

    def __init__(self, folder: Path) -> None:
        (folder / "templates").mkdir()
        (folder / "templates" / "base.html").write_text(BASE, "utf-8")
        self.app = Flask("host", root_path=str(folder), instance_path=str(folder / "instance"))
        self.app.config.update(
            SECRET_KEY="test",
            KBWIKI_BASE_TEMPLATE="base.html",
            KBWIKI_VOCABULARY="Handbook",
            KBWIKI_SIGN_IN_URL="",
            KBWIKI_CSP_NONCE=lambda: g.get("nonce", ""),
        )
        self.kbwiki = KBWiki(self.app, actor=self.who)
        self.app.add_url_rule("/show/<name>", "show", self.show)
        mount = self.app.extensions["kbwiki"]["main"]
        mount.make_ready()
        self.wiki: Wiki = mount.wiki
        fill(self.wiki)

    def who(self) -> Actor:
        return PEOPLE.get(request.headers.get("X-Who", ""), ANONYMOUS)

    def show(self, name: str) -> str:
        g.nonce = request.args.get("nonce", "")
        said = {key: request.args[key] for key in ("path", "query") if key in request.args}
        count = request.args.get("count", 10, type=int)
        part = self.kbwiki.fragment(name, count=count, assets="bare" not in request.args, **said)
        return render_template_string("{% extends 'base.html' %}", part=part)

    def get(self, address: str, who: Actor = READER, **headers: str) -> str:
        client: FlaskClient = self.app.test_client()
        return client.get(address, headers={"X-Who": who.id, **headers}).get_data(as_text=True)

    def part(self, address: str, who: Actor = READER) -> str:
        """What stands in the page besides the host's own."""
        page = self.get(address, who)
        return page.partition("<body class=ours>")[2].partition("</body>")[0]


def fill(wiki: Wiki) -> None:
    save(wiki, "home", "Welcome.\n", title="Welcome")
    save(wiki, "leave", "Take **days** off, see [[leave/sick]].\n\n## Sick leave\n\nRest.\n", title="Leave")
    save(wiki, "leave/sick", "Ladder words.\n", title="Sick <leave>")
    save(wiki, "old", "Bad words.\n", title="Bad")
    (review,) = [one for one in open_reviews(wiki) if one.path == "old"]
    answer(wiki, look(wiki, review.id), "hide", reason="wrong")
    make_space(wiki, "board", readers=("bosses",), writers=("bosses",), reviewers=("bosses",))
    boss = Actor("boss", "Boss", frozenset({"bosses"}))
    save(wiki, "board/secret", "Ladder secret.\n", title="Secret", by=boss)
    wiki.search.catch_up()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("host"))
    yield host
    host.wiki.close()


def test_a_page_is_its_text_with_links_into_the_wiki_and_nothing_around_it(host: Host) -> None:
    part = host.part("/show/page?path=leave")

    assert re.match(r'<link rel="stylesheet" href="/wiki/-/static/kb\.css\?v=[^"]+">\s*<div class="kb kb-fr', part)
    assert "<strong>days</strong>" in part
    assert 'href="/wiki/leave/sick"' in part
    assert not re.search(r"<(nav|header|main|h1|form|script)\b", part)
    assert "stylesheet" not in host.part("/show/page?path=leave&bare=1")
    assert "Welcome." in host.part("/show/page")


@pytest.mark.parametrize(
    ("address", "there", "not_there"),
    [
        ("/show/recent", ('href="/wiki/leave/sick"', "Sick &lt;leave&gt;", "Recent changes"), ("Secret", "board")),
        ("/show/recent?path=leave", ("Sick", "space=leave"), ("Welcome", "Secret")),
        ("/show/tree", ('href="/wiki/leave"', "1 below", "?path=leave"), ("Secret", "board")),
        ("/show/tree?count=1", ("All guides",), ("1 below",)),
        ("/show/tree?path=leave", ("Sick",), ("Welcome",)),
        ("/show/tree?path=nothing", ("There are no guides here yet",), ("<li>",)),
        ("/show/search?query=ladder", ("<mark>Ladder</mark>", "Sick"), ("secret",)),
        ("/show/search?query=zzzz", ("Nothing found",), ("<li>",)),
    ],
)
def test_lists_show_what_the_visitor_may_read_in_the_wikis_own_words(
    host: Host, address: str, there: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    part = host.part(address)

    assert [one for one in there if one not in part] == []
    assert [one for one in not_there if one in part] == []


def test_the_queue_is_counted_for_those_who_look_after_something(host: Host) -> None:
    part = host.part("/show/queue", MODERATOR)

    assert '<a href="/wiki/-/checks">Checks</a>' in part
    assert re.search(r'<span class="kb-count">3</span>', part)
    assert host.part("/show/queue", READER) == ""


@pytest.mark.parametrize(
    "address",
    [
        "/show/page?path=nothing", "/show/page?path=board/secret", "/show/page?path=old", "/show/page?path=///%00",
        "/show/search?query=+", "/show/search", "/show/recent?path=%ED%A0%80",
    ],
)  # fmt: skip
def test_what_is_not_there_or_not_for_the_visitor_is_empty_and_breaks_nothing(host: Host, address: str) -> None:
    part = host.part(address)

    assert part == "" or "Nothing has changed here" in part


def test_a_wiki_that_cannot_answer_is_left_out_of_the_page(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=f"sqlite:///{tmp_path / 'nothing.db'}")
    kbwiki = KBWiki(app, actor=lambda: READER)
    app.add_url_rule("/", "front", lambda: f"ours{kbwiki.fragment('recent')}{kbwiki.fragment('page', path='a')}")

    answered = app.test_client().get("/")

    assert (answered.status_code, answered.text) == (200, "ours")
    app.extensions["kbwiki"]["main"].wiki.close()


def test_a_name_that_no_fragment_has_is_said(host: Host) -> None:
    with host.app.test_request_context("/"), pytest.raises(ValueError, match="page, recent, tree, search, queue"):
        host.kbwiki.fragment("pages")


@pytest.mark.parametrize("name", FRAGMENTS)
def test_every_fragment_keeps_to_a_strict_policy_and_takes_the_nonce(host: Host, name: str) -> None:
    part = host.part(f"/show/{name}?path=leave&query=ladder&nonce=n1", MODERATOR)

    assert '<link rel="stylesheet" nonce="n1"' in part
    assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=|javascript:", part)
    assert [one for one in re.findall(r'\bid="([^"]*)"', part) if not one.startswith("kb")] == []
    assert [one for one in re.findall(r'\bclass="([^"]*)"', part) for each in one.split() if each[:2] != "kb"] == []


def test_fragments_ask_little(host: Host) -> None:
    for name, most in {"page": 5, "recent": 4, "tree": 4, "queue": 5}.items():
        host.part(f"/show/{name}?path=leave", MODERATOR)
        said: list[str] = []

        def note(*args: object, said: list[str] = said) -> None:
            said.append(str(args[2]))

        event.listen(host.wiki.database.engine, "before_cursor_execute", note)
        host.part(f"/show/{name}?path=leave", MODERATOR)
        event.remove(host.wiki.database.engine, "before_cursor_execute", note)
        assert len([one for one in said if one.lstrip().upper().startswith(("SELECT", "WITH"))]) <= most, (name, said)


SCREENS = (
    "/leave", "/-/tree", "/-/recent", "/-/search?q=ladder", "/-/new", "/-/checks", "/nothing", "/-/history/leave"
)  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_is_answered_without_layout_on_request(host: Host, screen: str) -> None:
    joint = "&" if "?" in screen else "?"

    whole = host.get(f"/wiki{screen}", MODERATOR)
    bare = host.get(f"/wiki{screen}{joint}kb_fragment=1", MODERATOR)

    assert "class=ours" in whole
    assert bare.lstrip().startswith('<div class="kb kb-fragment" lang="en-GB" dir="ltr">')
    assert bare.rstrip().endswith("</div>")
    assert not re.search(r"<html|<body|kb-bar|kb-foot|kb-side(?! kb-facets)|kb_q\b|<script|stylesheet", bare)
    (heading,) = re.findall(r"<h1[^>]*>.*?</h1>", whole)
    assert heading in bare
    assert host.get(f"/wiki{screen}", MODERATOR) == whole or "kb_csrf" in whole


def test_an_answer_without_layout_is_no_other_one_that_was_kept(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "test"
    wiki = KBWiki(actor=lambda: WRITER).init_app(app)
    client = app.test_client()
    client.get("/wiki/")
    save(wiki, "hello", "Words.\n")

    answers = [client.get(f"/wiki/hello{more}") for more in ("", "?kb_fragment=1", "", "?kb_fragment")]

    assert ["<html" in one.text for one in answers] == [True, False, True, False]
    assert [one.headers.get("X-Robots-Tag") for one in answers] == [None, "noindex", None, "noindex"]
    turbo = client.get("/wiki/hello?kb_fragment=1", headers={"Turbo-Frame": "side"})
    assert turbo.text.startswith('<turbo-frame id="side"><div class="kb kb-fragment"')
    assert "Turbo-Frame" in turbo.headers["Vary"]
    assert "Turbo-Frame" not in client.get("/wiki/hello").headers["Vary"]
    assert "<turbo" not in client.get("/wiki/hello", headers={"Turbo-Frame": "side", "HX-Request": "true"}).text
    forged = client.get("/wiki/hello?kb_fragment=1", headers={"Turbo-Frame": '"><script>'})
    assert "script" not in forged.text
    assert client.get("/wiki/-/static/kb.css?kb_fragment=1").mimetype == "text/css"
    wiki.close()


def test_who_is_sent_on_is_sent_without_layout_and_who_signs_in_comes_back_to_a_whole_page(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_READERS=["signed-in"])

    class Shown:
        current = staticmethod(lambda: ANONYMOUS)
        sign_in = staticmethod(lambda then: f"/enter?then={then}")

    wiki = KBWiki(actor=Shown).init_app(app)  # type: ignore[arg-type]
    client = app.test_client()
    client.get("/wiki/")

    refused = client.get("/wiki/-/new?kb_fragment=1&title=T")
    moved = client.get("/wiki/Hello/there/?kb_fragment=1")

    assert "/enter?then=/wiki/-/new?title=T" in refused.text
    assert moved.location == "/wiki/Hello/there?kb_fragment=1"
    wiki.close()


def test_a_layout_of_the_hosts_own_is_left_out_too(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "kbwiki"
    folder.mkdir(parents=True)
    (folder / "layout.html").write_text("<p>ours</p>{% block kb_content %}{% endblock %}", "utf-8")
    app = Flask("host", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config["SECRET_KEY"] = "test"
    wiki = KBWiki(actor=lambda: WRITER).init_app(app)

    assert app.test_client().get("/wiki/-/tree").text.startswith("<p>ours</p>")
    assert "ours" not in app.test_client().get("/wiki/-/tree?kb_fragment=1").text
    wiki.close()


def test_each_tenants_pages_show_their_own_and_pages_about_none_show_nothing(sqlite_url: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url)
    known = {"acme": "1", "zeta": "2"}
    kbwiki = KBWiki(app, url_prefix="/<org>/kb", tenant=lambda org: known.get(org), actor=lambda: READER)

    def shown(**_: object) -> str:
        return f"{kbwiki.fragment('recent', assets=False)}{kbwiki.stylesheet()}"

    app.add_url_rule("/<org>/orders", "orders", shown)
    app.add_url_rule("/about", "about", shown)
    with app.app_context():
        save(kbwiki.wiki_of("1"), "acme-only", "Words.\n")

    acme, zeta, about = (app.test_client().get(f"/{where}").text for where in ("acme/orders", "zeta/orders", "about"))

    assert 'href="/acme/kb/acme-only"' in acme
    assert "/acme/kb/-/static/kb.css" in acme
    assert "acme" not in zeta
    assert "Nothing has changed here" in zeta
    assert about == ""
    app.extensions["kbwiki"]["main"].tenants.close()
    app.extensions["kbwiki"]["main"].wiki.close()


def test_the_guide_works_as_it_stands(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "base.html").write_text(BASE, "utf-8")
    app = Flask("host", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config["SECRET_KEY"] = "test"
    names: dict[str, object] = {"app": app}
    first, *others = blocks_of(GUIDE, "html")
    (templates / "staff.html").write_text(first.text, "utf-8")
    (templates / "fetching.html").write_text("\n".join(one.text for one in others), "utf-8")
    for block in blocks_of(GUIDE, "python"):
        exec(block.text, names)
    app.add_url_rule("/fetching", "fetching", lambda: render_template_string("{% include 'fetching.html' %}"))
    client = app.test_client()
    client.get("/wiki/")
    wiki = app.extensions["kbwiki"]["main"].wiki
    save(wiki, "hr/leave", "Thirty **days**.\n")

    staff = client.get("/staff").text
    fetching = client.get("/fetching").text

    assert "Thirty <strong>days</strong>" in staff
    assert "Recent changes" in staff
    for address in {one for one in re.findall(r'"(/wiki/[^"]*)"', fetching) if "kb_fragment" in one}:
        assert client.get(address).text.lstrip().startswith('<div class="kb kb-fragment"'), address
    assert "kb.css" in fetching
    wiki.close()
