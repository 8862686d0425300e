"""What is suggested while somebody writes: what fits, ready to stand in the text, and nothing they may not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.testing import READER, WRITER, make_space, save
from kbwiki.web.completing import link_words
from kbwiki.web.identity.adapter import FromCallable

from .conftest import Visitor, come

PIA = Actor("p", "Pia", frozenset({"people"}))


def suggested(visitor: Visitor, **asked: str) -> list[tuple[str, str]]:
    """What is shown and what is put in."""
    answer: Any = visitor.client.get("/wiki/-/complete.json", query_string=asked).get_json()
    return [(line["text"], line["puts"]) for line in answer["lines"]]


def test_pages_are_suggested_by_title_by_path_and_nearby(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "hr/leave", "x", title="Annual leave")
    save(wiki, "hr/pay", "x", title="Pay")
    save(wiki, "home", "x", title="Welcome")
    wiki.search.catch_up()

    assert suggested(visitor, kind="page", q="annu", path="notes") == [("Annual leave", "hr/leave|Annual leave")]
    assert suggested(visitor, kind="page", q="hr/P", path="notes") == [("Pay", "hr/pay|Pay")]
    assert ("Pay", "hr/pay|Pay") in suggested(visitor, kind="page", q="", path="hr/leave")


@pytest.mark.parametrize(
    ("path", "title", "page", "words"),
    [
        ("home", "Welcome", "notes", "home|Welcome"),
        ("home", "home", "notes", "home"),
        ("home", "Welcome", "hr/pay", "/home|Welcome"),
        ("hr/pay", "A [b] | c", "notes", "hr/pay|A  b    c"),
        ("a[1]", "x", "notes", "a\\[1\\]|x"),
    ],
)
def test_what_is_put_in_leads_to_the_page_from_wherever_it_is_written(
    path: str, title: str, page: str, words: str
) -> None:
    assert link_words(path, title, page) == words


def test_headings_of_the_page_before_the_mark_are_suggested(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "hr/leave", "# How much\n\n## Who [else]\n\n# How much\n", title="Leave")
    about = {"kind": "heading", "page": "hr/leave", "path": "notes"}

    assert suggested(visitor, q="", **about) == [
        ("How much", "How much"), ("Who [else]", "who-else"), ("How much", "how-much-1"),
    ]  # fmt: skip
    assert suggested(visitor, q="WHO", **about) == [("Who [else]", "who-else")]
    assert suggested(visitor, q="x", **{**about, "page": "../../.."}) == []


def test_tags_are_suggested_the_usual_ones_first(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "a", "x", tags=["travel", "train"])
    save(wiki, "b", "x", tags=["train", "tea"])

    assert [text for text, _ in suggested(visitor, kind="tag", q="#T")] == ["train", "tea", "travel"]


def test_nothing_is_suggested_that_may_not_be_read(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people",), writers=("people",))
    save(wiki, "hr/pay", "# Secret\n", title="Payroll", tags=["payday"], by=PIA)
    save(wiki, "hr/other", "x", title="Other", by=PIA)
    wiki.search.catch_up()
    asked = (
        {"kind": "page", "q": "payr", "path": "notes"},
        {"kind": "page", "q": "hr/p", "path": "notes"},
        {"kind": "page", "q": "", "path": "hr/other"},
        {"kind": "heading", "q": "", "page": "hr/pay", "path": "notes"},
        {"kind": "tag", "q": "pay"},
    )

    assert [suggested(visitor, **one) for one in asked] == [[]] * 5
    visitor.actor = PIA
    assert all(suggested(visitor, **one) for one in asked)


def test_without_a_directory_nobody_is_suggested(visitor: Visitor) -> None:
    assert suggested(visitor, kind="person", q="a") == []


class Known(FromCallable):
    """A host that knows its people."""

    def search(self, text: str, limit: int = 20) -> list[Actor]:
        return [one for one in (READER, WRITER) if text.lower() in one.name.lower()][:limit]


@pytest.fixture
def knowing(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=database_url, TESTING=True, visitor=None)
    KBWiki(app, actor=Known(lambda: app.config["visitor"].actor if app.config["visitor"] else ANONYMOUS))
    yield app
    app.extensions["kbwiki"]["main"].wiki.close()


def test_people_are_suggested_to_those_who_write(knowing: Flask) -> None:
    visitor = come(knowing)
    asked = {"kind": "person", "q": WRITER.name[:3]}

    assert (WRITER.name, WRITER.name) in suggested(visitor, **asked)
    visitor.actor = ANONYMOUS
    assert suggested(visitor, **asked) == []
