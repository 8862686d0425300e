"""Suggestions: what a few letters may mean, of pages one may read at this moment, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.moderation.policy import Verdict
from kbwiki.pages.actions import Edit, save_page
from kbwiki.pages.actions.delete import delete_page
from kbwiki.pages.actions.move import move_page
from kbwiki.search.suggesting import Suggested, suggest
from kbwiki.search.words.beginnings import is_near, keys_of, openings
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, answer, look, make_space, open_reviews, save

INSIDER = Actor("ines", "Ines", frozenset({"insiders"}))


def texts(wiki: Wiki, typed: str, *, by: Actor = READER, limit: int = 8) -> list[str]:
    return [one.text for one in wiki.search.suggest(by, typed, limit=limit)]


@pytest.fixture
def library(wiki: Wiki) -> Wiki:
    """A few pages about windows and ladders."""
    save(wiki, "sdl/size", "# Remarks\n\n## Thread safety\n\nText.\n", title="SDL_GetWindowSize", tags=("video",))
    save(wiki, "ladders", "## Before you climb\n\nText.\n", title="How to set up a ladder", tags=("working at height",))
    save(wiki, "cafe", "Text.\n", title="Das Café in der Straße")
    save(wiki, "tokyo", "Text.\n", title="東京の地図")
    return wiki


def test_an_identifier_is_suggested_by_the_beginning_of_each_of_its_parts(library: Wiki) -> None:
    for typed in ("sdl_g", "getwindowsize", "GetWindow", "window size", "windows", "size", "SDL get"):
        assert texts(library, typed)[0] == "SDL_GetWindowSize", typed


def test_a_title_is_suggested_by_the_beginning_of_each_of_its_words(library: Wiki) -> None:
    for typed in ("how", "lad", "set up", "ladder", "ladder how", "up a l"):
        assert texts(library, typed)[0] == "How to set up a ladder", typed


def test_one_slip_of_the_finger_does_not_matter(library: Wiki) -> None:
    for typed in ("laddr", "lader", "lsdder", "laddder", "aldder", "kadder", "up laddr"):
        assert texts(library, typed)[0] == "How to set up a ladder", typed
    for typed in ("windwo", "getwindwsize", "sdl_getwinodws"):
        assert texts(library, typed)[0] == "SDL_GetWindowSize", typed


def test_two_slips_mean_something_else(library: Wiki) -> None:
    assert texts(library, "lxddxr") == []
    assert texts(library, "lax") == []


def test_case_and_accents_do_not_matter(library: Wiki) -> None:
    for typed in ("cafe", "CAFÉ", "strasse", "straße", "cfae"):
        assert texts(library, typed)[0] == "Das Café in der Straße", typed


def test_scripts_without_spaces_are_found_at_each_character(library: Wiki) -> None:
    assert texts(library, "地図") == texts(library, "東京") == ["東京の地図"]


def test_headings_lead_to_their_place_and_tags_to_their_pages(library: Wiki) -> None:
    (heading,) = library.search.suggest(READER, "climb")
    (tag,) = library.search.suggest(READER, "height")

    assert (heading.kind, heading.text, heading.path) == (Suggested.HEADING, "Before you climb", "ladders")
    assert heading.title == "How to set up a ladder"
    assert heading.anchor is not None
    assert heading.anchor.endswith("before-you-climb")
    assert (tag.kind, tag.text, tag.path) == (Suggested.TAG, "working at height", "")


def test_the_exact_title_is_first_then_titles_that_more_pages_link_to_then_headings_then_tags(wiki: Wiki) -> None:
    for name in ("Planning", "Plans", "Plan", "Our plan"):
        save(wiki, name.lower().replace(" ", "-"), "x\n", title=name, tags=("plan b",))
    save(wiki, "links", "[[planning]] [[our-plan]]\n\n## Plan for the day\n", title="Links")
    save(wiki, "more", "[[our-plan]] [[our-plan]]\n", title="More")
    for number in range(4):
        save(wiki, f"also-{number}", "[[our-plan]]\n", title=f"Also {number}")

    assert texts(wiki, "plan") == ["Plan", "Our plan", "Planning", "Plans", "Plan for the day", "plan b"]


def test_titles_do_not_crowd_out_headings_and_tags(wiki: Wiki) -> None:
    for number in range(12):
        save(wiki, f"page-{number}", "## Windmills\n\nx\n", title=f"Window {number}", tags=("windy",))

    kinds = [one.kind for one in wiki.search.suggest(READER, "wind", limit=8)]

    assert kinds == [Suggested.PAGE] * 6 + [Suggested.HEADING, Suggested.TAG]


def test_a_heading_that_every_page_has_is_suggested_for_a_few_of_them_only(wiki: Wiki) -> None:
    for number in range(12):
        save(wiki, f"page-{number}", "## Remarks\n\nx\n", title=f"Window {number}")

    assert texts(wiki, "remarks", limit=20) == ["Remarks"] * 5


def test_what_was_just_saved_is_suggested_and_what_it_replaced_is_not(library: Wiki) -> None:
    save(library, "ladders", "## After the climb\n\nx\n", title="Stepladders", tags=(), base=1)

    assert texts(library, "stepl") == ["Stepladders"]
    assert texts(library, "after") == ["After the climb"]
    assert texts(library, "how to set") == texts(library, "before you") == texts(library, "height") == []


def test_a_moved_page_is_suggested_where_it_is(library: Wiki) -> None:
    with library.begin(SECOND_WRITER) as tx:
        move_page(tx, "ladders", "safety/ladders")

    assert [one.path for one in library.search.suggest(READER, "ladder")] == ["safety/ladders"]


def test_a_deleted_page_is_gone_with_its_headings_and_tags(library: Wiki) -> None:
    with library.begin(SECOND_WRITER) as tx:
        delete_page(tx, "ladders")

    assert texts(library, "ladder") == texts(library, "climb") == texts(library, "height") == []


def leave_behind(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let suggestions take in nothing more, as when the database is busy all the time."""
    wiki.catch_up_suggestions()
    monkeypatch.setattr("kbwiki.search.finding.take_in_a_little", lambda *_: None)


