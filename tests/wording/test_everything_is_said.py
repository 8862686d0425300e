"""Nothing people see stands fast: in another language with other terms, no text and no term of ours is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

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


@pytest.mark.parametrize("name", [one for one in READ if one != "static"])
def test_no_screen_says_anything_unmarked(app: Flask, client: FlaskClient, name: str) -> None:
    role = NEEDS.get(name)
    app.config["who"] = ROLES[role.id] if role is not None else AUTHOR

    answered = client.get(ours(READ[name]), follow_redirects=True)

    assert answered.status_code == 200
    offered = USUAL_FORMS if name == "vocabulary" else frozenset()  # what each thing is called if nobody says otherwise
    left = plain_words(visible(answered.get_data(as_text=True)))
    assert [one for one in left if one not in offered] == []
