"""Help on pages of the host: it hands the button over itself, its pages ask nothing, and nothing of it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, text

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.help.policy import Binding
from kbwiki.help_subject import bind_help
from kbwiki.testing import WRITER, make_space, save
from tests.docs.reading import DOCS, blocks_of

GUIDE = DOCS / "how-to" / "bring-help-to-your-screens.md"
PAGE = "<!doctype html><title>Orders</title><h1>Orders</h1>{{ kb_help(**how) }}"


class Host:
    """A host with a wiki, whose templates know kb_help because it said so."""

    def __init__(self, folder: Path) -> None:
        self.app = Flask("host", instance_path=str(folder))
        self.app.config.update(SECRET_KEY="test", KBWIKI_NAME="Handbook")
        self.how: dict[str, Any] = {}
        self.actor: Actor = WRITER
        self.kbwiki = KBWiki(actor=lambda: self.actor)
        self.wiki: Wiki = self.kbwiki.init_app(self.app, url_prefix="/handbook")
        self.app.context_processor(self.kbwiki.for_templates)
        self.app.add_url_rule("/orders/<id>", "orders.edit", lambda id: self.page())
        self.app.add_url_rule("/for/<role>", "orders.titles", self.titles)
        self.app.register_error_handler(404, lambda error: (self.page(error=error), 404))
        self.client: FlaskClient = self.app.test_client()
        self.client.get("/handbook/")  # makes the tables

    def page(self, **more: Any) -> str:
        return render_template_string(PAGE, how={**self.how, **more})

    def titles(self, role: str) -> list[str]:
        found = self.kbwiki.help_for("orders.edit", {"id": 5}, role=role)
        return [f"{one.title} {one.path} {one.url}" for one in found]

    def shown(self, address: str = "/orders/5", **how: Any) -> str:
        self.how = how
        return self.client.get(address).get_data(as_text=True)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("host"))
    make_space(host.wiki, "closed", readers=("bosses",))
    bindings = {
        "orders": Binding("orders.edit"),
        "order-five": Binding("orders.edit", (("id", "5"),)),
        "clerks": Binding("orders.*", roles=("clerk",)),
        "missing": Binding("*", error="404"),
    }
    for path, binding in bindings.items():
        save(host.wiki, path, "words\n", title=path.title())
        with host.wiki.begin(WRITER) as tx:
            bind_help(tx, path, [binding])
    yield host
    host.wiki.close()


@pytest.fixture
def asked(host: Host) -> Iterator[list[str]]:
    """Every statement that the wiki's database gets."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(host.wiki.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(host.wiki.database.engine, "before_cursor_execute", note)


def link(shown: str) -> str:
    (found,) = re.findall(r'<a class="kb-button" href="([^"]+)"', shown)
    return unescape(found)


def test_a_page_with_the_button_asks_nothing_and_one_thing_where_it_counts(host: Host, asked: list[str]) -> None:
    assert 'href="/handbook/-/help?endpoint=orders.edit' in host.shown()
    assert asked == []

    counted = host.shown(count=True)

    assert len(asked) == 1
    assert '<span class="kb-count" aria-hidden="true">2</span><span class="kb-sr">: 2 pages</span>' in counted


def test_the_button_is_a_link_to_the_same_help_and_brings_what_it_needs(host: Host) -> None:
    shown = host.shown(label="<Help>")

    answer = host.client.get(link(shown))

    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert text.index("Order-Five") < text.index("Orders</h2>")
    assert "&lt;Help&gt;" in shown
    assert "<script>" not in shown
    assert "style=" not in shown
    for address in re.findall(r'(?:href|src)="(/handbook/-/static/[^"#]+)', shown):
        assert host.client.get(address).status_code == 200, address
    assert "/-/static/kb" not in host.shown(assets=False).replace("kb-icons.svg", "")


def test_the_script_is_small(host: Host) -> None:
    assert len(host.client.get("/handbook/-/static/kb-help.js").data) < 8000


