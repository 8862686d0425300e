"""Wherever a host mounts the wiki, every link, form, redirect, feed and description leads to where it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from kbwiki import Actor, KBWiki, Wiki
from kbwiki.testing import save

WRITER = Actor("ann", "Ann", frozenset({"staff", "moderators", "admins"}))
ORGANISATIONS = {"acme": "1", "zeta": "2"}
SCREENS = (
    "/", "/a/b", "/-/new", "/-/edit/a/b", "/-/history/a/b", "/-/tree", "/-/recent", "/-/search?q=words", "/-/reviews",
    "/-/mine", "/-/spaces", "/-/kept-searches",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One way to mount: arguments for KBWiki and Flask, and where the wiki is found then."""

    base: str
    mount: dict[str, object] = field(default_factory=dict)
    app: dict[str, object] = field(default_factory=dict)
    wrap: Callable[[Flask], object] = lambda app: app
    headers: dict[str, str] = field(default_factory=dict)
    host: str = "http://localhost"


def tenant(org: str) -> str | None:
    return ORGANISATIONS.get(org)


CASES = {
    "root": Case("", {"url_prefix": "/"}),
    "kb": Case("/kb", {"url_prefix": "/kb"}),
    "deep": Case("/a/b", {"url_prefix": "/a/b/"}),
    "tenant": Case("/acme/kb", {"url_prefix": "/<org>/kb", "tenant": tenant}),
    "subdomain": Case("/kb", {"url_prefix": "/kb", "subdomain": "wiki"}, {"subdomain_matching": True},
                      host="http://wiki.example.org"),
    "tenant subdomain": Case("", {"url_prefix": "", "subdomain": "<org>", "tenant": tenant},
                             {"subdomain_matching": True}, host="http://acme.example.org"),
    "host": Case("/kb", {"url_prefix": "/kb", "host": "kb.example.org"},
                 {"host_matching": True, "static_host": "example.org"}, host="http://kb.example.org"),
    "script name": Case("/site/kb", {"url_prefix": "/kb"},
                        wrap=lambda app: DispatcherMiddleware(Response("no", 404), {"/site": app.wsgi_app})),
    "proxy": Case("/out/kb", {"url_prefix": "/kb"}, wrap=lambda app: ProxyFix(app.wsgi_app, x_prefix=1),
                  headers={"X-Forwarded-Prefix": "/out"}),
}  # fmt: skip


@dataclass
class Mounted:
    """A browser at one mount."""

    case: Case
    app: Flask
    client: Client
    wiki: Wiki

    def open(self, address: str, **arguments: object) -> TestResponse:
        path = address
        if self.case.headers:  # what stands in front takes the prefix off
            path = address.removeprefix(self.case.headers["X-Forwarded-Prefix"])
        return self.client.open(path, base_url=self.case.host, headers=self.case.headers, **arguments)

    def text(self, address: str) -> str:
        answer = self.open(self.case.base + address)
        assert answer.status_code == 200, (address, answer.status)
        return answer.get_data(as_text=True)


@pytest.fixture(params=CASES)
def mounted(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> Iterator[Mounted]:
    case = CASES[request.param]
    app = Flask("host", instance_path=str(tmp_path), **case.app)  # type: ignore[arg-type]
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url)
    if "subdomain" in case.mount:
        app.config["SERVER_NAME"] = "example.org"
    kbwiki = KBWiki(app, actor=lambda: WRITER, **case.mount)  # type: ignore[arg-type]
    mount = app.extensions["kbwiki"]["main"]
    with app.app_context():
        wiki = kbwiki.wiki_of("1") if case.mount.get("tenant") else mount.wiki
    save(wiki, "a/b", "Some words, [[missing]] and [[home]].\n", tags=["tag"], by=WRITER)
    save(wiki, "home", "# Home\n\nSee [[a/b]].\n", by=WRITER)
    yield Mounted(case, app, Client(case.wrap(app), Response), wiki)  # type: ignore[arg-type]
    if mount.tenants is not None:
        mount.tenants.close()
    mount.wiki.close()


