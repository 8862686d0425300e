"""Moderators search earlier revisions and comments; nobody else does, and nothing hidden is read."""

from __future__ import annotations

import pytest

from kbwiki import Actor, Wiki
from kbwiki.moderation.policy import Verdict
from kbwiki.pages.actions import Edit, delete_page, save_page
from kbwiki.search.earlier import Searched, Words, search_earlier
from kbwiki.testing import MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save

PEOPLE = Actor("pam", "Pam", frozenset({"people"}))


def earlier(wiki: Wiki, text: str, by: Actor = MODERATOR, **options: int) -> Searched:
    with wiki.read() as connection:
        return search_earlier(connection, wiki.id, by, text, **options)


def numbers(found: Searched) -> dict[str, tuple[int, ...]]:
    return {one.path: one.numbers for one in found.pages}


def test_a_word_that_was_taken_out_is_still_found(wiki: Wiki) -> None:
    save(wiki, "notes", "The word was  Éléphant then.\n")
    save(wiki, "notes", "The elephant grew.\n", base=1)
    save(wiki, "notes", "Giraffe.\n", base=2)

    found = earlier(wiki, "ELEPHANT")

    assert numbers(found) == {"notes": (2, 1)}
    assert found.pages[0].around == "The elephant grew."
    assert (found.revisions, found.before) == (3, None)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("grey elephants", True),
        ('"big elephant"', True),
        ('"elephant big"', False),
        ("elephant -grey", False),
        ("eleph* big", True),
        ("giraffe", False),
        ("-elephant", False),
        ("", False),
        ('"', False),
    ],
)
def test_all_words_must_be_there(wiki: Wiki, text: str, is_found: bool) -> None:
    save(wiki, "notes", "A\nbig\nelephant, and grey elephants.\n")

    assert bool(earlier(wiki, text).pages) == is_found


def test_comments_and_deleted_pages_are_found(wiki: Wiki) -> None:
    save(wiki, "spam", "Buy pills.\n")
    with wiki.begin(WRITER) as tx:
        save_page(tx, Edit("spam", "Buy more pills.\n", comment="cheaper now", base=1))
        delete_page(tx, "spam")

    assert numbers(earlier(wiki, "cheaper")) == {"spam": (2,)}
    found = earlier(wiki, "pills").pages[0]
    assert (found.deleted, found.numbers) == (True, (3, 2, 1))


def test_only_those_who_look_after_a_page_find_its_history(wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people", "moderators"), writers=("people",), reviewers=("people",))
    save(wiki, "hr/pay", "canary\n", by=PEOPLE)
    save(wiki, "open", "canary\n")

    assert numbers(earlier(wiki, "canary", by=PEOPLE)) == {"hr/pay": (1,)}
    assert numbers(earlier(wiki, "canary")) == {"open": (1,)}
    assert earlier(wiki, "canary", by=READER).revisions == 0


def test_what_is_hidden_is_not_read(wiki: Wiki) -> None:
    save(wiki, "notes", "canary\n")
    review = next(one for one in open_reviews(wiki) if one.path == "notes")
    answer(wiki, look(wiki, review.id), Verdict.HIDE, reason="abuse")

    assert earlier(wiki, "canary").pages == ()


def test_a_stretch_at_a_time_reads_everything_once(wiki: Wiki) -> None:
    for number in range(7):
        save(wiki, f"page{number}", "canary\n")
    seen: list[str] = []
    before: int | None = 2**53

    while before is not None:
        found = earlier(wiki, "canary", before=before, step=3)
        seen += [one.path for one in found.pages]
        before = found.before

    assert seen == [f"page{number}" for number in reversed(range(7))]


def test_words_are_read_as_people_type_them() -> None:
    words = Words.of('Fire “Wet  Water” -dry -"old ice" evac*')

    assert words == Words(wanted=("fire", "wet water", "evac"), unwanted=("dry", "old ice"))
