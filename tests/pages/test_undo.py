"""Going back: one change is taken out of the middle, whatever kind it was, and all that came later stays."""

from __future__ import annotations

import pytest

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Forbidden, NotFound
from kbwiki.pages.actions import (
    EditConflict,
    Saved,
    delete_page,
    move_page,
    restore_revision,
    undo_change,
)
from kbwiki.pages.queries.history import history
from kbwiki.pages.queries.lists import tagged
from kbwiki.pages.queries.view import PageView, find_address, find_page, get_any_page, get_page
from kbwiki.testing import (
    READER,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    read,
    save,
)
from kbwiki.wiki import Wiki

FOUR = "One.\n\nTwo.\n\nThree.\n\nFour.\n"
INSIDER = Actor("insider", "Ines Insider", frozenset({"staff", "insiders"}))


def undone(wiki: Wiki, path: str, number: int, *, by: Actor = WRITER) -> Saved:
    with wiki.begin(by) as tx:
        return undo_change(tx, path, number)


def restored(wiki: Wiki, path: str, number: int, *, by: Actor = WRITER) -> Saved:
    with wiki.begin(by) as tx:
        return restore_revision(tx, path, number, comment="back")


def view(wiki: Wiki, path: str, by: Actor = READER) -> PageView:
    with wiki.read() as connection:
        return get_any_page(connection, wiki.id, path, by)


def live(wiki: Wiki, path: str) -> bool:
    with wiki.read() as connection:
        return find_page(connection, wiki.id, path, READER) is not None


@pytest.fixture
def edited(wiki: Wiki) -> Wiki:
    """A page with four parts, of which the first three were changed one after another."""
    save(wiki, "page", FOUR)
    save(wiki, "page", FOUR.replace("One", "ONE"), base=1)
    save(wiki, "page", FOUR.replace("One", "ONE").replace("Two", "TWO"), base=2, by=SECOND_WRITER)
    save(wiki, "page", FOUR.replace("One", "ONE").replace("Two", "TWO").replace("Three", "THREE"), base=3)
    return wiki


def test_an_edit_in_the_middle_is_taken_out_and_the_others_stay(edited: Wiki) -> None:
    saved = undone(edited, "page", 3)
    assert saved.number == 5
    assert read(edited, "page") == "ONE.\n\nTwo.\n\nTHREE.\n\nFour.\n"
    assert view(edited, "page").kind == "undo"


def test_the_last_edit_is_taken_out(edited: Wiki) -> None:
    undone(edited, "page", 4)
    assert read(edited, "page") == "ONE.\n\nTWO.\n\nThree.\n\nFour.\n"


def test_an_undo_loses_nothing_of_the_history(edited: Wiki) -> None:
    undone(edited, "page", 3)
    with edited.read() as connection:
        assert [line.number for line in history(connection, 1, 9, 9)] == [5, 4, 3, 2, 1]
    restored(edited, "page", 4)
    assert "TWO" in read(edited, "page")


def test_a_change_is_undone_once_and_the_second_try_says_so(edited: Wiki) -> None:
    undone(edited, "page", 3)
    with pytest.raises(Conflict) as raised:
        undone(edited, "page", 3)
    assert not isinstance(raised.value, EditConflict)
    assert "nothing to undo" in str(raised.value)
    assert view(edited, "page").number == 5


def test_an_undo_can_itself_be_undone(edited: Wiki) -> None:
    before = read(edited, "page")
    undone(edited, "page", 3)
    undone(edited, "page", 5, by=SECOND_WRITER)
    assert read(edited, "page") == before


def test_an_edit_that_later_ones_build_on_is_shown_with_both_texts_and_not_undone(wiki: Wiki) -> None:
    save(wiki, "page", "The quick fox.\n")
    save(wiki, "page", "The slow fox.\n", base=1)
    save(wiki, "page", "The lazy fox.\n", base=2)
    with pytest.raises(EditConflict) as raised:
        undone(wiki, "page", 2)
    assert raised.value.current == 3
    assert not raised.value.merge.clean
    assert read(wiki, "page") == "The lazy fox.\n"
    assert view(wiki, "page").number == 3


