"""A review whose group can no longer read its page goes to the groups that can: nothing waits where nobody looks."""

from __future__ import annotations

from kbwiki import Actor, Wiki
from kbwiki.pages.actions import move_page
from kbwiki.testing import (
    answer,
    look,
    make_space,
    open_reviews,
    save,
)

LAB = Actor("lab", "Lab Head", frozenset({"lab"}))
FIELD = Actor("field", "Field Head", frozenset({"field", "staff"}))


def ranges(wiki: Wiki, group: str) -> list[tuple[str, int, int]]:
    return [(one.path, one.base, one.head) for one in open_reviews(wiki, group)]


def test_closing_a_space_hands_its_reviews_to_the_new_group(wiki: Wiki) -> None:
    save(wiki, "lab/notes", "one")
    save(wiki, "lab/notes", "two", base=1)

    make_space(wiki, "lab", readers=("lab",), reviewers=("lab",))

    assert ranges(wiki, "moderators") == []
    assert ranges(wiki, "lab") == [("lab/notes", 0, 2)]
    assert wiki.verify().intact


def test_a_space_that_stays_readable_keeps_its_open_reviews(wiki: Wiki) -> None:
    save(wiki, "lab/notes", "one")

    make_space(wiki, "lab", reviewers=("lab",))

    assert ranges(wiki, "moderators") == [("lab/notes", 0, 1)]


def test_a_move_into_a_closed_space_takes_what_waited_along(wiki: Wiki) -> None:
    make_space(wiki, "lab", readers=("lab", "field"), writers=("lab", "field"), reviewers=("lab",))
    save(wiki, "notes", "one", by=FIELD)
    save(wiki, "notes", "two", base=1, by=FIELD)

    with wiki.begin(FIELD) as tx:
        move_page(tx, "notes", "lab/notes")

    assert ranges(wiki, "moderators") == []
    assert ranges(wiki, "lab") == [("lab/notes", 0, 3)]


def test_authors_go_along_so_nobody_decides_on_their_own_change(wiki: Wiki) -> None:
    save(wiki, "lab/notes", "one", by=Actor("lab", "Lab Head", frozenset({"lab", "staff"})))

    make_space(wiki, "lab", readers=("lab",), reviewers=("lab",))

    review = open_reviews(wiki, "lab", by=LAB)[0]
    assert review.own


def test_a_handed_over_review_cannot_be_decided_by_its_old_group(wiki: Wiki) -> None:
    save(wiki, "lab/notes", "one")
    old = open_reviews(wiki)[0].id
    make_space(wiki, "lab", readers=("lab",), reviewers=("lab",))

    seen = look(wiki, open_reviews(wiki, "lab")[0].id, by=LAB)
    answer(wiki, seen, "approve", by=LAB)

    assert seen.id != old
    assert ranges(wiki, "lab") == []