def test_the_guide_works_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "order.html").write_text(blocks_of(GUIDE, "html")[0].text, "utf-8")
    app = Flask("host", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config["SECRET_KEY"] = "test"
    names: dict[str, object] = {"app": app}
    for block in blocks_of(GUIDE, "python"):
        exec(block.text, names)
    client = app.test_client()
    client.get("/wiki/")
    wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
    save(wiki, "orders", "words\n", title="Orders", by=WRITER)
    with wiki.begin(WRITER) as tx:
        bind_help(tx, "orders", [Binding("orders.*")])

    assert unescape(link(client.get("/orders/5").text)) == "/wiki/-/help?endpoint=order&args=%7B%22id%22%3A+%225%22%7D"
    assert client.get("/orders/5/help").json == [{"title": "Orders", "url": "/wiki/orders"}]
    wiki.close()


def test_an_error_page_offers_help_for_its_error(host: Host) -> None:
    shown = host.shown("/nowhere")

    assert link(shown) == "/handbook/-/help?error=404"
    assert "Missing" in host.client.get(link(shown)).get_data(as_text=True)


def test_code_gets_the_pages_that_help_with_their_addresses(host: Host) -> None:
    titles = ["Order-Five order-five /handbook/order-five", "Orders orders /handbook/orders"]
    assert host.client.get("/for/nobody").json == titles
    assert host.client.get("/for/clerk").json == [*titles, "Clerks clerks /handbook/clerks"]


def test_who_may_not_read_gets_no_count_and_no_page(host: Host) -> None:
    host.actor = Actor("boss", "Boss", frozenset({"bosses"}))
    save(host.wiki, "closed/a", "words", by=Actor("admin", "Admin", frozenset({"admins"})))
    with host.wiki.begin(Actor("admin", "Admin", frozenset({"admins"}))) as tx:
        bind_help(tx, "closed/a", [Binding("orders.edit")])
    assert '<span class="kb-count" aria-hidden="true">3</span>' in host.shown(count=True)
    host.actor = ANONYMOUS
    assert '<span class="kb-count" aria-hidden="true">2</span>' in host.shown(count=True)
    host.actor = WRITER


def test_a_broken_wiki_breaks_no_page_of_the_host(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=f"sqlite:///{tmp_path}/not/there.db")
    kbwiki = KBWiki(app, actor=lambda: WRITER)
    app.add_url_rule("/", "home", lambda: str(kbwiki.help(count=True)))

    shown = app.test_client().get("/").get_data(as_text=True)

    assert "Help" in shown
    assert "kb-count" not in shown
    app.extensions["kbwiki"]["main"].wiki.close()


def test_on_the_wiki_s_own_screens_there_is_no_button(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    layout = "{% block head %}{% endblock %}<nav>{{ kb_help() }}</nav>{% block content %}{% endblock %}"
    (tmp_path / "templates" / "base.html").write_text(layout, "utf-8")
    app = Flask("host", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="test", KBWIKI_BASE_TEMPLATE="base.html")
    kbwiki = KBWiki(app, actor=lambda: WRITER)
    app.context_processor(kbwiki.for_templates)

    assert "<nav></nav>" in app.test_client().get("/wiki/").get_data(as_text=True)
    app.extensions["kbwiki"]["main"].wiki.close()


def test_a_new_process_opens_what_is_there_while_the_host_is_writing(tmp_path: Path) -> None:
    def one() -> tuple[Flask, KBWiki, SQLAlchemy]:
        app = Flask("host", instance_path=str(tmp_path))
        app.config.update(
            SECRET_KEY="test", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/host.db", KBWIKI_LOCK_TIMEOUT_SECONDS=0.1
        )
        db = SQLAlchemy(app)
        return app, KBWiki(app, url_prefix="/<tenant>/wiki", tenant=str), db

    app, kbwiki, _ = one()
    with app.app_context():
        kbwiki.wiki_of("acme")
    app, kbwiki, db = one()  # as another process does
    with app.app_context():
        db.session.execute(text("CREATE TABLE held (id INTEGER)"))
        db.session.execute(text("INSERT INTO held VALUES (1)"))  # takes the lock
        assert kbwiki.wiki_of("acme").name == "main/acme"