def test_hidden_words_are_gone_though_suggestions_are_late(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    save(wiki, "plan", "x\n", title="Plan")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), Verdict.APPROVE)
    save(wiki, "plan", "## Canary heading\n", title="Canary title", tags=("canary tag",), base=1)
    assert len(texts(wiki, "canary")) == 3
    leave_behind(wiki, monkeypatch)

    answer(wiki, look(wiki, open_reviews(wiki)[0].id), Verdict.HIDE, reason="private")

    assert texts(wiki, "canary", by=MODERATOR) == texts(wiki, "canry", by=MODERATOR) == []


def test_a_closed_space_betrays_nothing_though_suggestions_are_late(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(wiki, "hr/pay", "## Canary heading\n", title="Canary title", tags=("canary tag",))
    wiki.catch_up_suggestions()
    leave_behind(wiki, monkeypatch)

    make_space(wiki, "hr", readers=("insiders",), writers=("insiders",), reviewers=("insiders",))

    for typed in ("canary", "canary t", "heading", "canray", "cnary", "xcanary", "tag canary"):
        for nobody in (READER, ANONYMOUS, MODERATOR):
            assert texts(wiki, typed, by=nobody) == []
        assert texts(wiki, typed, by=INSIDER) != []


def test_a_late_row_never_says_what_its_page_says_no_more(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    save(wiki, "plan", "## Canary heading\n", title="Canary title", tags=("canary tag",))
    leave_behind(wiki, monkeypatch)

    with wiki.begin(SECOND_WRITER) as tx:
        save_page(tx, Edit("plan", "x\n", title="Plan", tags=(), base=1))

    assert texts(wiki, "canary") == []


def test_nothing_that_is_typed_is_an_error(library: Wiki) -> None:
    odd = ("", "  ", "_", "%", "'\"; DROP", "\x00", "x\x00y", "\ud800", "x\ud800y", "😀", "\u0301")
    for typed in (*odd, "q" * 5000, "q " * 3000):
        assert library.search.suggest(READER, typed, limit=8) == (), repr(typed)


def test_suggesting_takes_two_queries_at_most(library: Wiki) -> None:
    library.catch_up_suggestions()
    asked: list[str] = []
    with library.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert suggest(connection, library.id, READER, "laddre")
    assert len(asked) == 2


def test_a_second_reading_of_the_journal_changes_nothing(library: Wiki) -> None:
    assert library.catch_up_suggestions() > 0
    assert library.catch_up_suggestions() == 0


def test_the_openings_hold_every_single_slip_within_the_first_letters() -> None:
    for meant in ("ladder", "windowsize", "cafes", "улицы"):
        for typed in (meant[1:], meant[:2] + meant[3:], meant[:2] + "e" + meant[2:], meant[1] + meant[0] + meant[2:]):
            assert is_near(typed, meant)
            assert any(meant.startswith(opening) for opening in openings(typed)), (typed, meant)


def test_keys_are_short_few_and_the_whole_is_first() -> None:
    keys = keys_of("the quick brown fox " * 50)

    assert keys[0].startswith("thequickbrown")
    assert len(keys) <= 12
    assert max(map(len, keys)) <= 48
