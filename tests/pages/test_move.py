"""Moving: the whole subtree goes, old addresses and links go on working, and look-alikes are left alone."""

from __future__ import annotations

import pytest

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.pages.actions import Edit, Moved, delete_page, move_page, save_page
from kbwiki.pages.queries.history import history
from kbwiki.pages.queries.lists import backlinks
from kbwiki.pages.queries.view import find_address, find_page, get_page
from kbwiki.testing import ADMIN, READER, SECOND_WRITER, WRITER, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki

INSIDER = Actor("insider", "Ines Insider", frozenset({"staff", "insiders"}))


def moved(wiki: Wiki, path: str, new_path: str, *, by: Actor = WRITER, comment: str = "") -> Moved:
    with wiki.begin(by) as tx:
        return move_page(tx, path, new_path, comment=comment)


def leads_to(wiki: Wiki, path: str, by: Actor = READER) -> str | None:
    """Where somebody who asks for `path` ends up."""
    with wiki.read() as connection:
        page = find_page(connection, wiki.id, path, by)
        return page.path if page is not None else find_address(connection, wiki.id, path, by)


def number_of(wiki: Wiki, path: str) -> int:
    with wiki.read() as connection:
        return get_page(connection, wiki.id, path, ADMIN).number


def test_a_page_is_at_its_new_address_and_the_old_one_leads_there(wiki: Wiki) -> None:
    save(wiki, "old/page", "Text.\n")
    outcome = moved(wiki, "old/page", "new/place", comment="it fits better here")
    assert outcome == Moved({"old/page": "new/place"}, (), 0)
    assert read(wiki, "new/place") == "Text.\n"
    assert leads_to(wiki, "old/page") == "new/place"
    with wiki.read() as connection:
        assert find_page(connection, wiki.id, "old/page", READER) is None
        line = history(connection, 1, 9, 9)[0]
    assert (line.kind, line.number, line.comment, line.author) == ("move", 2, "it fits better here", WRITER.name)


def test_a_title_that_repeats_the_address_follows_it_and_any_other_stays(wiki: Wiki) -> None:
    save(wiki, "a/plain", "x\n")
    save(wiki, "a/titled", "x\n", title="A title")
    moved(wiki, "a/plain", "b/simple")
    moved(wiki, "a/titled", "b/named")
    with wiki.read() as connection:
        assert get_page(connection, wiki.id, "b/simple", READER).title == "simple"
        assert get_page(connection, wiki.id, "b/named", READER).title == "A title"


def test_everything_below_a_page_moves_with_it(wiki: Wiki) -> None:
    for path in ("a", "a/b", "a/b/c", "a-b", "a0", "ab/c", "z"):
        save(wiki, path, f"{path}\n")
    outcome = moved(wiki, "a", "x/y")
    assert outcome.pages == {"a": "x/y", "a/b": "x/y/b", "a/b/c": "x/y/b/c"}
    assert read(wiki, "x/y/b/c") == "a/b/c\n"
    for path in ("a-b", "a0", "ab/c", "z"):
        assert leads_to(wiki, path) == path
    for old, new in outcome.pages.items():
        assert leads_to(wiki, old) == new


def test_deleted_pages_below_stay_where_they_were(wiki: Wiki) -> None:
    save(wiki, "a", "a\n")
    save(wiki, "a/gone", "gone\n")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "a/gone")
    assert moved(wiki, "a", "b").pages == {"a": "b"}


@pytest.mark.parametrize("order", [("a/a", "a/a/a", "a/a/a/a"), ("a/a/a/a", "a/a/a", "a/a")])
def test_a_family_can_move_one_step_up_over_its_own_old_places(wiki: Wiki, order: tuple[str, ...]) -> None:
    for path in order:
        save(wiki, path, f"{path}\n")
    outcome = moved(wiki, "a/a", "a")
    assert outcome.pages == {"a/a": "a", "a/a/a": "a/a", "a/a/a/a": "a/a/a"}
    assert (read(wiki, "a"), read(wiki, "a/a"), read(wiki, "a/a/a")) == ("a/a\n", "a/a/a\n", "a/a/a/a\n")


