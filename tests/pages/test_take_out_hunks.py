"""Taking pieces of a change out of a page: exactly the chosen ones, as one more revision, and never by guessing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.journal.models import Entry
from kbwiki.pages.actions import EditConflict, Saved, delete_page, hunks_of, move_page, take_out_hunks
from kbwiki.pages.hunks import Hunk, Standing
from kbwiki.pages.locking import find_locked, get_locked
from kbwiki.pages.merge import Clash
from kbwiki.pages.policy import Kind
from kbwiki.pages.queries.history import history
from kbwiki.pages.queries.view import PageView, get_any_page
from kbwiki.testing import READER, SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki

BEFORE = "The quick brown fox jumps over the lazy dog.\n\nTwo.\n\nThree more words.\n"
AFTER = "The quick red fox jumps over the old dog.\n\nTwo.\n\n- spam\n\nTHREE more words.\n"
LATER = AFTER.replace("jumps", "leaps") + "\nFour.\n"
RED, OLD, SPAM, THREE = range(4)


def view(wiki: Wiki, path: str = "page") -> PageView:
    with wiki.read() as connection:
        return get_any_page(connection, wiki.id, path, READER)


def pieces(wiki: Wiki, base: int = 1, head: int = 2) -> tuple[Hunk, ...]:
    page_id = view(wiki).id
    with wiki.read() as connection:
        return hunks_of(connection, page_id, base, head)


def taken_out(
    wiki: Wiki,
    chosen: Collection[int],
    *,
    base: int = 1,
    head: int = 2,
    by: Actor = WRITER,
    decided_by: str | None = None,
    comment: str = "",
) -> Saved | None:
    page_id = view(wiki).id
    with wiki.begin(by) as tx:
        page = get_locked(tx, page_id)
        return take_out_hunks(tx, page, base, head, chosen, kind=Kind.UNDO, comment=comment, decided_by=decided_by)


def last_payload(wiki: Wiki) -> dict[str, Any]:
    with wiki.read() as connection:
        newest = select(Entry.payload).where(Entry.kind == "undo").order_by(Entry.id.desc()).limit(1)
        return dict(connection.execute(newest).scalar_one())


@pytest.fixture
def edited(wiki: Wiki) -> Wiki:
    """A page of which two words, an added item and a line changed at once, and which somebody went on with."""
    save(wiki, "page", BEFORE, title="Fox", tags=("a",))
    save(wiki, "page", AFTER, base=1)
    save(wiki, "page", LATER, base=2, by=SECOND_WRITER)
    return wiki


def test_the_pieces_of_a_change_are_shown_with_what_would_become_of_them(edited: Wiki) -> None:
    found = pieces(edited)

    assert [(one.index, one.before, one.after) for one in found] == [
        (RED, "brown", "red"),
        (OLD, "lazy", "old"),
        (SPAM, "", "- spam\n\n"),
        (THREE, "Three", "THREE"),
    ]
    assert {one.standing for one in found} == {Standing.CLEAN}


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ([RED], LATER.replace("red", "brown")),
        ([SPAM], LATER.replace("- spam\n\n", "")),
        ([THREE, OLD], LATER.replace("THREE", "Three").replace("old", "lazy")),
        ([RED, OLD, SPAM, THREE], BEFORE.replace("jumps", "leaps") + "\nFour.\n"),
    ],
)
def test_exactly_the_chosen_pieces_are_taken_out(edited: Wiki, chosen: list[int], text: str) -> None:
    saved = taken_out(edited, chosen)

    assert saved == Saved(view(edited).id, "page", 4)
    assert read(edited, "page") == text


def test_it_is_one_more_revision_that_keeps_title_tags_and_place_and_says_what_was_chosen(edited: Wiki) -> None:
    with edited.begin(WRITER) as tx:
        move_page(tx, "page", "moved")
    page_id = view(edited, "moved").id
    with edited.begin(WRITER) as tx:
        page = find_locked(tx, "moved")
        assert page is not None
        take_out_hunks(tx, page, 1, 2, {SPAM, RED}, kind=Kind.UNDO, comment=" one\nline ")

    now = view(edited, "moved")
    assert (now.title, now.tags, now.path, now.kind, now.comment) == ("Fox", ("a",), "moved", "undo", "one line")
    with edited.read() as connection:
        assert [line.number for line in history(connection, page_id, 9, 9)] == [5, 4, 3, 2, 1]
    payload = last_payload(edited)
    assert (payload["base"], payload["head"], payload["hunks"]) == (1, 2, [RED, SPAM])


def test_it_is_reviewed_like_any_change(edited: Wiki) -> None:
    taken_out(edited, [RED])

    assert [line.head for line in open_reviews(edited)] == [4]


def test_an_index_means_the_same_piece_whatever_was_saved_since(edited: Wiki) -> None:
    seen = pieces(edited)
    save(edited, "page", "In front.\n\n" + LATER, base=3)
    taken_out(edited, [SPAM])

    assert [(one.before, one.after) for one in pieces(edited)] == [(one.before, one.after) for one in seen]
    taken_out(edited, [THREE])
    assert read(edited, "page") == "In front.\n\n" + LATER.replace("- spam\n\n", "").replace("THREE", "Three")


def test_what_was_taken_out_is_gone_and_a_second_time_changes_nothing(edited: Wiki) -> None:
    taken_out(edited, [RED])

    assert [one.standing for one in pieces(edited)] == [Standing.GONE, *[Standing.CLEAN] * 3]
    assert taken_out(edited, [RED]) is None
    assert view(edited).number == 4


def test_a_piece_that_later_changes_touch_is_shown_with_both_texts_and_the_others_come_out(edited: Wiki) -> None:
    now = LATER.replace("THREE", "THREE or four")
    save(edited, "page", now, base=3, by=SECOND_WRITER)

    clash = pieces(edited)[THREE]
    with pytest.raises(EditConflict) as raised:
        taken_out(edited, [RED, THREE])

    assert clash.clashes == (Clash("THREE more words.\n", "Three more words.\n", "THREE or four more words.\n"),)
    assert (raised.value.base, raised.value.current, raised.value.merge.clean) == (1, 4, False)
    assert read(edited, "page") == now
    taken_out(edited, [RED])
    assert read(edited, "page") == now.replace("red", "brown")


@pytest.mark.parametrize("chosen", [[], [4], [-1], [RED, 99]])
def test_no_piece_and_a_piece_that_is_not_there_are_refused(edited: Wiki, chosen: list[int]) -> None:
    with pytest.raises(Invalid) as raised:
        taken_out(edited, chosen)

    assert raised.value.field == "hunks"
    assert view(edited).number == 3


@pytest.mark.parametrize(("base", "head"), [(2, 2), (3, 2), (-1, 2)])
def test_what_is_no_range_is_refused(edited: Wiki, base: int, head: int) -> None:
    with pytest.raises(Invalid):
        pieces(edited, base, head)
    with pytest.raises(Invalid):
        taken_out(edited, [0], base=base, head=head)


def test_revisions_and_pages_that_never_were_are_not_found(edited: Wiki) -> None:
    with pytest.raises(NotFound):
        pieces(edited, 1, 9)
    with pytest.raises(NotFound), edited.read() as connection:
        hunks_of(connection, 999, 1, 2)


def test_passages_of_a_new_page_are_taken_out_and_the_page_stays(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n\nTwo.\n\nThree.\n")

    assert [one.after for one in pieces(wiki, 0, 1)] == ["One.\n", "\nTwo.\n", "\nThree.\n"]
    taken_out(wiki, [1], base=0, head=1)

    assert read(wiki, "page") == "One.\n\nThree.\n"


def test_several_changes_in_a_row_are_one_range(edited: Wiki) -> None:
    assert [one.after for one in pieces(edited, 1, 3)] == ["red", "leaps", "old", "- spam\n\n", "THREE", "\nFour.\n"]

    taken_out(edited, [1, 5], base=1, head=3)

    assert read(edited, "page") == AFTER


def test_a_deleted_page_stays_deleted(edited: Wiki) -> None:
    with edited.begin(WRITER) as tx:
        delete_page(tx, "page")
    taken_out(edited, [RED])

    assert view(edited).deleted
    assert view(edited).number == 5


def test_it_needs_the_right_to_write_unless_a_group_decides(edited: Wiki) -> None:
    make_space(edited, "", readers=("everyone",), writers=("editors",))
    with pytest.raises(Forbidden):
        taken_out(edited, [RED])

    assert taken_out(edited, [RED], decided_by="moderators") is not None


def test_hidden_text_is_neither_shown_nor_chosen_from(wiki: Wiki) -> None:
    save(wiki, "page", BEFORE)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "page", AFTER, base=1)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="private")

    for base, head in ((1, 2), (2, 3)):
        with pytest.raises(Forbidden) as raised:
            pieces(wiki, base, head)
        assert "hidden" in str(raised.value)
        with pytest.raises(Forbidden):
            taken_out(wiki, [RED], base=base, head=head, decided_by="moderators")
    assert read(wiki, "page") == BEFORE