def test_every_link_of_every_screen_leads_into_the_wiki(mounted: Mounted) -> None:
    base = mounted.case.base
    seen: set[str] = set()
    for screen in SCREENS:
        here = base + screen
        for name, found in re.findall(r'\b(href|src|action)="([^"#]+)', mounted.text(screen)):
            address = urljoin(here, unescape(found))
            parts = urlsplit(address)
            assert not parts.netloc, (screen, address)
            assert f"{parts.path}/".startswith(f"{base}/"), (screen, address)
            if name != "action" and address not in seen:
                seen.add(address)
                assert mounted.open(address).status_code in (200, 303), (screen, address)

    assert len(seen) > 20


def test_forms_redirects_feeds_and_descriptions_stay_in_the_wiki(mounted: Mounted) -> None:
    case, base = mounted.case, mounted.case.base
    form = mounted.text("/-/new")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields = {**hidden, "title": "New", "text": "Fresh words.", "action": "save"}
    sent = mounted.open(f"{base}/-/new", method="POST", data=fields)

    assert sent.status_code == 303
    assert urlsplit(sent.headers["Location"]).path == f"{base}/new"
    assert "Fresh words" in mounted.text("/new")
    description = mounted.text("/-/opensearch.xml")
    assert f'template="{case.host}{base}/-/search?q={{searchTerms}}"' in description
    answer = mounted.open(f"{base}/-/search.json?q=fresh").get_json()
    assert [one["url"] for one in answer["results"]] == [f"{base}/new"]
    assert mounted.open(f"{base}/-/no-such-screen").status_code == 404


def test_tenants_are_separate_in_everything(sqlite_url: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url)
    kbwiki = KBWiki(app, url_prefix="/<org>/kb", tenant=tenant, actor=lambda: WRITER)
    client = app.test_client()

    @app.url_value_preprocessor
    def take_out(endpoint: str | None, values: dict[str, object] | None) -> None:
        (values or {}).pop("org", None)  # as hosts do for the parts of an address that all their views have

    with app.app_context():
        acme, zeta = kbwiki.wiki_of("1"), kbwiki.wiki_of("2")
    save(acme, "secret", "Only Acme knows.\n", by=WRITER)

    assert client.get("/acme/kb/secret").status_code == 200
    for address in ("/zeta/kb/secret", "/zeta/kb/-/history/secret", "/nobody/kb/", "/nobody/kb/secret"):
        assert client.get(address).status_code == 404, address
    for address in ("/-/recent", "/-/tree", "/-/search?q=acme", "/-/reviews", "/-/decisions", "/-/suggest.json?q=sec"):
        page = client.get(f"/zeta/kb{address}").get_data(as_text=True)
        assert "secret" not in page.replace("/secret-", ""), address
        assert "/acme/" not in page
    assert acme.verify().head.position == 1
    assert zeta.verify().head.position == 0
    assert zeta.subjects is acme.subjects
    outcome = app.test_cli_runner().invoke(args=["kbwiki", "--tenant", "1", "journal", "verify"])
    assert outcome.exit_code == 0, outcome.output
    assert "--tenant" in app.test_cli_runner().invoke(args=["kbwiki", "journal", "verify"]).output
    app.extensions["kbwiki"]["main"].tenants.close()
    app.extensions["kbwiki"]["main"].wiki.close()


@pytest.mark.parametrize("takes_out", [False, True])
def test_pages_about_no_tenant_have_no_help_and_no_box_and_break_nowhere(
    sqlite_url: str, tmp_path: Path, takes_out: bool
) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url)
    kbwiki = KBWiki(app, url_prefix="/<org>/kb", tenant=tenant, actor=lambda: WRITER)

    @app.url_value_preprocessor
    def take_out(endpoint: str | None, values: dict[str, object] | None) -> None:
        if takes_out:
            (values or {}).pop("org", None)

    def shown(**_: object) -> str:
        return f"{kbwiki.help(count=True)}{kbwiki.search_box()}{len(kbwiki.help_for())}"

    app.add_url_rule("/sign-in", "sign-in", shown)
    app.add_url_rule("/<org>/orders", "orders", shown)
    app.register_error_handler(404, lambda error: (str(kbwiki.help(error=error)) + shown(), 404))
    client = app.test_client()

    assert (client.get("/sign-in").status_code, client.get("/sign-in").text) == (200, "0")
    assert (client.get("/no/such/page").status_code, client.get("/no/such/page").text) == (404, "0")
    about = client.get("/acme/orders")
    assert about.status_code == 200
    assert "/acme/kb/-/help?endpoint=orders" in about.text
    assert 'action="/acme/kb/-/search"' in about.text
    app.extensions["kbwiki"]["main"].tenants.close()
    app.extensions["kbwiki"]["main"].wiki.close()