def test_an_undo_is_reviewed_like_any_change(edited: Wiki) -> None:
    undone(edited, "page", 3)
    assert [line.head for line in open_reviews(edited)] == [5]


def test_undoing_a_move_moves_the_page_back_and_keeps_its_later_edits(wiki: Wiki) -> None:
    save(wiki, "old", FOUR)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    save(wiki, "new", FOUR.replace("One", "ONE"), base=2)
    saved = undone(wiki, "new", 2)
    assert saved.path == "old"
    assert read(wiki, "old") == FOUR.replace("One", "ONE")
    with wiki.read() as connection:
        assert find_address(connection, wiki.id, "new", READER) == "old"


def test_undoing_a_move_can_be_asked_for_at_the_old_address(wiki: Wiki) -> None:
    save(wiki, "old", FOUR)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    assert undone(wiki, "old", 2).path == "old"


def test_undoing_an_old_edit_leaves_the_page_where_it_was_moved_to(wiki: Wiki) -> None:
    save(wiki, "old", FOUR)
    save(wiki, "old", FOUR.replace("One", "ONE"), base=1)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    undone(wiki, "new", 2)
    assert read(wiki, "new") == FOUR


def test_undoing_a_move_whose_old_address_is_taken_is_refused(wiki: Wiki) -> None:
    save(wiki, "old", FOUR)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    save(wiki, "old", "Somebody else lives here.\n")
    with pytest.raises(Conflict) as raised:
        undone(wiki, "new", 2)
    assert "old" in str(raised.value)
    assert read(wiki, "new") == FOUR


def test_undoing_a_move_does_not_carry_a_page_into_a_space_the_actor_may_not_write(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("insiders",), writers=("insiders",))
    make_space(wiki, "rules", writers=("insiders",))
    save(wiki, "closed/page", "Published since.\n", by=INSIDER)
    save(wiki, "rules/page", "Loosened since.\n", by=INSIDER)
    with wiki.begin(INSIDER) as tx:
        move_page(tx, "closed/page", "open/one")
        move_page(tx, "rules/page", "open/two")
    with pytest.raises(NotFound):
        undone(wiki, "open/one", 2)
    with pytest.raises(Forbidden):
        undone(wiki, "open/two", 2)
    assert read(wiki, "open/one") == "Published since.\n"
    assert undone(wiki, "open/one", 2, by=INSIDER).path == "closed/page"


def test_undoing_a_change_of_tags_takes_back_only_that(wiki: Wiki) -> None:
    save(wiki, "page", FOUR, tags=("a", "b"))
    save(wiki, "page", FOUR, tags=("b", "c"), base=1)
    save(wiki, "page", FOUR.replace("One", "ONE"), tags=("b", "c", "d"), base=2)
    undone(wiki, "page", 2)
    assert view(wiki, "page").tags == ("a", "b", "d")
    assert read(wiki, "page") == FOUR.replace("One", "ONE")
    with wiki.read() as connection:
        assert [line.path for line in tagged(connection, wiki.id, "a", READER)] == ["page"]
        assert tagged(connection, wiki.id, "c", READER) == []


def test_undoing_a_change_of_title_takes_back_only_that(wiki: Wiki) -> None:
    save(wiki, "page", FOUR, title="Before")
    save(wiki, "page", FOUR, title="After", base=1)
    save(wiki, "page", FOUR.replace("One", "ONE"), base=2)
    undone(wiki, "page", 2)
    assert (view(wiki, "page").title, read(wiki, "page")) == ("Before", FOUR.replace("One", "ONE"))


def test_undoing_a_change_of_title_that_was_changed_again_leaves_the_newer_title(wiki: Wiki) -> None:
    save(wiki, "page", FOUR, title="Before")
    save(wiki, "page", FOUR.replace("One", "ONE"), title="After", base=1)
    save(wiki, "page", FOUR.replace("One", "ONE"), title="Later", base=2)
    undone(wiki, "page", 2)
    assert (view(wiki, "page").title, read(wiki, "page")) == ("Later", FOUR)