def test_an_address_leads_on_through_every_later_move(wiki: Wiki) -> None:
    save(wiki, "one", "x\n")
    moved(wiki, "one", "two")
    moved(wiki, "two", "three/four")
    moved(wiki, "three/four", "five")
    for path in ("one", "two", "three/four", "five"):
        assert leads_to(wiki, path) == "five"


def test_a_page_can_move_back_to_where_it_was(wiki: Wiki) -> None:
    save(wiki, "one", "x\n")
    moved(wiki, "one", "two")
    moved(wiki, "two", "one")
    assert leads_to(wiki, "one") == "one"
    assert leads_to(wiki, "two") == "one"
    with wiki.read() as connection:
        assert find_page(connection, wiki.id, "one", READER) is not None


def test_two_pages_can_change_places_and_each_address_shows_who_lives_there(wiki: Wiki) -> None:
    save(wiki, "left", "L\n")
    save(wiki, "right", "R\n")
    moved(wiki, "left", "aside")
    moved(wiki, "right", "left")
    moved(wiki, "aside", "right")
    assert (read(wiki, "left"), read(wiki, "right")) == ("R\n", "L\n")
    assert leads_to(wiki, "aside") == "right"


def test_an_old_address_leads_to_the_page_that_left_it_last(wiki: Wiki) -> None:
    save(wiki, "desk", "First.\n")
    moved(wiki, "desk", "first")
    save(wiki, "desk", "Second.\n")
    moved(wiki, "desk", "second")
    assert leads_to(wiki, "desk") == "second"


def test_links_in_other_pages_are_rewritten_as_revisions_by_the_mover(wiki: Wiki) -> None:
    save(wiki, "old", "Here.\n")
    save(wiki, "reader", "See [[old]], [[old|the old one]] and [it](old).\n", by=SECOND_WRITER)
    outcome = moved(wiki, "old", "new/place")
    assert outcome.relinked == ("reader",)
    assert read(wiki, "reader") == "See [[new/place]], [[new/place|the old one]] and [it](new/place).\n"
    with wiki.read() as connection:
        line = history(connection, get_page(connection, wiki.id, "reader", READER).id, 9, 9)[0]
    assert (line.kind, line.author, line.number) == ("relink", WRITER.name, 2)
    assert "old" in line.comment
    assert "new/place" in line.comment


def test_rewritten_links_are_reviewed_like_any_change(wiki: Wiki) -> None:
    save(wiki, "old", "Here.\n")
    save(wiki, "reader", "See [[old]].\n")
    moved(wiki, "old", "new")
    assert {line.path: line.head for line in open_reviews(wiki)} == {"new": 2, "reader": 2}


def test_links_with_sections_keep_them(wiki: Wiki) -> None:
    save(wiki, "old", "# Part\n")
    save(wiki, "reader", "[[old#part|there]] and [there](old#part)\n")
    moved(wiki, "old", "new")
    assert read(wiki, "reader") == "[[new#part|there]] and [there](new#part)\n"


def test_text_that_only_looks_like_a_link_is_left_alone(wiki: Wiki) -> None:
    text = "`[[old]]` and\n\n```\n[[old]]\n```\n\nold, [old](https://example.org/old)\n"
    save(wiki, "old", "Here.\n")
    save(wiki, "reader", text + "[[old]]\n")
    moved(wiki, "old", "new")
    assert read(wiki, "reader") == text + "[[new]]\n"


def test_links_of_a_moved_page_still_lead_where_they_led(wiki: Wiki) -> None:
    save(wiki, "a/friend", "x\n")
    save(wiki, "elsewhere/c", "x\n")
    save(wiki, "a/page", "[[friend]] [f](friend) [[elsewhere/c]] [c](../elsewhere/c) [[missing]] [[#top]]\n")
    moved(wiki, "a/page", "b/c/page")
    assert read(wiki, "b/c/page") == (
        "[[a/friend]] [f](../../a/friend) [[elsewhere/c]] [c](../../elsewhere/c) [[a/missing]] [[#top]]\n"
    )


