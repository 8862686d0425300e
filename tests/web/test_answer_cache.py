"""Whole answers are kept while nothing changes, for one actor, and not a moment longer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import event

from kbwiki import Wiki
from kbwiki.testing import MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save

from .conftest import Visitor


@pytest.fixture(autouse=True)
def _the_clock_stands_still(wiki: Wiki) -> None:
    """An answer is a minute old at most: without this a test that happens to run over the full minute would fail."""
    wiki.clock = lambda: datetime(2026, 1, 1, 9, 30, tzinfo=UTC)


def queries(wiki: Wiki, visitor: Visitor, address: str) -> int:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(wiki.database.engine, "before_cursor_execute", note)
    visitor.get(address)
    event.remove(wiki.database.engine, "before_cursor_execute", note)
    return len(asked)


def test_the_second_look_asks_only_whether_something_changed(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "one")
    first = visitor.text("/wiki/notes")

    assert queries(wiki, visitor, "/wiki/notes") == 1
    assert visitor.text("/wiki/notes") == first


@pytest.mark.parametrize("change", ["edit", "link", "decision", "space"])
def test_any_change_is_seen_at_once(visitor: Visitor, wiki: Wiki, change: str) -> None:
    save(wiki, "notes", "See [[other]].")
    before = visitor.text("/wiki/notes")

    if change == "edit":
        save(wiki, "notes", "Something new.", base=1)
    elif change == "link":
        save(wiki, "other", "Here now.")
    elif change == "decision":
        answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    else:
        make_space(wiki, "", readers=("everyone",), writers=("nobody",))

    assert visitor.text("/wiki/notes") != before


def test_nobody_is_shown_what_was_kept_for_somebody_else(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "one")
    visitor.actor = MODERATOR
    assert "Reviews" in visitor.text("/wiki/notes")

    visitor.actor = READER

    assert "Reviews" not in visitor.text("/wiki/notes")


def test_losing_a_group_is_felt_at_once(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "lab", readers=("lab",), writers=("lab",))
    member = WRITER.__class__("w", "W", frozenset({"lab"}))
    save(wiki, "lab/notes", "one", by=member)
    visitor.actor = member
    assert visitor.get("/wiki/lab/notes").status_code == 200

    visitor.actor = WRITER.__class__("w", "W")

    assert visitor.get("/wiki/lab/notes").status_code == 404


def test_an_entry_without_its_place_in_the_journal_keeps_nothing(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "notes", "one")
    visitor.text("/wiki/notes")
    with wiki.database.write() as connection:
        connection.exec_driver_sql("UPDATE kbwiki_entry SET position = NULL, chain = NULL")

    assert queries(wiki, visitor, "/wiki/notes") > 1


def test_nothing_is_kept_where_the_host_overrides_a_template(app: Flask, visitor: Visitor, wiki: Wiki) -> None:
    from jinja2 import DictLoader

    app.jinja_loader = DictLoader({"kbwiki/tags.html": "mine"})  # type: ignore[assignment]
    save(wiki, "notes", "one")
    visitor.text("/wiki/notes")

    assert queries(wiki, visitor, "/wiki/notes") > 1


@pytest.mark.parametrize("address", ["/wiki/-/revision/1/notes", "/wiki/notes?done=saved&base=1&number=2"])
def test_the_token_of_one_session_is_never_given_to_another(
    app: Flask, visitor: Visitor, wiki: Wiki, address: str
) -> None:
    CSRFProtect(app)
    save(wiki, "notes", "one")
    save(wiki, "notes", "two", base=1)

    pages = [client.get(address).text for client in (visitor.client, app.test_client())]

    tokens = [re.findall(r'name="csrf_token" value="([^"]+)"', page) for page in pages]
    assert all(tokens), "this address has no form any more"
    assert tokens[0] != tokens[1]