def test_undoing_a_creation_deletes_the_page_and_undoing_that_brings_it_back(edited: Wiki) -> None:
    before = read(edited, "page")
    undone(edited, "page", 1)
    assert not live(edited, "page")
    undone(edited, "page", 5)
    assert read(edited, "page") == before


def test_undoing_a_deletion_brings_the_page_back(wiki: Wiki) -> None:
    save(wiki, "page", FOUR, title="Page", tags=("a",))
    with wiki.begin(SECOND_WRITER) as tx:
        delete_page(tx, "page")
    saved = undone(wiki, "page", 2)
    assert saved.number == 3
    assert read(wiki, "page") == FOUR
    assert (view(wiki, "page").title, view(wiki, "page").tags) == ("Page", ("a",))


def test_undoing_a_deletion_whose_place_was_taken_is_refused(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    save(wiki, "other", "Other.\n")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "page")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "other", "page")
    with pytest.raises((Conflict, NotFound)):
        undone(wiki, "page", 3)
    assert read(wiki, "page") == "Other.\n"


@pytest.mark.parametrize("number", [-1, 0, 5, 99])
def test_a_revision_that_never_was_cannot_be_undone_or_restored(edited: Wiki, number: int) -> None:
    with pytest.raises(NotFound):
        undone(edited, "page", number)
    with pytest.raises(NotFound):
        restored(edited, "page", number)
    assert live(edited, "page")


def test_a_page_that_never_was_has_nothing_to_undo(wiki: Wiki) -> None:
    with pytest.raises(NotFound):
        undone(wiki, "nothing", 1)


def test_an_old_revision_is_restored_as_a_new_one(edited: Wiki) -> None:
    saved = restored(edited, "page", 2)
    assert (saved.number, saved.changed) == (5, True)
    assert read(edited, "page") == FOUR.replace("One", "ONE")
    assert (view(edited, "page").kind, view(edited, "page").comment) == ("restore", "back")


def test_restoring_brings_back_title_and_tags_but_not_the_place(wiki: Wiki) -> None:
    save(wiki, "old", FOUR, title="Before", tags=("a",))
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    save(wiki, "new", "Else.\n", title="After", tags=("b",), base=2)
    restored(wiki, "new", 1)
    page = view(wiki, "new")
    assert (page.path, page.title, page.tags) == ("new", "Before", ("a",))
    assert read(wiki, "new") == FOUR


def test_restoring_what_the_page_says_already_changes_nothing(edited: Wiki) -> None:
    saved = restored(edited, "page", 4)
    assert (saved.changed, saved.number) == (False, 4)


def test_restoring_a_revision_of_a_deleted_page_brings_it_back(edited: Wiki) -> None:
    with edited.begin(WRITER) as tx:
        delete_page(tx, "page")
    restored(edited, "page", 1)
    assert read(edited, "page") == FOUR


def test_going_back_needs_the_right_to_write(edited: Wiki) -> None:
    make_space(edited, "", readers=("everyone",), writers=("editors",))
    for attempt in (undone, restored):
        with pytest.raises(Forbidden):
            attempt(edited, "page", 2)
    make_space(edited, "", readers=("editors",), writers=("editors",))
    for attempt in (undone, restored):
        with pytest.raises(NotFound):
            attempt(edited, "page", 2)


def test_hidden_revisions_can_be_neither_restored_nor_undone(wiki: Wiki) -> None:
    save(wiki, "page", FOUR)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "page", FOUR.replace("One", "Secret"), base=1)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private")
    for attempt, number in ((restored, 2), (undone, 2), (undone, 3)):
        with pytest.raises(Forbidden) as raised:
            attempt(wiki, "page", number)
        assert "hidden" in str(raised.value)
    assert read(wiki, "page") == FOUR


def test_a_page_is_the_same_after_a_change_and_its_undo(wiki: Wiki) -> None:
    with wiki.read() as connection:
        save(wiki, "page", FOUR, title="T", tags=("a",))
        first = get_page(connection, wiki.id, "page", READER)
    save(wiki, "page", FOUR.replace("One", "Eins"), title="U", tags=("b",), base=1)
    undone(wiki, "page", 2)
    last = view(wiki, "page")
    assert (last.title, last.tags, last.text_digest) == (first.title, first.tags, first.text_digest)