def test_a_form_of_one_wiki_is_good_for_no_other(sqlite_url: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url, KBWIKI_SECOND_DATABASE_URI=sqlite_url)
    KBWiki(app, url_prefix="/<org>/kb", tenant=tenant, actor=lambda: WRITER)
    KBWiki(app, name="second", url_prefix="/manual", actor=lambda: WRITER)
    client = app.test_client()
    token = client.get("/acme/kb/-/new").text.split('name="kb_csrf" value="')[1].split('"')[0]
    fields = {"title": "New", "text": "Words.", "action": "save", "kb_csrf": token}

    assert client.post("/zeta/kb/-/new", data=fields).status_code == 400
    assert client.post("/manual/-/new", data=fields).status_code == 400
    assert client.post("/acme/kb/-/new", data=fields).status_code == 303
    app.extensions["kbwiki"]["main"].tenants.close()
    for mount in app.extensions["kbwiki"].values():
        mount.wiki.close()


def test_a_tenant_that_is_mistyped_is_made_by_no_command(empty_sqlite_url: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=empty_sqlite_url)
    KBWiki(app, url_prefix="/<org>/kb", tenant=tenant, actor=lambda: WRITER)
    runner = app.test_cli_runner()

    early = runner.invoke(args=["kbwiki", "--tenant", "tpyo", "check"])
    made = runner.invoke(args=["kbwiki", "--tenant", "tpyo", "db", "upgrade"])
    said = [runner.invoke(args=["kbwiki", "--tenant", "tpyo", *one]) for one in (["check"], ["leave"], ["numbers"])]

    assert "db upgrade" in early.output
    assert made.exit_code == 0, made.output
    assert all("'tpyo' has no wiki yet" in one.output and one.exit_code == 1 for one in said), said
    mount = app.extensions["kbwiki"]["main"]
    with mount.wiki.read() as connection:
        assert connection.exec_driver_sql("SELECT name FROM kbwiki_wiki").scalars().all() == ["main"]
    mount.wiki.close()


def test_what_cannot_work_is_said_at_the_start(tmp_path: Path) -> None:
    plain = Flask("host", instance_path=str(tmp_path))
    with pytest.raises(ValueError, match="tenant="):
        KBWiki(plain, url_prefix="/<org>/kb")
    with pytest.raises(ValueError, match="another name"):
        KBWiki(plain, url_prefix="/<path>/kb", tenant=tenant)
    with pytest.raises(ValueError, match="host_matching"):
        KBWiki(plain, host="kb.example.org")
    with pytest.raises(ValueError, match="subdomain_matching"):
        KBWiki(plain, subdomain="kb")
    with pytest.raises(ValueError, match='host="'):
        KBWiki(Flask("host", host_matching=True, static_host="example.org", instance_path=str(tmp_path)))
    assert "kbwiki" not in plain.extensions


def test_one_object_serves_several_apps_and_several_wikis_share_one(sqlite_url: str, tmp_path: Path) -> None:
    kbwiki = KBWiki(actor=lambda: WRITER)
    apps = []
    for number, prefix in enumerate(("/one", "/two")):
        app = Flask("host", instance_path=str(tmp_path / str(number)))
        app.config.update(SECRET_KEY="test", KBWIKI_SECOND_NAME="Manual")
        kbwiki.init_app(app, url_prefix=prefix)
        KBWiki(app, name="second", url_prefix="/manual", actor=lambda: WRITER)
        assert app.test_client().get(f"{prefix}/-/tree").status_code == 200
        assert "Manual" in app.test_client().get("/manual/-/tree").get_data(as_text=True)
        apps.append(app)
    save(apps[0].extensions["kbwiki"]["main"].wiki, "here", "Text.\n", by=WRITER)

    assert apps[0].test_client().get("/one/here").status_code == 200
    assert apps[1].test_client().get("/two/here").status_code == 404
    for app in apps:
        for mount in app.extensions["kbwiki"].values():
            mount.wiki.close()
