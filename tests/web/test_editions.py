"""Reading the reviewed edition: what is shown to whom, and how one chooses. Everything saved is live all the same."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from kbwiki import ANONYMOUS, Wiki
from kbwiki.spaces.policy import Edition
from kbwiki.testing import ADMIN, READER, SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, save

from .conftest import Visitor

OLD, NEW = "The old and looked at words.", "The new words."


@pytest.fixture
def pages(wiki: Wiki) -> Wiki:
    """`page` and `hr/page` with a reviewed and a newer text, `fresh` that nobody has looked at; `hr` shows editions."""
    wiki.upgrade()
    make_space(wiki, "hr", edition=Edition.REVIEWED)
    for path in ("page", "hr/page"):
        save(wiki, path, f"{OLD} See [[fresh]].\n")
    for line in open_reviews(wiki):
        answer(wiki, look(wiki, line.id), "approve")
    for path in ("page", "hr/page"):
        save(wiki, path, f"{NEW} See [[fresh]].\n", base=1)
    save(wiki, "fresh", "Fresh words.\n")
    return wiki


def test_who_sees_which_text(pages: Wiki, visitor: Visitor) -> None:
    # By whom, at which address, and whether the old text, the new one, and a way to the other are there.
    for actor, address, shown, way in (
        (READER, "page", NEW, ""),
        (READER, "page?edition=reviewed", OLD, "edition=live"),
        (READER, "page?edition=live", NEW, ""),
        (READER, "page?edition=nonsense", NEW, ""),
        (READER, "hr/page", OLD, "edition=live"),
        (ANONYMOUS, "hr/page", OLD, "edition=live"),
        (READER, "hr/page?edition=live", NEW, "edition=reviewed"),
        (WRITER, "hr/page", NEW, "edition=reviewed"),
        (SECOND_WRITER, "hr/page?done=saved", NEW, "edition=reviewed"),
        (READER, "fresh?edition=reviewed", "Fresh words.", ""),
    ):
        visitor.actor = actor
        html = visitor.text(f"/wiki/{address}")
        assert shown in html, (actor.id, address)
        assert {OLD, NEW}.difference({shown}).isdisjoint([one for one in (OLD, NEW) if one in html]), (
            actor.id,
            address,
        )
        assert bool(way) == ("There is a newer one" in html or "not all of it" in html), (actor.id, address)
        assert way in html
    assert "Nobody has looked at this page yet" in visitor.text("/wiki/fresh?edition=reviewed")


def test_who_saves_where_the_edition_is_first_finds_it_live_at_once(pages: Wiki, visitor: Visitor) -> None:
    visitor.actor = SECOND_WRITER
    saved = visitor.post("/wiki/-/edit/hr/page", text="What I just wrote.\n", title="page", action="save")
    assert "What I just wrote." in visitor.text(saved.location)
    assert "What I just wrote." in visitor.text("/wiki/hr/page")
    visitor.actor = READER
    assert "What I just wrote." in visitor.text("/wiki/hr/page?edition=live")


def test_a_choice_is_remembered_below_our_prefix_and_forgotten_again(pages: Wiki, visitor: Visitor, app: Flask) -> None:
    visitor.actor = READER
    assert NEW in visitor.text("/wiki/page")  # and kept, as an answer
    chosen = visitor.post("/wiki/-/edition?back=page", edition="reviewed")
    cookie = chosen.headers["Set-Cookie"]
    assert "Path=/wiki;" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert chosen.location.endswith("/wiki/page")
    assert OLD in visitor.text("/wiki/page")
    assert "nothing newer" not in visitor.text("/wiki/page")

    found = visitor.text("/wiki/-/search?q=words")
    assert "found in a newer text" in found
    assert "not in the reviewed edition yet" in found

    live = visitor.post("/wiki/-/edition?back=page", edition="live")
    assert live.status_code == 303
    assert NEW in visitor.text("/wiki/hr/page")
    visitor.post("/wiki/-/edition?back=//evil.example/", edition="")
    assert NEW in visitor.text("/wiki/page")
    assert OLD in visitor.text("/wiki/hr/page")


def test_nobody_who_does_not_choose_gets_a_cookie(pages: Wiki, visitor: Visitor) -> None:
    visitor.actor = READER
    for address in ("/wiki/page", "/wiki/hr/page?edition=reviewed", "/wiki/-/edition", "/wiki/-/search?q=words"):
        assert "Set-Cookie" not in visitor.get(address).headers, address


def test_links_lead_on_in_the_edition_that_was_asked_for(pages: Wiki, visitor: Visitor) -> None:
    visitor.actor = READER
    assert 'href="/wiki/fresh?edition=reviewed"' in visitor.text("/wiki/page?edition=reviewed")
    assert "fresh?edition" not in visitor.text("/wiki/page")
    for screen in ("tree", "backlinks/fresh"):
        listed = visitor.text(f"/wiki/-/{screen}?edition=reviewed")
        assert "made from the newest texts" in listed, screen
        assert 'href="/wiki/page?edition=reviewed"' in listed, screen


def test_administrators_set_a_space_to_it_and_it_is_looked_at(pages: Wiki, visitor: Visitor) -> None:
    visitor.actor = ADMIN
    fields = {"title": "All", "readers": "everyone", "writers": "staff", "edition": "reviewed"}
    assert visitor.post("/wiki/-/space?path=/", **fields).status_code == 303
    assert 'value="reviewed" selected' in visitor.text("/wiki/-/space?path=/")
    visitor.actor = READER
    assert OLD in visitor.text("/wiki/page")
    waiting = [line for line in open_reviews(pages, "admins") if line.subject_kind == "space"]
    assert len(waiting) == 1


def test_a_page_takes_one_question_more_and_only_where_editions_matter(pages: Wiki, visitor: Visitor) -> None:
    asked: list[str] = []

    @event.listens_for(pages.database.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    visitor.actor = READER
    counts = {}
    make_space(pages, "it")
    save(pages, "it/page", f"{NEW} See [[fresh]].\n")
    for address in ("page", "page?edition=live", "page?edition=reviewed", "it/page", "hr/page"):
        visitor.text(f"/wiki/{address}")
        asked.clear()
        visitor.text(f"/wiki/{address}&again" if "?" in address else f"/wiki/{address}?again")
        counts[address] = len(asked)
    assert counts["page"] == counts["page?edition=live"]
    assert counts["page?edition=reviewed"] == counts["page"] + 1
    assert counts["hr/page"] == counts["it/page"] + 1