def test_links_between_pages_that_move_together_stay_as_short_as_they_were(wiki: Wiki) -> None:
    save(wiki, "a", "[[a/one]] [one](a/one)\n")
    save(wiki, "a/one", "[[two]] [two](two) [up](../a)\n")
    save(wiki, "a/two", "[[one]]\n")
    outcome = moved(wiki, "a", "b")
    assert outcome.relinked == ()
    assert read(wiki, "b") == "[[b/one]] [one](b/one)\n"
    assert read(wiki, "b/one") == "[[two]] [two](two) [up](../b)\n"
    assert read(wiki, "b/two") == "[[one]]\n"
    assert number_of(wiki, "b/one") == 2


def test_a_page_that_links_to_itself_goes_on_doing_so(wiki: Wiki) -> None:
    save(wiki, "a/page", "[[page]] and [[a/page]] and [me](page)\n")
    moved(wiki, "a/page", "b/other")
    assert read(wiki, "b/other") == "[[other]] and [[other]] and [me](other)\n"


def test_a_link_that_means_a_page_by_another_spelling_follows_it(wiki: Wiki) -> None:
    save(wiki, "Travel-Guide", "x\n")
    save(wiki, "reader", "[[travel guide]]\n")
    moved(wiki, "Travel-Guide", "guides/travel")
    assert read(wiki, "reader") == "[[guides/travel]]\n"


def test_links_to_a_look_alike_page_are_untouched(wiki: Wiki) -> None:
    save(wiki, "SDL3/SDL_Log", "A function.\n")
    save(wiki, "SDL3/SDL_LOG", "A macro.\n")
    save(wiki, "reader", "[[SDL3/SDL_Log]] [[SDL3/SDL_LOG]]\n")
    outcome = moved(wiki, "SDL3/SDL_Log", "SDL3/Log")
    assert outcome.pages == {"SDL3/SDL_Log": "SDL3/Log"}
    assert read(wiki, "reader") == "[[SDL3/Log]] [[SDL3/SDL_LOG]]\n"
    assert read(wiki, "SDL3/SDL_LOG") == "A macro.\n"


def test_a_link_that_could_have_meant_either_of_two_look_alikes_is_untouched(wiki: Wiki) -> None:
    save(wiki, "SDL_Log", "A function.\n")
    save(wiki, "SDL_LOG", "A macro.\n")
    save(wiki, "reader", "[[sdl_log]]\n")
    moved(wiki, "SDL_Log", "Log")
    assert read(wiki, "reader") == "[[sdl_log]]\n"


def test_look_alikes_that_move_together_keep_their_links_apart(wiki: Wiki) -> None:
    save(wiki, "SDL3/SDL_Log", "A function.\n")
    save(wiki, "SDL3/SDL_LOG", "A macro.\n")
    save(wiki, "SDL3", "[[SDL3/SDL_Log]] [[SDL3/SDL_LOG]]\n")
    save(wiki, "reader", "[[SDL3/SDL_LOG]] [[SDL3/SDL_Log]]\n")
    moved(wiki, "SDL3", "SDL4")
    assert read(wiki, "SDL4") == "[[SDL4/SDL_Log]] [[SDL4/SDL_LOG]]\n"
    assert read(wiki, "reader") == "[[SDL4/SDL_LOG]] [[SDL4/SDL_Log]]\n"


def test_a_page_can_move_to_a_spelling_that_looks_like_its_own(wiki: Wiki) -> None:
    save(wiki, "travel guide", "x\n")
    save(wiki, "reader", "[[travel guide]]\n")
    moved(wiki, "travel guide", "Travel-Guide")
    assert leads_to(wiki, "travel guide") == "Travel-Guide"
    assert read(wiki, "reader") == "[[Travel-Guide]]\n"


def test_links_saved_in_the_same_transaction_as_the_move_follow_it(wiki: Wiki) -> None:
    save(wiki, "old", "x\n")
    with wiki.begin(WRITER) as tx:
        save_page(tx, Edit("reader", "[[old]]\n"))
        move_page(tx, "old", "new")
    assert read(wiki, "reader") == "[[new]]\n"


