"""Hiding: a text that a moderator hid is nowhere to be had, whatever happened to the page around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kbwiki.actors import Actor
from kbwiki.db import Transaction
from kbwiki.errors import Conflict, Forbidden, KBWikiError, NotFound
from kbwiki.moderation.queries.queue import QueueLine
from kbwiki.moderation.record import Decided
from kbwiki.moderation.take_back import restore_hidden
from kbwiki.pages.actions import (
    Edit,
    EditConflict,
    bring_back,
    delete_page,
    move_page,
    restore_revision,
    save_page,
    undo_change,
)
from kbwiki.pages.queries.history import history, recent_changes
from kbwiki.pages.queries.view import find_deleted, find_page, get_by_id, text_of
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
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

SECRET = "xylophone"
CLEAN = "One.\n\nTwo.\n\nThree.\n"
DIRTY = CLEAN.replace("Two.", f"Two, {SECRET}.")
PEOPLE = Actor("hanna", "Hanna", frozenset({"people"}))
SAFETY = Actor("sami", "Sami", frozenset({"safety"}))


def review_of(wiki: Wiki, path: str, group: str = "moderators") -> QueueLine:
    return next(line for line in open_reviews(wiki, group) if line.path == path)


def decided(wiki: Wiki, path: str, verdict: str, by: Actor = MODERATOR, group: str = "moderators") -> Decided:
    reason = "" if verdict == "approve" else "private"
    return answer(wiki, look(wiki, review_of(wiki, path, group).id, by=by), verdict, by=by, reason=reason)


def shown_again(wiki: Wiki, decision_id: int, by: Actor = SECOND_MODERATOR) -> Decided:
    with wiki.begin(by) as tx:
        return restore_hidden(tx, decision_id)


def everything_visible(wiki: Wiki, page_id: int, path: str) -> Iterator[str]:
    """Every word an ordinary reader or writer can get hold of about a page, by whatever way."""
    with wiki.read() as connection:
        for line in [*history(connection, page_id, 99, 99), *recent_changes(connection, wiki.id, WRITER)]:
            yield repr(line)
            if line.page_id == page_id:
                view = get_by_id(connection, wiki.id, page_id, line.number, WRITER)
                try:
                    yield text_of(connection, view)
                except NotFound:
                    assert view.hidden
        for page in (find_page(connection, wiki.id, path, WRITER), find_deleted(connection, wiki.id, path, WRITER)):
            if page is not None:
                yield repr(page)
                yield text_of(connection, page)
        yield str(connection.exec_driver_sql("SELECT path, title FROM kbwiki_page").all())
        yield str(connection.exec_driver_sql("SELECT tag FROM kbwiki_page_tag").all())
    with wiki.read() as connection:
        newest = history(connection, page_id, 99, 99)[0].number
    for number in range(1, newest + 1):
        yield from tried(wiki, path, lambda tx, number=number: restore_revision(tx, path, number))
        yield from tried(wiki, path, lambda tx, number=number: undo_change(tx, path, number))
        yield from tried(wiki, path, lambda tx, number=number: save_page(tx, Edit(path, "A thief.\n", base=number)))
    yield from tried(wiki, path, lambda tx: bring_back(tx, path))


def tried(wiki: Wiki, path: str, action: Callable[[Transaction], object]) -> list[str]:
    """What a writer learns by trying `action`: the page as it would be then, or the refusal. Nothing is kept of it."""

    class Enough(Exception):
        pass

    learnt = []
    try:
        with wiki.begin(SECOND_WRITER) as tx:
            action(tx)
            page = find_page(tx.connection, wiki.id, path, SECOND_WRITER)
            if page is not None:
                learnt += [repr(page), text_of(tx.connection, page)]
            raise Enough
    except Enough:
        pass
    except EditConflict as conflict:
        learnt.append(repr(conflict.merge))
    except KBWikiError as error:
        learnt.append(str(error))
    return learnt


def assert_nowhere(wiki: Wiki, page_id: int, path: str, word: str = SECRET) -> None:
    for words in everything_visible(wiki, page_id, path):
        assert word not in words


def test_the_ways_the_tests_look_for_a_text_do_find_it_before_it_is_hidden(wiki: Wiki) -> None:
    saved = save(wiki, "page", DIRTY)
    assert any(SECRET in words for words in everything_visible(wiki, saved.page_id, "page"))


def test_a_hidden_creation_is_gone_with_its_text_title_tags_and_comment(wiki: Wiki) -> None:
    saved = save(wiki, "page", DIRTY, title=f"About {SECRET}", tags=(SECRET,), comment=f"a {SECRET}")
    outcome = decided(wiki, "page", "hide")
    assert outcome.number == 2
    with wiki.read() as connection:
        assert find_page(connection, wiki.id, "page", READER) is None
    assert_nowhere(wiki, saved.page_id, "page")


def test_a_hidden_edit_is_taken_out_and_what_was_there_before_is_back(wiki: Wiki) -> None:
    saved = save(wiki, "page", CLEAN)
    decided(wiki, "page", "approve")
    save(wiki, "page", DIRTY, base=1, title=f"About {SECRET}", tags=(SECRET,), comment=f"a {SECRET}")
    decided(wiki, "page", "hide")
    assert read(wiki, "page") == CLEAN
    assert_nowhere(wiki, saved.page_id, "page")


def test_a_hidden_run_of_edits_is_taken_out_as_a_whole(wiki: Wiki) -> None:
    saved = save(wiki, "page", CLEAN)
    decided(wiki, "page", "approve")
    save(wiki, "page", DIRTY, base=1)
    save(wiki, "page", DIRTY + "\nMore.\n", base=2, by=SECOND_WRITER)
    decided(wiki, "page", "hide")
    assert read(wiki, "page") == CLEAN
    assert_nowhere(wiki, saved.page_id, "page")


def test_hiding_what_was_undone_already_leaves_the_page_as_it_is(wiki: Wiki) -> None:
    saved = save(wiki, "page", CLEAN)
    decided(wiki, "page", "approve")
    save(wiki, "page", DIRTY, base=1)
    with wiki.begin(SECOND_WRITER) as tx:
        undo_change(tx, "page", 2)
    decided(wiki, "page", "hide")
    assert read(wiki, "page") == CLEAN
    assert_nowhere(wiki, saved.page_id, "page")


def test_hiding_the_creation_of_a_page_its_author_deleted_leaves_no_text_to_bring_back(wiki: Wiki) -> None:
    saved = save(wiki, "page", DIRTY, title=f"About {SECRET}")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "page")
    decided(wiki, "page", "hide")
    assert_nowhere(wiki, saved.page_id, "page")


def test_a_page_whose_creation_is_hidden_can_be_written_anew(wiki: Wiki) -> None:
    saved = save(wiki, "page", DIRTY)
    decided(wiki, "page", "hide")
    again = save(wiki, "page", CLEAN, by=SECOND_WRITER)
    assert (again.page_id, again.created) == (saved.page_id, True)
    assert read(wiki, "page") == CLEAN
    assert_nowhere(wiki, saved.page_id, "page")


def test_a_hidden_text_is_shown_again_as_it_was(wiki: Wiki) -> None:
    saved = save(wiki, "page", DIRTY, title="Page", tags=("a",), comment="new")
    hidden = decided(wiki, "page", "hide")
    outcome = shown_again(wiki, hidden.decision_id)
    assert outcome.number == 3
    assert read(wiki, "page") == DIRTY
    with wiki.read() as connection:
        page = find_page(connection, wiki.id, "page", READER)
        assert page is not None
        assert (page.title, page.tags) == ("Page", ("a",))
        assert [line.hidden for line in history(connection, saved.page_id, 9, 9)] == [False] * 3


def test_a_text_shown_again_does_not_undo_what_was_written_meanwhile(wiki: Wiki) -> None:
    save(wiki, "page", CLEAN)
    decided(wiki, "page", "approve")
    save(wiki, "page", DIRTY, base=1)
    hidden = decided(wiki, "page", "hide")
    save(wiki, "page", CLEAN.replace("Three", "Four"), base=3, by=SECOND_WRITER)
    shown_again(wiki, hidden.decision_id)
    assert read(wiki, "page") == CLEAN.replace("Three", "Four")
    with wiki.begin(WRITER) as tx:
        restore_revision(tx, "page", 2)
    assert read(wiki, "page") == DIRTY


def test_showing_again_twice_is_refused(wiki: Wiki) -> None:
    save(wiki, "page", DIRTY)
    hidden = decided(wiki, "page", "hide")
    shown_again(wiki, hidden.decision_id)
    with pytest.raises(Conflict) as raised:
        shown_again(wiki, hidden.decision_id)
    assert "already" in str(raised.value)


def test_a_decision_that_hid_nothing_cannot_be_shown_again(wiki: Wiki) -> None:
    save(wiki, "page", CLEAN)
    approved = decided(wiki, "page", "approve")
    for decision_id in (approved.decision_id, 4711):
        with pytest.raises(NotFound):
            shown_again(wiki, decision_id)


def test_only_the_group_that_hid_a_text_can_show_it_again(wiki: Wiki) -> None:
    save(wiki, "page", DIRTY)
    hidden = decided(wiki, "page", "hide")
    for actor in (WRITER, SAFETY, READER):
        with pytest.raises(Forbidden):
            shown_again(wiki, hidden.decision_id, by=actor)


def test_nobody_shows_their_own_hidden_text_again(wiki: Wiki) -> None:
    save(wiki, "page", DIRTY, by=SECOND_MODERATOR)
    hidden = decided(wiki, "page", "hide")
    with pytest.raises(Forbidden):
        shown_again(wiki, hidden.decision_id, by=SECOND_MODERATOR)
    assert_nowhere(wiki, 1, "page")


def test_a_moderator_can_take_back_a_hiding_of_their_own(wiki: Wiki) -> None:
    save(wiki, "page", DIRTY)
    hidden = decided(wiki, "page", "hide")
    shown_again(wiki, hidden.decision_id, by=MODERATOR)
    assert read(wiki, "page") == DIRTY


def moved_between_spaces(wiki: Wiki) -> int:
    """A page that came from one group's space to another's and was edited there: the first sees only a part of it."""
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "safety", reviewers=("safety",))
    saved = save(wiki, "people/page", DIRTY)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "people/page", "safety/page")
    save(wiki, "safety/page", DIRTY.replace("Three", "Four"), base=2, by=SECOND_WRITER)
    return saved.page_id


def test_hiding_the_first_part_of_a_history_hides_the_later_revisions_that_go_on_from_it(wiki: Wiki) -> None:
    page_id = moved_between_spaces(wiki)
    assert review_of(wiki, "safety/page", "people").head == 2
    decided(wiki, "safety/page", "hide", by=PEOPLE, group="people")
    assert_nowhere(wiki, page_id, "safety/page")


def test_showing_the_first_part_again_gives_back_what_was_there_before_all_of_it_was_hidden(wiki: Wiki) -> None:
    moved_between_spaces(wiki)
    hidden = decided(wiki, "safety/page", "hide", by=PEOPLE, group="people")
    shown_again(wiki, hidden.decision_id, by=PEOPLE)
    assert read(wiki, "safety/page") == DIRTY.replace("Three", "Four")


def test_a_text_that_two_groups_hid_stays_hidden_until_both_have_shown_it_again(wiki: Wiki) -> None:
    make_space(wiki, "both", reviewers=("people", "safety"))
    saved = save(wiki, "both/page", DIRTY)
    first = decided(wiki, "both/page", "hide", by=PEOPLE, group="people")
    second = decided(wiki, "both/page", "hide", by=SAFETY, group="safety")
    shown_again(wiki, first.decision_id, by=PEOPLE)
    assert_nowhere(wiki, saved.page_id, "both/page")
    shown_again(wiki, second.decision_id, by=SAFETY)
    with wiki.begin(WRITER) as tx:
        restore_revision(tx, "both/page", 1)
    assert read(wiki, "both/page") == DIRTY


def test_a_revert_to_a_time_when_the_text_is_hidden_does_not_show_it(wiki: Wiki) -> None:
    make_space(wiki, "both", reviewers=("people", "safety"))
    saved = save(wiki, "both/page", CLEAN)
    decided(wiki, "both/page", "approve", by=PEOPLE, group="people")
    decided(wiki, "both/page", "approve", by=SAFETY, group="safety")
    save(wiki, "both/page", DIRTY, base=1)
    decided(wiki, "both/page", "approve", by=PEOPLE, group="people")
    save(wiki, "both/page", DIRTY.replace("Three", "Four"), base=2)
    decided(wiki, "both/page", "hide", by=SAFETY, group="safety")
    assert review_of(wiki, "both/page", "people").base == 2
    decided(wiki, "both/page", "revert", by=PEOPLE, group="people")
    assert read(wiki, "both/page") == CLEAN
    assert_nowhere(wiki, saved.page_id, "both/page")


@pytest.mark.parametrize("verdict", ["revert", "hide"])
def test_a_decision_that_goes_back_behind_everything_visible_leaves_no_text(wiki: Wiki, verdict: str) -> None:
    make_space(wiki, "both", reviewers=("people", "safety"))
    saved = save(wiki, "both/page", DIRTY)
    decided(wiki, "both/page", "approve", by=PEOPLE, group="people")
    save(wiki, "both/page", DIRTY.replace("Three", "Four"), base=1)
    decided(wiki, "both/page", "hide", by=SAFETY, group="safety")
    decided(wiki, "both/page", verdict, by=PEOPLE, group="people")
    assert_nowhere(wiki, saved.page_id, "both/page")


def test_hidden_text_stays_hidden_when_the_page_is_moved_deleted_and_written_again(wiki: Wiki) -> None:
    saved = save(wiki, "page", DIRTY)
    decided(wiki, "page", "hide")
    save(wiki, "page", CLEAN, by=SECOND_WRITER)
    with wiki.begin(SECOND_WRITER) as tx:
        move_page(tx, "page", "moved")
    with wiki.begin(SECOND_WRITER) as tx:
        delete_page(tx, "moved")
    with wiki.begin(SECOND_WRITER) as tx:
        bring_back(tx, "moved")
    assert_nowhere(wiki, saved.page_id, "moved")


def test_hiding_does_not_touch_the_journal(wiki: Wiki) -> None:
    save(wiki, "page", DIRTY)
    before = wiki.verify().head
    decided(wiki, "page", "hide")
    outcome = wiki.verify(before)
    assert outcome.intact
    assert outcome.head.position == before.position + 2
