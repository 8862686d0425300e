"""Deleting: out of sight, never gone."""

from __future__ import annotations

import pytest

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Forbidden, NotFound
from kbwiki.pages.actions import Saved, bring_back, delete_page, move_page
from kbwiki.pages.queries.history import history
from kbwiki.pages.queries.lists import tagged, tags
from kbwiki.pages.queries.view import find_address, find_deleted, find_page
from kbwiki.testing import READER, SECOND_WRITER, WRITER, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki


def deleted(wiki: Wiki, path: str, *, by: Actor = WRITER, comment: str = "") -> Saved:
    with wiki.begin(by) as tx:
        return delete_page(tx, path, comment=comment)


def back(wiki: Wiki, path: str, *, by: Actor = WRITER) -> Saved:
    with wiki.begin(by) as tx:
        return bring_back(tx, path, comment="still needed")


def live(wiki: Wiki, path: str) -> bool:
    with wiki.read() as connection:
        return find_page(connection, wiki.id, path, READER) is not None


def test_a_deleted_page_is_out_of_sight_and_its_history_stays(wiki: Wiki) -> None:
    saved = save(wiki, "page", "Text.\n", tags=("a",))
    assert deleted(wiki, "page", comment="not needed").number == 2
    assert not live(wiki, "page")
    with wiki.read() as connection:
        page = find_deleted(connection, wiki.id, "page", READER)
        assert page is not None
        assert (page.deleted, page.comment, page.kind) == (True, "not needed", "delete")
        assert [line.number for line in history(connection, saved.page_id, 9, 9)] == [2, 1]
        assert tags(connection, wiki.id, READER) == []
        assert tagged(connection, wiki.id, "a", READER) == []


def test_a_page_comes_back_as_it_was(wiki: Wiki) -> None:
    save(wiki, "page", "Text.\n", title="Page", tags=("a",))
    deleted(wiki, "page")
    assert back(wiki, "page", by=SECOND_WRITER).number == 3
    assert read(wiki, "page") == "Text.\n"
    with wiki.read() as connection:
        page = find_page(connection, wiki.id, "page", READER)
        assert page is not None
        assert (page.title, page.tags, page.comment) == ("Page", ("a",), "still needed")
        assert tags(connection, wiki.id, READER) == [("a", 1)]


def test_deleting_and_bringing_back_are_reviewed(wiki: Wiki) -> None:
    save(wiki, "page", "Text.\n")
    deleted(wiki, "page")
    assert [(line.head, line.deleted) for line in open_reviews(wiki)] == [(2, True)]
    back(wiki, "page")
    assert [(line.head, line.deleted) for line in open_reviews(wiki)] == [(3, False)]


def test_a_page_is_deleted_once(wiki: Wiki) -> None:
    save(wiki, "page", "Text.\n")
    deleted(wiki, "page")
    with pytest.raises(NotFound):
        deleted(wiki, "page")
    with pytest.raises(NotFound):
        deleted(wiki, "nothing")


def test_a_page_that_is_there_cannot_be_brought_back(wiki: Wiki) -> None:
    save(wiki, "page", "Text.\n")
    with pytest.raises(NotFound):
        back(wiki, "page")


def test_pages_below_a_deleted_one_stay(wiki: Wiki) -> None:
    save(wiki, "a", "a\n")
    save(wiki, "a/b", "b\n")
    deleted(wiki, "a")
    assert read(wiki, "a/b") == "b\n"


def test_of_two_pages_deleted_at_one_address_the_last_comes_back(wiki: Wiki) -> None:
    save(wiki, "page", "First.\n")
    deleted(wiki, "page")
    save(wiki, "other", "Second.\n")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "other", "page")
    deleted(wiki, "page")
    back(wiki, "page")
    assert read(wiki, "page") == "Second.\n"


def test_a_page_whose_place_was_taken_stays_deleted(wiki: Wiki) -> None:
    save(wiki, "page", "First.\n")
    deleted(wiki, "page")
    save(wiki, "other", "Second.\n")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "other", "page")
    with pytest.raises(Conflict):
        back(wiki, "page")
    assert read(wiki, "page") == "Second.\n"


def test_an_old_address_leads_nowhere_while_the_page_is_deleted_and_again_when_it_is_back(wiki: Wiki) -> None:
    save(wiki, "old", "Text.\n")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    deleted(wiki, "new")
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "old", READER) is None
    back(wiki, "new")
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "old", READER) == "new"


def test_a_page_can_be_deleted_by_its_old_address(wiki: Wiki) -> None:
    save(wiki, "old", "Text.\n")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    assert deleted(wiki, "old").path == "new"
    assert not live(wiki, "new")


def test_deleting_needs_the_right_to_write_and_so_does_bringing_back(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    make_space(wiki, "closed", readers=("editors",), writers=("editors",))
    editor = Actor("ed", "Ed", frozenset({"editors"}))
    for path, error in (("rules/page", Forbidden), ("closed/page", NotFound)):
        save(wiki, path, "x\n", by=editor)
        with pytest.raises(error):
            deleted(wiki, path)
        deleted(wiki, path, by=editor)
        with pytest.raises(error):
            back(wiki, path)
        back(wiki, path, by=editor)