def test_two_moves_in_one_transaction_both_take_the_links_along(wiki: Wiki) -> None:
    save(wiki, "one", "x\n")
    save(wiki, "reader", "[[one]]\n")
    wiki.catch_up_links()
    with wiki.begin(WRITER) as tx:
        move_page(tx, "one", "two")
        move_page(tx, "two", "three")
    assert read(wiki, "reader") == "[[three]]\n"


def test_links_are_known_to_the_move_even_if_no_consumer_has_read_them(wiki: Wiki) -> None:
    for number in range(5):
        save(wiki, f"reader-{number}", f"{number}: [[old]]\n")
    save(wiki, "old", "x\n")
    assert moved(wiki, "old", "new").relinked == tuple(f"reader-{number}" for number in range(5))
    wiki.catch_up_links()
    with wiki.read() as connection:
        assert len(backlinks(connection, wiki.id, "new", READER)) == 5


def test_a_path_with_brackets_is_linked_by_its_old_address(wiki: Wiki) -> None:
    save(wiki, "old", "x\n")
    save(wiki, "reader", "[[old]]\n")
    moved(wiki, "old", "new [draft]")
    assert read(wiki, "reader") == "[[old]]\n"
    assert leads_to(wiki, "old") == "new [draft]"


def test_a_taken_path_is_refused_and_nothing_moves(wiki: Wiki) -> None:
    save(wiki, "a", "a\n")
    save(wiki, "a/b", "b\n")
    save(wiki, "x/b", "taken\n")
    for target in ("x/b", "x"):
        with pytest.raises(Conflict) as raised:
            moved(wiki, "a", target)
        assert "x/b" in str(raised.value)
    assert (read(wiki, "a"), read(wiki, "a/b"), read(wiki, "x/b")) == ("a\n", "b\n", "taken\n")
    assert number_of(wiki, "a") == 1


def test_the_place_of_a_deleted_page_is_free(wiki: Wiki) -> None:
    save(wiki, "a", "a\n")
    save(wiki, "b", "b\n")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "b")
    moved(wiki, "a", "b")
    assert read(wiki, "b") == "a\n"


@pytest.mark.parametrize("target", ["a/b", "a/x", "a/a", "a/b/c/d"])
def test_a_page_cannot_move_below_itself(wiki: Wiki, target: str) -> None:
    save(wiki, "a", "a\n")
    save(wiki, "a/b", "b\n")
    with pytest.raises(Invalid) as raised:
        moved(wiki, "a", target)
    assert raised.value.field == "path"
    assert read(wiki, "a/b") == "b\n"


@pytest.mark.parametrize("target", ["a", " /a/ ", "..", "-/search", ""])
def test_a_move_to_nowhere_is_refused(wiki: Wiki, target: str) -> None:
    save(wiki, "a", "a\n")
    with pytest.raises(Invalid):
        moved(wiki, "a", target)


def test_a_move_that_would_make_an_address_too_long_is_refused(wiki: Wiki) -> None:
    save(wiki, "a", "a\n")
    deep = "/".join(["x" * 150] * 4)
    save(wiki, f"a/{deep}", "deep\n")
    with pytest.raises(Invalid):
        moved(wiki, "a", "/".join(["y" * 150] * 4))
    assert read(wiki, f"a/{deep}") == "deep\n"


def test_a_page_that_is_not_there_cannot_be_moved(wiki: Wiki) -> None:
    with pytest.raises(NotFound):
        moved(wiki, "nothing", "something")


