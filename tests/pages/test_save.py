"""Saving: creating, editing, merging, and every clear no."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import func, select

from kbwiki.actors import ANONYMOUS, Actor
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.journal.models import Entry
from kbwiki.pages.actions import Edit, EditConflict, Saved, delete_page, move_page, save_page
from kbwiki.pages.merge import Clash
from kbwiki.pages.models import Revision, Text
from kbwiki.pages.queries.history import history
from kbwiki.pages.queries.view import PageView, find_page, get_page
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki

PARTS = "One.\n\nTwo.\n\nThree.\n"


def view(wiki: Wiki, path: str, by: Actor = READER) -> PageView:
    with wiki.read() as connection:
        return get_page(connection, wiki.id, path, by)


def count(wiki: Wiki, table: Any) -> int:
    with wiki.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def refused(wiki: Wiki, edit: Edit, by: Actor = WRITER) -> EditConflict:
    """The conflict that saving `edit` runs into; nothing may have been written."""
    before = count(wiki, Revision), count(wiki, Entry)
    with pytest.raises(EditConflict) as raised, wiki.begin(by) as tx:
        save_page(tx, edit)
    assert (count(wiki, Revision), count(wiki, Entry)) == before
    return raised.value


def test_a_new_page_is_there_with_all_its_author_gave(wiki: Wiki) -> None:
    saved = save(wiki, "handbook/travel", "By train.\n", title="Travelling", tags=("Money", "travel"), comment="new")
    assert saved == Saved(saved.page_id, "handbook/travel", 1, created=True)
    page = view(wiki, "handbook/travel")
    assert (page.title, page.tags, page.comment, page.author) == (
        "Travelling",
        ("money", "travel"),
        "new",
        WRITER.name,
    )
    assert (page.number, page.kind, page.deleted, page.hidden) == (1, "create", False, False)
    assert read(wiki, "handbook/travel") == "By train.\n"


def test_a_page_nobody_gave_a_title_has_the_last_part_of_its_path(wiki: Wiki) -> None:
    save(wiki, "handbook/Travel by train", "x\n")
    assert view(wiki, "handbook/Travel by train").title == "Travel by train"
    save(wiki, "handbook/other", "x\n", title="  \n ")
    assert view(wiki, "handbook/other").title == "other"


def test_a_path_is_stored_in_its_one_spelling(wiki: Wiki) -> None:
    assert save(wiki, " /Cafe\u0301 /  menu/", "x\n").path == "Café/menu"
    assert save(wiki, "Café/menu", "y\n", base=1).number == 2


def test_an_edit_is_a_new_revision_and_the_old_one_stays(wiki: Wiki) -> None:
    save(wiki, "page", "Old.\n", comment="old")
    saved = save(wiki, "page", "New.\n", base=1, by=SECOND_WRITER, comment="new")
    assert (saved.number, saved.created, saved.changed, saved.merged) == (2, False, True, False)
    with wiki.read() as connection:
        lines = history(connection, saved.page_id, 2, 10)
    assert [(line.number, line.author, line.comment, line.delta) for line in lines] == [
        (2, SECOND_WRITER.name, "new", 0),
        (1, WRITER.name, "old", 5),
    ]


def test_an_edit_that_changes_nothing_is_no_revision_no_entry_and_no_review(wiki: Wiki) -> None:
    save(wiki, "page", "Same.\n", title="Page", tags=("a",))
    entries = count(wiki, Entry)
    saved = save(wiki, "page", "Same.\n", title="Page", tags=("A ", "a"), base=1, comment="nothing")
    assert (saved.changed, saved.number) == (False, 1)
    assert count(wiki, Entry) == entries
    assert [line.head for line in open_reviews(wiki)] == [1]


def test_a_changed_title_alone_is_a_revision(wiki: Wiki) -> None:
    save(wiki, "page", "Same.\n", title="Page", tags=("a",))
    assert save(wiki, "page", "Same.\n", title="Better", base=1).number == 2
    page = view(wiki, "page")
    assert (page.title, page.tags) == ("Better", ("a",))


def test_changed_tags_alone_are_a_revision(wiki: Wiki) -> None:
    save(wiki, "page", "Same.\n", tags=("a", "b"))
    assert save(wiki, "page", "Same.\n", tags=("b", "c"), base=1).number == 2
    assert view(wiki, "page").tags == ("b", "c")
    assert save(wiki, "page", "Same.\n", tags=(), base=2).number == 3
    assert view(wiki, "page").tags == ()


def test_a_title_can_be_taken_back_to_the_one_of_its_path(wiki: Wiki) -> None:
    save(wiki, "a/page", "Same.\n", title="Something")
    save(wiki, "a/page", "Same.\n", title="", base=1)
    assert view(wiki, "a/page").title == "page"


def test_titles_and_tags_are_stored_in_one_spelling(wiki: Wiki) -> None:
    save(wiki, "page", "x\n", title=" Cafe\u0301\n menu ", tags=("Cafe\u0301", "CAFÉ", " two \t words "))
    page = view(wiki, "page")
    assert page.title == "Café  menu"
    assert page.tags == ("café", "two words")


@pytest.mark.parametrize(
    ("edit", "field", "words"),
    [
        (Edit("page", "x" * 2_000_001), "text", "2,000,001"),
        (Edit("page", "é" * 1_000_001), "text", "2,000,002"),
        (Edit("page", "half \ud83d"), "text", "half of a character"),
        (Edit("page", "nul \0"), "text", "NUL"),
        (Edit("", "x"), "path", "address"),
        (Edit("../x", "x"), "path", ".."),
        (Edit("-/reviews", "x"), "path", "own screens"),
        (Edit("page", "x", title="t" * 251), "title", "250"),
        (Edit("page", "x", comment="c" * 1001), "comment", "1000"),
        (Edit("page", "x", tags=("t" * 101,)), "tags", "100"),
        (Edit("page", "x", tags=[str(n) for n in range(51)]), "tags", "50"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_field_and_reason(
    sqlite_wiki: Wiki, edit: Edit, field: str, words: str
) -> None:
    with pytest.raises(Invalid) as raised, sqlite_wiki.begin(WRITER) as tx:
        save_page(tx, edit)
    assert (raised.value.field, raised.value.status) == (field, 422)
    assert words in str(raised.value)
    assert count(sqlite_wiki, Revision) == 0


@pytest.mark.parametrize("late", [Edit("page", "x" * 2_000_001, base=1), Edit("page", "x", base=1, comment="c" * 1001)])
def test_what_cannot_be_stored_leaves_the_page_as_it_is(wiki: Wiki, late: Edit) -> None:
    save(wiki, "page", "Before.\n")
    with pytest.raises(Invalid), wiki.begin(WRITER) as tx:
        save_page(tx, late)
    assert read(wiki, "page") == "Before.\n"


def test_a_text_of_exactly_the_limit_is_accepted(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        save_page(tx, Edit("page", "é" * 50), max_bytes=100)
    with pytest.raises(Invalid), wiki.begin(WRITER) as tx:
        save_page(tx, Edit("page", "é" * 50 + "x", base=1), max_bytes=100)


@pytest.mark.parametrize(
    "text", ["", "\n", "no end of line", "a\r\nb\r\n", "\ufeffmark\n", "  \t", "🧶\u2028漢\u0301\x1f"]
)
def test_a_text_is_given_back_as_it_was_written(wiki: Wiki, text: str) -> None:
    save(wiki, "page", text)
    assert read(wiki, "page") == text


def test_the_longest_paths_can_be_saved_in_any_script(wiki: Wiki) -> None:
    chance = random.Random(7)
    for first, last, length in ((0x61, 0x7A, 99), (0x410, 0x44F, 58), (0x4E00, 0x9FA5, 38), (0x10330, 0x1034A, 28)):
        path = "/".join("".join(chr(chance.randint(first, last)) for _ in range(length)) for _ in range(10))
        assert save(wiki, path, "Deep.\n").path == path
        assert read(wiki, path) == "Deep.\n"
    save(wiki, "/".join(["\ufdfa" * 60] * 4), "What it looks like is eighteen times as long.\n")


def test_a_path_that_is_too_long_for_the_database_is_refused_before_it_gets_there(wiki: Wiki) -> None:
    with pytest.raises(Invalid) as raised, wiki.begin(WRITER) as tx:
        save_page(tx, Edit("/".join(["漢" * 99] * 9), "x"))
    assert raised.value.field == "path"


def test_changes_of_different_parts_are_merged(wiki: Wiki) -> None:
    save(wiki, "page", PARTS)
    save(wiki, "page", PARTS.replace("One", "ONE"), base=1)
    saved = save(wiki, "page", PARTS.replace("Three", "THREE"), base=1, by=SECOND_WRITER)
    assert (saved.merged, saved.changed, saved.number) == (True, True, 3)
    assert read(wiki, "page") == "ONE.\n\nTwo.\n\nTHREE.\n"


def test_titles_and_tags_of_two_editors_are_merged_like_their_texts(wiki: Wiki) -> None:
    save(wiki, "page", PARTS, title="Page", tags=("both", "mine"))
    save(wiki, "page", PARTS, title="Renamed", tags=("both", "mine", "added"), base=1)
    save(wiki, "page", PARTS.replace("Three", "THREE"), title="Page", tags=("both",), base=1, by=SECOND_WRITER)
    page = view(wiki, "page")
    assert (page.title, page.tags) == ("Renamed", ("added", "both"))


def test_an_edit_based_on_an_old_revision_that_says_the_same_as_now_changes_nothing(wiki: Wiki) -> None:
    save(wiki, "page", PARTS)
    save(wiki, "page", PARTS.replace("One", "ONE"), base=1)
    saved = save(wiki, "page", PARTS.replace("One", "ONE"), base=1, by=SECOND_WRITER)
    assert (saved.changed, saved.number) == (False, 2)


def test_changes_of_the_same_words_show_both_texts_and_save_nothing(wiki: Wiki) -> None:
    save(wiki, "page", PARTS)
    save(wiki, "page", PARTS.replace("Two", "Zwei"), base=1)
    conflict = refused(wiki, Edit("page", PARTS.replace("Two", "Deux"), base=1), SECOND_WRITER)
    assert (conflict.path, conflict.base, conflict.current, conflict.deleted) == ("page", 1, 2, False)
    assert [chunk for chunk in conflict.merge.chunks if isinstance(chunk, Clash)] == [
        Clash("Two.\n", "Deux.\n", "Zwei.\n")
    ]
    assert conflict.status == 409
    assert read(wiki, "page") == PARTS.replace("Two", "Zwei")


def test_after_a_conflict_the_joined_text_is_saved_against_what_was_shown(wiki: Wiki) -> None:
    save(wiki, "page", PARTS)
    save(wiki, "page", PARTS.replace("Two", "Zwei"), base=1)
    conflict = refused(wiki, Edit("page", PARTS.replace("Two", "Deux"), base=1), SECOND_WRITER)
    saved = save(wiki, "page", PARTS.replace("Two", "Zwei, deux"), base=conflict.current, by=SECOND_WRITER)
    assert (saved.number, saved.merged) == (3, False)


def test_two_creators_of_one_path_with_different_texts_are_shown_both(wiki: Wiki) -> None:
    save(wiki, "page", "What I wrote.\n")
    conflict = refused(wiki, Edit("page", "What they wrote.\n"), SECOND_WRITER)
    assert (conflict.base, conflict.current) == (None, 1)
    assert conflict.merge.chunks == (Clash("", "What they wrote.\n", "What I wrote.\n"),)


def test_two_creators_of_one_path_with_the_same_text_agree(wiki: Wiki) -> None:
    save(wiki, "page", "The same.\n", tags=("a",))
    saved = save(wiki, "page", "The same.\n", by=SECOND_WRITER)
    assert (saved.changed, saved.number, saved.created) == (False, 1, False)
    assert view(wiki, "page").tags == ("a",)


@pytest.mark.parametrize("base", [7, 0, -1])
def test_an_edit_against_a_revision_that_never_was_is_refused(wiki: Wiki, base: int) -> None:
    save(wiki, "page", "x\n")
    with pytest.raises((NotFound, Conflict)), wiki.begin(WRITER) as tx:
        save_page(tx, Edit("page", "y\n", base=base))
    assert read(wiki, "page") == "x\n"


def test_an_edit_of_a_page_that_was_moved_is_saved_where_it_is_now(wiki: Wiki) -> None:
    save(wiki, "old", PARTS)
    with wiki.begin(SECOND_WRITER) as tx:
        move_page(tx, "old", "new")
    saved = save(wiki, "old", PARTS.replace("One", "ONE"), base=1)
    assert (saved.path, saved.merged) == ("new", True)
    assert read(wiki, "new") == PARTS.replace("One", "ONE")


def test_an_edit_of_a_page_that_was_deleted_is_given_back_and_can_bring_it_back(wiki: Wiki) -> None:
    save(wiki, "page", PARTS)
    with wiki.begin(SECOND_WRITER) as tx:
        delete_page(tx, "page")
    conflict = refused(wiki, Edit("page", PARTS.replace("One", "ONE"), base=1))
    assert (conflict.deleted, conflict.current) == (True, 2)
    assert "deleted" in str(conflict)
    assert conflict.merge.chunks == (Clash("", PARTS.replace("One", "ONE"), ""),)
    saved = save(wiki, "page", PARTS.replace("One", "ONE"), base=conflict.current)
    assert (saved.page_id, saved.number, saved.created) == (1, 3, True)
    assert read(wiki, "page") == PARTS.replace("One", "ONE")


def test_a_page_created_over_a_deleted_one_goes_on_with_its_history(wiki: Wiki) -> None:
    first = save(wiki, "page", "First life.\n", tags=("old",))
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "page")
    second = save(wiki, "page", "Second life.\n", tags=("new",), by=SECOND_WRITER)
    assert (second.page_id, second.number, second.created) == (first.page_id, 3, True)
    page = view(wiki, "page")
    assert (page.kind, page.tags) == ("bring-back", ("new",))
    assert read(wiki, "page") == "Second life.\n"


def test_a_new_page_can_be_written_at_the_old_address_of_a_moved_one(wiki: Wiki) -> None:
    save(wiki, "old", "It moved away.\n")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "old", "new")
    saved = save(wiki, "old", "Something else.\n", by=SECOND_WRITER)
    assert (saved.created, saved.path, saved.number) == (True, "old", 1)
    assert read(wiki, "new") == "It moved away.\n"
    assert read(wiki, "old") == "Something else.\n"


def test_a_new_page_can_be_written_where_one_moved_into_a_closed_space_once_was(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "old", "It moved away.\n")
    with wiki.begin(Actor("in", "Insider", frozenset({"insiders"}))) as tx:
        move_page(tx, "old", "closed/new")
    assert save(wiki, "old", "Something else.\n").created
    assert read(wiki, "old") == "Something else.\n"


def test_look_alikes_by_case_are_two_pages(wiki: Wiki) -> None:
    save(wiki, "SDL3/SDL_Log", "A function.\n")
    save(wiki, "SDL3/SDL_LOG", "A macro.\n")
    assert read(wiki, "SDL3/SDL_Log") == "A function.\n"
    assert read(wiki, "SDL3/SDL_LOG") == "A macro.\n"


def test_equal_texts_are_stored_once(wiki: Wiki) -> None:
    save(wiki, "one", "The same.\n")
    save(wiki, "two", "The same.\n", by=SECOND_WRITER)
    assert count(wiki, Text) == 1


@pytest.mark.parametrize("edit", [Edit("page", "y\n", base=1), Edit("other", "y\n")])
def test_somebody_not_signed_in_is_asked_to_sign_in(wiki: Wiki, edit: Edit) -> None:
    save(wiki, "page", "x\n")
    with pytest.raises(Forbidden) as raised, wiki.begin(ANONYMOUS) as tx:
        save_page(tx, edit)
    assert "sign in" in str(raised.value)
    assert read(wiki, "page") == "x\n"


def test_a_reader_who_may_not_write_is_told_so(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    save(wiki, "rules/page", "x\n", by=Actor("ed", "Ed", frozenset({"editors"})))
    with pytest.raises(Forbidden) as raised, wiki.begin(READER) as tx:
        save_page(tx, Edit("rules/page", "y\n", base=1))
    assert "other groups" in str(raised.value)


def test_an_outsider_learns_nothing_about_a_closed_space(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "closed/page", "x\n", by=Actor("in", "Insider", frozenset({"insiders"})))
    said = set()
    for edit in (Edit("closed/page", "y\n", base=1), Edit("closed/page", "y\n"), Edit("closed/nothing", "y\n")):
        with pytest.raises(NotFound) as raised, wiki.begin(WRITER) as tx:
            save_page(tx, edit)
        said.add(str(raised.value).replace(edit.path, "…"))
    assert len(said) == 1


def with_a_hidden_edit(wiki: Wiki) -> None:
    """Revision 1 of the page was approved, revision 2 is hidden, revision 3 says what 1 said."""
    save(wiki, "page", PARTS)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "page", PARTS.replace("Two", "The secret"), base=1)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private")


def test_saving_against_a_hidden_revision_does_not_give_its_text_away(wiki: Wiki) -> None:
    with_a_hidden_edit(wiki)
    conflict = refused(wiki, Edit("page", "Something else entirely.\n", base=2), SECOND_WRITER)
    assert "secret" not in repr(conflict.merge)
    assert conflict.merge.chunks == (Clash("", "Something else entirely.\n", PARTS),)


def test_saving_what_a_page_says_now_against_a_hidden_revision_changes_nothing(wiki: Wiki) -> None:
    with_a_hidden_edit(wiki)
    assert not save(wiki, "page", PARTS, base=2, by=SECOND_WRITER).changed


def test_a_text_that_was_redacted_can_be_written_again(wiki: Wiki) -> None:
    save(wiki, "page", "To be redacted.\n")
    save(wiki, "page", "Clean.\n", base=1)
    with wiki.database.write() as connection:
        connection.exec_driver_sql("UPDATE kbwiki_text SET body = NULL WHERE size = 16")
    save(wiki, "other", "To be redacted.\n")
    assert read(wiki, "other") == "To be redacted.\n"


def test_a_page_whose_text_was_redacted_can_be_edited(wiki: Wiki) -> None:
    save(wiki, "page", "To be redacted.\n")
    with wiki.database.write() as connection:
        connection.exec_driver_sql("UPDATE kbwiki_text SET body = NULL")
    save(wiki, "page", "A new text.\n", base=1)
    assert read(wiki, "page") == "A new text.\n"


def test_a_page_is_gone_from_view_for_those_who_may_not_read_it(wiki: Wiki) -> None:
    save(wiki, "page", "x\n")
    with wiki.read() as connection:
        assert find_page(connection, wiki.id, "page", ANONYMOUS) is not None
    make_space(wiki, "", readers=("staff",), writers=("staff",))
    with wiki.read() as connection:
        assert find_page(connection, wiki.id, "page", ANONYMOUS) is None
        assert find_page(connection, wiki.id, "page", WRITER) is not None
        assert find_page(connection, wiki.id, "page", MODERATOR) is not None
