"""Links between pages: followed through the journal, and written anew so that each leads where it led."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select

from kbwiki.journal.tail import cursor_of, last_position
from kbwiki.markup import parse
from kbwiki.pages.actions import delete_page, move_page
from kbwiki.pages.links import CONSUMER, Moves, relink, take_in_links
from kbwiki.pages.models import Page, PageLink
from kbwiki.pages.paths import locate, look_alike
from kbwiki.testing import SECOND_WRITER, WRITER, make_space, save
from kbwiki.wiki import Wiki


def links(wiki: Wiki) -> set[tuple[str, str]]:
    """Every link the wiki knows of, as (path of the page, target)."""
    with wiki.read() as connection:
        rows = connection.execute(select(Page.path, PageLink.target).join(Page, Page.id == PageLink.page_id))
        return {(row.path, row.target) for row in rows}


def test_links_are_taken_in_by_reading_the_journal(wiki: Wiki) -> None:
    save(wiki, "a/one", "[[two]] [[two]] [x](../b/three) [[/four]] [out](https://example.org) [[one]] [[#top]]\n")
    assert links(wiki) == set()
    assert wiki.catch_up_links() == 1
    assert links(wiki) == {("a/one", "a/two"), ("a/one", "b/three"), ("a/one", "four")}
    assert wiki.catch_up_links() == 0


def test_links_follow_edits(wiki: Wiki) -> None:
    save(wiki, "one", "[[two]] [[three]]\n")
    wiki.catch_up_links()
    save(wiki, "one", "[[three]] [[four]]\n", base=1)
    wiki.catch_up_links()
    assert links(wiki) == {("one", "three"), ("one", "four")}


def test_links_go_with_a_deleted_page_and_come_back_with_it(wiki: Wiki) -> None:
    save(wiki, "one", "[[two]]\n")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "one")
    wiki.catch_up_links()
    assert links(wiki) == set()
    save(wiki, "one", "[[two]] again\n")
    wiki.catch_up_links()
    assert links(wiki) == {("one", "two")}


def test_relative_links_are_counted_from_where_the_page_is_now(wiki: Wiki) -> None:
    save(wiki, "a/one", "[[missing]]\n")
    wiki.catch_up_links()
    with wiki.begin(WRITER) as tx:
        move_page(tx, "a/one", "b/one")
    wiki.catch_up_links()
    assert links(wiki) == {("b/one", "a/missing")}


def test_links_are_taken_in_step_by_step(wiki: Wiki) -> None:
    for number in range(5):
        save(wiki, f"page-{number}", f"[[target-{number}]]\n")
    steps = []
    while not steps or steps[-1]:
        with wiki.database.write() as connection:
            steps.append(take_in_links(connection, wiki.id, most=2))
    assert steps == [2, 2, 1, 0]
    assert len(links(wiki)) == 5
    with wiki.read() as connection:
        assert cursor_of(connection, wiki.id, CONSUMER) == last_position(connection, wiki.id)


def test_a_page_without_links_has_none(wiki: Wiki) -> None:
    save(wiki, "one", "`[[two]]` https://example.org mailto:x@example.org [x](#y) [z](//example.org/z)\n")
    wiki.catch_up_links()
    assert links(wiki) == set()


def test_entries_about_other_subjects_are_passed_over(wiki: Wiki) -> None:
    make_space(wiki, "a", title="A")
    save(wiki, "a/one", "[[two]]\n", by=SECOND_WRITER)
    assert wiki.catch_up_links() == 2
    assert links(wiki) == {("a/one", "a/two")}


NAMES = ["a", "b", "A-b", "a b", "c"]
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
TARGETS = st.one_of(PATHS, PATHS.map(lambda path: f"../{path}"), PATHS.map(lambda path: f"./{path}"))
WIKI_LINKS = st.tuples(TARGETS, st.sampled_from(["", "|label", "#part", "#part|label"])).map(
    lambda parts: f"[[{parts[0]}{parts[1]}]]"
)
MARKDOWN_LINKS = TARGETS.map(lambda target: f"[label](<{target}>)")
TEXTS = st.lists(st.one_of(WIKI_LINKS, MARKDOWN_LINKS, st.sampled_from(["words", "\n\n", "`[[a]]`"])), max_size=6).map(
    " ".join
)


def led_to(text: str, page: str) -> list[str | None]:
    return [locate(link.target, link.style, page) for link in parse(text).links]


@given(text=TEXTS, was_at=PATHS, is_at=PATHS)
def test_links_of_a_page_that_moved_lead_where_they_led(text: str, was_at: str, is_at: str) -> None:
    before = led_to(text, was_at)
    assume(None not in before)
    after = led_to(relink(text, was_at, is_at, Moves({was_at: is_at}, {})), is_at)
    assert set(after) == {is_at if path == was_at else path for path in before}


@given(text=TEXTS, page=PATHS, old=PATHS, new=PATHS)
def test_links_to_a_page_that_moved_lead_to_its_new_place_and_no_others_change(
    text: str, page: str, old: str, new: str
) -> None:
    assume(page != old)
    before = led_to(text, page)
    after = led_to(relink(text, page, page, Moves({old: new}, {look_alike(old): new})), page)
    follow = {path: new if path is not None and look_alike(path) == look_alike(old) else path for path in before}
    assert set(after) == set(follow.values())


@given(text=TEXTS, page=PATHS)
def test_a_text_whose_links_all_lead_where_they_led_is_not_written_anew(text: str, page: str) -> None:
    assert relink(text, page, page, Moves({"somewhere/else": "x"}, {"somewhere/else": "x"})) == text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("old", "new"), ("OLD", "new"), ("a/old", "a/old"), ("SDL_Log", "Log"), ("SDL_LOG", "SDL_LOG")],
)
def test_moves_are_followed_exactly_or_where_only_one_page_can_be_meant(path: str, leads_to: str) -> None:
    moves = Moves({"old": "new", "SDL_Log": "Log"}, {"old": "new"})
    assert moves.follow(path) == leads_to
