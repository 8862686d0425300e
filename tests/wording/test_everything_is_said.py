"""Nothing people see stands fast: in another language with other terms, no text and no term of ours is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from html import unescape
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from kbwiki import Actor, signals
from kbwiki.moderation.models import Notice
from kbwiki.signals import MessageDue
from kbwiki.testing import ADMIN, MODERATOR
from kbwiki.wording.vocabulary import USUAL

from ..web.test_screens import NEEDS, READ
from .invented import ADMINISTRATOR, AUTHOR, LOOKER, fill, host, plain_words, visible

ROLES = {MODERATOR.id: LOOKER, ADMIN.id: ADMINISTRATOR}
OURS = {"a/b/c": "11/22/33", "fresh": "44", "words": "17", "author=writer": "author=61", "space=a": "space=11",
        "batches/example": "batches/91", "path=a": "path=11"}  # fmt: skip


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


USUAL_FORMS = frozenset(form for word in USUAL.values() for form in astuple(word.complete("en")))


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


def test_no_feed_says_anything_unmarked(app: Flask, client: FlaskClient) -> None:
    app.config["who"] = LOOKER
    token = token_of(client, "/wiki/-/reviews/filters")
    made = client.post("/wiki/-/reviews/feeds", data={"kb_csrf": token, "group": "72"})
    (address,) = re.findall(r'id="kb_f_address" type="text" value="([^"]+)"', made.get_data(as_text=True))

    feed = ElementTree.fromstring(client.get(unescape(address)).data)

    said = ("title", "summary", "subtitle")
    texts = [one.text for one in feed.iter() if one.text and one.tag.rpartition("}")[2] in said]
    assert len(texts) > 2
    assert plain_words(part for text in texts for part in visible(text)) == []


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