def test_a_move_needs_the_right_to_write_at_both_ends(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    editor = Actor("ed", "Ed", frozenset({"editors"}))
    save(wiki, "rules/one", "x\n", by=editor)
    save(wiki, "free", "x\n")
    with pytest.raises(Forbidden):
        moved(wiki, "rules/one", "here")
    with pytest.raises(Forbidden):
        moved(wiki, "free", "rules/two")
    moved(wiki, "rules/one", "here", by=editor)


def test_a_page_below_that_is_not_the_movers_to_write_stops_the_move(wiki: Wiki) -> None:
    make_space(wiki, "a/rules", writers=("editors",))
    save(wiki, "a", "a\n")
    save(wiki, "a/rules/one", "x\n", by=Actor("ed", "Ed", frozenset({"editors"})))
    with pytest.raises(Forbidden) as raised:
        moved(wiki, "a", "b")
    assert "a/rules/one" in str(raised.value)
    assert read(wiki, "a") == "a\n"


def test_a_page_below_that_the_mover_cannot_see_stays_and_is_not_spoken_of(wiki: Wiki) -> None:
    make_space(wiki, "a/closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "a", "a\n")
    save(wiki, "a/closed/one", "x\n", by=INSIDER)
    assert moved(wiki, "a", "b").pages == {"a": "b"}
    assert read(wiki, "a/closed/one", by=INSIDER) == "x\n"


def test_a_page_below_cannot_be_slipped_into_a_closed_space_by_moving_the_page_above(wiki: Wiki) -> None:
    make_space(wiki, "team/closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "own", "x\n")
    save(wiki, "own/closed/letter", "Slipped in.\n")
    with pytest.raises(NotFound):
        moved(wiki, "own", "team")
    with wiki.read() as connection:
        assert find_page(connection, wiki.id, "team/closed/letter", INSIDER) is None
    assert read(wiki, "own/closed/letter") == "Slipped in.\n"


def test_whether_a_closed_path_is_taken_is_not_told_by_a_move(wiki: Wiki) -> None:
    make_space(wiki, "team/closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "team/closed/letter", "Confidential.\n", by=INSIDER)
    save(wiki, "own", "x\n")
    save(wiki, "own/closed/letter", "A probe.\n")
    save(wiki, "other", "x\n")
    save(wiki, "other/closed/postcard", "Another probe.\n")
    said = set()
    for path, probe in (("own", "letter"), ("other", "postcard")):
        with pytest.raises(NotFound) as raised:
            moved(wiki, path, "team")
        said.add(str(raised.value).replace(probe, "…"))
    assert len(said) == 1


def test_links_on_pages_the_mover_may_not_write_stay_and_are_counted(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    save(wiki, "old", "x\n")
    save(wiki, "rules/one", "[[/old]]\n", by=Actor("ed", "Ed", frozenset({"editors"})))
    outcome = moved(wiki, "old", "new")
    assert (outcome.relinked, outcome.left) == ((), 1)
    assert read(wiki, "rules/one") == "[[/old]]\n"
    assert leads_to(wiki, "old") == "new"


def test_links_on_pages_the_mover_cannot_see_are_not_counted(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "old", "x\n")
    save(wiki, "closed/one", "[[/old]]\n", by=INSIDER)
    outcome = moved(wiki, "old", "new")
    assert (outcome.relinked, outcome.left) == ((), 0)
    assert read(wiki, "closed/one", by=INSIDER) == "[[/old]]\n"


def test_a_page_is_filed_in_the_space_it_moved_to(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "open", "x\n", by=INSIDER)
    save(wiki, "open/below", "y\n", by=INSIDER)
    moved(wiki, "open", "closed/page", by=INSIDER)
    for path in ("closed/page", "closed/page/below", "open"):
        assert leads_to(wiki, path, READER) is None
    assert leads_to(wiki, "open", INSIDER) == "closed/page"
    moved(wiki, "closed/page", "open", by=INSIDER)
    assert read(wiki, "open/below") == "y\n"


def test_many_pages_move_at_once(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        save_page(tx, Edit("a", "top\n"))
        for number in range(60):
            save_page(tx, Edit(f"a/{number:02}", f"[[{(number + 1) % 60:02}]] [[/outside]]\n"))
        save_page(tx, Edit("outside", "".join(f"[[a/{number:02}]]\n" for number in range(60))))
    outcome = moved(wiki, "a", "b")
    assert len(outcome.pages) == 61
    assert read(wiki, "outside") == "".join(f"[[b/{number:02}]]\n" for number in range(60))
    assert read(wiki, "b/07") == "[[08]] [[/outside]]\n"
    assert wiki.verify().intact
