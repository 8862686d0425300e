"""Nothing people see stands fast: in another language with other terms, no text and no term of ours is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from kbwiki import Actor, signals
from kbwiki.cli import main
from kbwiki.moderation.models import Notice
from kbwiki.moderation.numbers.figures import DEFINITIONS
from kbwiki.signals import MessageDue
from kbwiki.testing import ADMIN, MODERATOR
from kbwiki.wording import is_told, speaking
from kbwiki.wording.vocabulary import USUAL

from ..web.test_screens import NEEDS, READ
from .invented import ADMINISTRATOR, AUTHOR, LOOKER, fill, host, plain_words, visible

ROLES = {MODERATOR.id: LOOKER, ADMIN.id: ADMINISTRATOR}
OURS = {"a/b/c": "11/22/33", "fresh": "44", "words": "17", "author=writer": "author=61", "space=a": "space=11",
        "batches/example": "batches/91", "several/example": "several/92", "path=a": "path=11"}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A host with a filled wiki, in words that nobody knows."""
    app = host(tmp_path_factory.mktemp("host"))
    wiki = app.extensions["kbwiki"]["main"].wiki
    fill(wiki)
    yield app
    wiki.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who writes, until told otherwise."""
    app.config["who"] = AUTHOR
    return app.test_client()


USUAL_FORMS = frozenset(form for word in USUAL.values() for form in astuple(word.complete("en")) if form)


def ours(address: str) -> str:
    """An address of the common list of screens, in this wiki."""
    for theirs, here in OURS.items():
        address = address.replace(theirs, here)
    return address


OF_OTHERS = {"static", "plugin", "plugin_home", "plugin_static"}
"""What has no texts of ours: plugins speak for themselves."""


@pytest.mark.parametrize("name", [one for one in READ if one not in OF_OTHERS])
def test_no_screen_says_anything_unmarked(app: Flask, client: FlaskClient, name: str) -> None:
    role = NEEDS.get(name)
    app.config["who"] = ROLES[role.id] if role is not None else AUTHOR

    answered = client.get(ours(READ[name]), follow_redirects=True)

    assert answered.status_code == 200
    offered = USUAL_FORMS if name == "vocabulary" else frozenset()  # what each thing is called if nobody says otherwise
    left = plain_words(visible(answered.get_data(as_text=True)))
    assert [one for one in left if one not in offered] == []


NOBODY = Actor("64", "64", frozenset())

REFUSED: dict[str, tuple[Actor, str, dict[str, str] | None, int]] = {
    "not there": (AUTHOR, "/wiki/98", None, 404),
    "no revision": (AUTHOR, "/wiki/-/revision/97/10", None, 404),
    "no review": (LOOKER, "/wiki/-/reviews/97", None, 404),
    "no screen": (AUTHOR, "/wiki/-/98", None, 404),
    "not theirs to look at": (AUTHOR, "/wiki/-/reviews", None, 403),
    "not theirs to set": (LOOKER, "/wiki/-/vocabulary", None, 403),
    "not theirs to write": (NOBODY, "/wiki/-/edit/10", None, 403),
    "forged": (AUTHOR, "/wiki/-/new", {"kb_csrf": "96", "text": "95"}, 400),
    "no title": (AUTHOR, "/wiki/-/new", {"path": "", "title": "", "text": "95", "action": "save"}, 422),
    "there already": (AUTHOR, "/wiki/-/new", {"path": "10", "title": "94", "text": "95", "action": "save"}, 409),
    "changed meanwhile": (
        AUTHOR, "/wiki/-/edit/11/22/33", {"base": "1", "title": "19", "text": "93\n", "action": "save"}, 409,
    ),
    "moved nowhere": (AUTHOR, "/wiki/-/move/10", {"path": "", "comment": ""}, 422),
    "no verdict": (LOOKER, "/wiki/-/reviews/1/decide", {"verdict": "92"}, 422),
    "no rule": (ADMINISTRATOR, "/wiki/-/rule", {"name": "", "effect": ""}, 422),
    "no space": (ADMINISTRATOR, "/wiki/-/space", {"path": "", "title": ""}, 422),
    "no synonyms": (LOOKER, "/wiki/-/synonyms", {"words": "28"}, 422),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_no_refusal_says_anything_unmarked(app: Flask, client: FlaskClient, what: str) -> None:
    who, address, fields, status = REFUSED[what]
    app.config["who"] = who
    token = token_of(client) if fields is not None else ""

    answered = client.get(address) if fields is None else client.post(address, data={"kb_csrf": token, **fields})

    assert (answered.status_code, plain_words(visible(answered.get_data(as_text=True)))) == (status, [])


def feed_of(client: FlaskClient, form: str, sent_to: str, **fields: str) -> str:
    """The address of a feed that somebody makes on a screen."""
    made = client.post(sent_to, data={"kb_csrf": token_of(client, form), **fields}, follow_redirects=True)
    (address,) = re.findall(r'id="kb_f_address" type="text" value="([^"]+)"', made.get_data(as_text=True))
    return unescape(address)


def said_in(xml: bytes, *names: str) -> list[str]:
    """The texts for people in a document."""
    found = [one.text for one in ElementTree.fromstring(xml).iter() if one.tag.rpartition("}")[2] in names and one.text]
    assert found
    return [part for text in found for part in visible(text)]


def test_no_feed_says_anything_unmarked(app: Flask, client: FlaskClient) -> None:
    app.config["who"] = LOOKER
    filters, kept = "/wiki/-/reviews/filters", "/wiki/-/kept-searches"
    of_reviews = feed_of(client, filters, "/wiki/-/reviews/feeds", group="72")
    client.post(kept, data={"kb_csrf": token_of(client, "/wiki/-/search?q=12"), "query": "12", "name": "34"})
    (own, *_) = re.findall(r'action="(/wiki/-/kept-suzzh/\d+)"', client.get(kept).get_data(as_text=True))
    of_pages = feed_of(client, kept, own, do="feed")

    for address in (of_reviews, of_pages):
        assert plain_words(said_in(client.get(address).data, "title", "summary", "subtitle")) == []
    (key,) = re.findall(r"/-/feeds/(\d+)/", of_reviews)
    client.post(f"/wiki/-/reviews/feeds/{key}/revoke", data={"kb_csrf": token_of(client, filters)})
    revoked = client.get(of_reviews)
    assert (revoked.status_code, plain_words([revoked.get_data(as_text=True)])) == (410, [])


def test_nothing_that_browsers_and_scripts_fetch_says_anything_unmarked(app: Flask, client: FlaskClient) -> None:
    app.extensions["kbwiki"]["main"].wiki.search.catch_up()

    description = said_in(client.get("/wiki/-/opensearch.xml").data, "Description", "ShortName")
    found = client.get("/wiki/-/search.json?q=35:12").get_json()
    offered = [client.get(f"/wiki/-/suggest.json?q={typed}").get_json() for typed in ("81", "21", "19")]

    about = [one["about"] for told in offered for one in told["suggestions"]]
    assert found["note"]
    assert any("⟦" in one for one in about)
    assert plain_words([*description, found["note"], *about]) == []


def test_no_message_to_an_author_says_anything_unmarked(app: Flask) -> None:
    wiki = app.extensions["kbwiki"]["main"].wiki
    told: list[MessageDue] = []
    note = lambda sender, event: told.append(event)  # noqa: E731 - a receiver is held for as long as it is named
    signals.message_due.connect(note)
    with wiki.database.write() as connection:
        connection.execute(update(Notice).values(due_at=datetime(2000, 1, 1, tzinfo=UTC)))

    wiki.deliver_messages()

    assert told
    assert plain_words(line for one in told for line in (one.subject, *one.text.splitlines())) == []


def token_of(client: FlaskClient, form: str = "/wiki/-/first-steps") -> str:
    """The token of a form that whoever is there can open."""
    page = client.get(form).get_data(as_text=True)
    return page.split('name="kb_csrf" value="')[1].split('"')[0]


ACTING = ("--actor", "62", "--in-group", "72")
NOTATION = re.compile(
    rf"\b(?:{'|'.join(DEFINITIONS)}|sqlite|whoosh|kbwiki|approve|revert|create|edit|touched|Error|name|match|effect"
    r"|add_groups|groups|legal|answers|kbwiki_\w+|[0-9a-f]{32,}|without|broken|wanted)\b|KBWIKI_\w+|/[-\w./]+"
)
"""What programs read, and the words that are typed: the same in every language."""
RUN: tuple[tuple[str, ...], ...] = (  # in this order: some speak of what others made
    ("db", "upgrade"), ("db", "current"), ("journal", "verify"), ("journal", "head"),
    ("spaces", "list"), ("spaces", "set", "88"), ("check",),
    ("rules", "set", "85", "--effect", '{"add_groups": ["72"]}'), ("rules", "list"), ("rules", "show", "85"),
    ("rules", "history", "85"), ("rules", "simulate"), ("rules", "reroute"), ("rules", "remove", "85"),
    ("rules", "show", "99"), ("rules", "set", "98"),
    ("reviews", "list", "--group", "72"), ("reviews", "show", "1", *ACTING), ("reviews", "show", "97", *ACTING),
    ("reviews", "age", "--dry-run"), ("reviews", "age"), ("reviews", "lapsed", *ACTING),
    ("reviews", "revoke-feeds", "61"), ("reviews", "bulk", "approve", *ACTING), ("reviews", "take-back", "96", *ACTING),
    ("reviews", "rollback", "61", "--since", "2026-01-01", "--reason", "wrong", *ACTING),
    ("numbers",), ("batches", "list", *ACTING), ("batches", "show", "91", *ACTING),
    ("searches", "list"), ("searches", "prune"),
    ("search", "rebuild"), ("search", "find", "12"), ("search", "find", "95:12"), ("search", "move", "whoosh"),
    ("synonyms", "list"), ("synonyms", "set", "86", "87"), ("synonyms", "remove", "2"),
    ("help", "coverage"), ("leave", "--dry-run"), ("work", "--once"), ("import", "git", "."),
)  # fmt: skip


def test_no_command_says_anything_unmarked(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runner, left = app.test_cli_runner(), {}
    for arguments in RUN:
        answered = runner.invoke(args=["kbwiki", *arguments])
        assert isinstance(answered.exception, SystemExit | None), (arguments, answered.exception)
        assert answered.exit_code != 2, (arguments, answered.output)
        lines = [NOTATION.sub("", line) for line in answered.output.splitlines()]
        if found := plain_words(lines):
            left[arguments] = found

    assert left == {}
    assert not is_told(), "a command that has ended goes on speaking"


def test_no_commands_help_says_anything_unmarked(app: Flask) -> None:
    wiki = app.extensions["kbwiki"]["main"].wiki
    with speaking(wiki.voice.wording()):
        texts = [
            text or ""
            for command in commands(main)
            for text in (command.help, *(one.help for one in command.params if isinstance(one, click.Option)))
            if text != "Show the version and exit."  # click's own
        ]

    assert len(texts) > 150
    assert [one for one in texts if USUAL_WORDS.search(IN_COMMANDS.sub("", one))] == []
    assert [one for one in texts if not one.startswith("⟦")] == []


IN_COMMANDS = re.compile(r"“[^”]*”|`[^`]*`|\b[A-Z_]{2,}\b|kbwiki \w+|--[\w-]+")
USUAL_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(USUAL_FORMS, key=len, reverse=True))})\b", re.IGNORECASE)


def commands(group: click.Group) -> Iterator[click.Command]:
    """Every command and group of commands."""
    yield group
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command
