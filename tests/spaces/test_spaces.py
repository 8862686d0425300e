"""Spaces in a wiki: who may set them up, and that pages and rights follow at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from kbwiki.actors import ADMINS, ANONYMOUS, SYSTEM, Actor
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.journal.tail import entries_after
from kbwiki.pages.actions import Edit, delete_page, move_page, save_page
from kbwiki.pages.queries.view import find_deleted, find_page
from kbwiki.settings import Settings
from kbwiki.spaces.policy import Right, SpaceSettings
from kbwiki.spaces.queries import find_space, get_space, has_right, list_spaces, readable_spaces, responsible_groups
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki

INSIDER = Actor("insider", "Ines Insider", frozenset({"insiders"}))
CLOSED: dict[str, Any] = {"readers": ("insiders",), "writers": ("insiders",)}


def sees(wiki: Wiki, path: str, by: Actor) -> bool:
    with wiki.read() as connection:
        return find_page(connection, wiki.id, path, by) is not None


def may(wiki: Wiki, path: str, right: Right, by: Actor) -> bool:
    with wiki.read() as connection:
        return has_right(connection, find_space(connection, wiki.id, path), right, by)


def test_a_new_wiki_has_a_root_space_from_its_settings(wiki: Wiki) -> None:
    with wiki.read() as connection:
        (root,) = list_spaces(connection, wiki.id, READER)
    assert (root.path, root.title) == ("", "Wiki")
    assert (root.settings.readers, root.settings.writers, root.settings.reviewers) == (
        ("everyone",),
        ("signed-in",),
        None,
    )
    assert root.reviewers == ("moderators",)


def test_only_administrators_set_up_spaces(wiki: Wiki) -> None:
    for actor in (ANONYMOUS, WRITER, MODERATOR, Actor("x", "X", frozenset({"Admins", "admin"}))):
        with pytest.raises(Forbidden), wiki.begin(actor) as tx:
            wiki.set_space(tx, "a", SpaceSettings())
    for actor in (ADMIN, SYSTEM, Actor("x", "X", frozenset({ADMINS}))):
        with wiki.begin(actor) as tx:
            wiki.set_space(tx, "a", SpaceSettings(title="A"))


def test_another_admin_group_is_the_one_that_counts(sqlite_url: str) -> None:
    wiki = Wiki(sqlite_url, name="second", settings=Settings(admin_group="office"))
    wiki.upgrade()
    with pytest.raises(Forbidden), wiki.begin(ADMIN) as tx:
        wiki.set_space(tx, "a", SpaceSettings())
    with wiki.begin(Actor("o", "Olga", frozenset({"office"}))) as tx:
        wiki.set_space(tx, "a", SpaceSettings(readers=()))
    assert may(wiki, "a/page", Right.READ, Actor("o", "Olga", frozenset({"office"})))
    assert not may(wiki, "a/page", Right.READ, ADMIN)
    wiki.close()


def test_the_root_must_name_its_readers_and_writers(wiki: Wiki) -> None:
    for settings in (SpaceSettings(readers=("staff",)), SpaceSettings(writers=("staff",))):
        with pytest.raises(Invalid), wiki.begin(ADMIN) as tx:
            wiki.set_space(tx, "", settings)
    make_space(wiki, "", readers=("staff",), writers=("staff",))
    assert not may(wiki, "page", Right.READ, READER)


def test_a_space_keeps_its_title_when_none_is_given(wiki: Wiki) -> None:
    first = make_space(wiki, "a/payroll", title="Pay")
    second = make_space(wiki, "a/payroll", readers=("staff",))
    assert first == second
    with wiki.read() as connection:
        assert get_space(connection, wiki.id, "a/payroll", WRITER).title == "Pay"
    make_space(wiki, "a/leave")
    with wiki.read() as connection:
        assert get_space(connection, wiki.id, "a/leave", WRITER).title == "leave"


def test_setting_a_space_is_in_the_journal_with_what_was_set(wiki: Wiki) -> None:
    make_space(wiki, "a", title="A", **CLOSED)
    make_space(wiki, "a", reviewers=("safety",))
    with wiki.read() as connection:
        first, second = entries_after(connection, wiki.id, 0, 10)
    assert (first.kind, first.subject_kind, first.number, second.number) == ("set-space", "space", 1, 2)
    assert first.payload["readers"] == ["insiders"]
    assert (second.payload["readers"], second.payload["reviewers"]) == (None, ["safety"])
    assert wiki.verify().intact


def test_closing_a_space_takes_its_pages_out_of_sight_at_once(wiki: Wiki) -> None:
    for path in ("hr", "hr/page", "hr/deep/page", "hr-news", "other"):
        save(wiki, path, "x\n")
    make_space(wiki, "hr", **CLOSED)
    assert [path for path in ("hr", "hr/page", "hr/deep/page", "hr-news", "other") if sees(wiki, path, READER)] == [
        "hr-news",
        "other",
    ]
    assert all(sees(wiki, path, INSIDER) for path in ("hr", "hr/page", "hr/deep/page", "other"))


def test_those_who_wrote_in_a_space_before_it_was_closed_can_no_longer_read_it(wiki: Wiki) -> None:
    save(wiki, "hr/page", "x\n")
    make_space(wiki, "hr", readers=("insiders",))
    assert not sees(wiki, "hr/page", WRITER)
    assert not may(wiki, "hr/page", Right.WRITE, WRITER)
    with pytest.raises(NotFound):
        save(wiki, "hr/page", "y\n", base=1)


def test_deleted_pages_are_closed_with_their_space(wiki: Wiki) -> None:
    save(wiki, "hr/page", "x\n")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "hr/page")
    make_space(wiki, "hr", **CLOSED)
    with wiki.read() as connection:
        assert find_deleted(connection, wiki.id, "hr/page", READER) is None
        assert find_deleted(connection, wiki.id, "hr/page", INSIDER) is not None


def test_a_space_inside_a_space_has_its_own_rights_and_its_pages_are_its_own(wiki: Wiki) -> None:
    paths = ("hr/page", "hr/pay/page", "hr/pay/deep/page")
    for path in paths:
        save(wiki, path, "x\n")
    make_space(wiki, "hr/pay", readers=("pay",), writers=("pay",))
    make_space(wiki, "hr", **CLOSED)
    pay = Actor("p", "Pat", frozenset({"pay"}))
    assert [sees(wiki, path, INSIDER) for path in paths] == [True, False, False]
    assert [sees(wiki, path, pay) for path in paths] == [False, True, True]


def test_what_a_space_does_not_set_changes_with_the_space_above(wiki: Wiki) -> None:
    make_space(wiki, "a/b", title="B")
    save(wiki, "a/b/page", "x\n")
    make_space(wiki, "a", **CLOSED)
    assert not sees(wiki, "a/b/page", READER)
    make_space(wiki, "a", readers=None, writers=None)
    assert sees(wiki, "a/b/page", READER)


def test_new_and_moved_pages_are_filed_in_the_deepest_space(wiki: Wiki) -> None:
    make_space(wiki, "hr", **CLOSED)
    make_space(wiki, "hr/open", readers=("everyone",), writers=("everyone",))
    save(wiki, "hr/page", "x\n", by=INSIDER)
    save(wiki, "hr/open/page", "x\n", by=INSIDER)
    assert not sees(wiki, "hr/page", READER)
    assert sees(wiki, "hr/open/page", READER)
    with wiki.begin(INSIDER) as tx:
        move_page(tx, "hr/page", "hr/open/moved")
        move_page(tx, "hr/open/page", "hr/moved")
    assert sees(wiki, "hr/open/moved", READER)
    assert not sees(wiki, "hr/moved", READER)


def test_a_space_is_found_by_the_one_spelling_of_its_path(wiki: Wiki) -> None:
    save(wiki, "Café/page", "x\n")
    space = make_space(wiki, " /Cafe\u0301/ ", **CLOSED)
    assert make_space(wiki, "Café", **CLOSED) == space
    assert not sees(wiki, "Café/page", READER)


@pytest.mark.parametrize("path", ["a/../b", "-/x", "a//b", "a#b"])
def test_a_space_needs_a_path_that_pages_can_have(wiki: Wiki, path: str) -> None:
    with pytest.raises(Invalid):
        make_space(wiki, path)


def test_the_responsible_groups_of_several_spaces_are_each_named_once(wiki: Wiki) -> None:
    ids = [make_space(wiki, name, reviewers=groups) for name, groups in (("a", ("x", "y")), ("b", ("y",)), ("c", ()))]
    with wiki.read() as connection:
        assert responsible_groups(connection, ids) == ("moderators", "x", "y")
        assert responsible_groups(connection, ids[:2]) == ("x", "y")


def test_everyone_means_those_not_signed_in_too_and_signed_in_does_not(wiki: Wiki) -> None:
    make_space(wiki, "public", readers=("everyone",), writers=("everyone",))
    make_space(wiki, "known", readers=("signed-in",), writers=("signed-in",))
    assert may(wiki, "public/page", Right.WRITE, ANONYMOUS)
    assert not may(wiki, "known/page", Right.READ, ANONYMOUS)
    assert may(wiki, "known/page", Right.WRITE, READER)


def test_a_host_cannot_sign_somebody_in_by_a_group_name(wiki: Wiki) -> None:
    make_space(wiki, "known", readers=("signed-in",), writers=("signed-in",))
    pretender = Actor("", "Nobody", frozenset({"signed-in"}))
    assert not may(wiki, "known/page", Right.READ, pretender)


def test_lists_of_spaces_name_only_those_an_actor_may_read(wiki: Wiki) -> None:
    make_space(wiki, "hr", **CLOSED)
    make_space(wiki, "open")
    with wiki.read() as connection:
        assert [space.path for space in list_spaces(connection, wiki.id, READER)] == ["", "open"]
        assert [space[1] for space in readable_spaces(connection, wiki.id, READER)] == ["", "open"]
        assert [space[1] for space in readable_spaces(connection, wiki.id, INSIDER)] == ["", "hr", "open"]
        with pytest.raises(NotFound):
            get_space(connection, wiki.id, "hr", READER)
        with pytest.raises(NotFound):
            get_space(connection, wiki.id, "nothing", READER)


def test_two_wikis_in_one_database_do_not_share_spaces(wiki: Wiki) -> None:
    second = Wiki(wiki.database.engine.url.render_as_string(hide_password=False), name="second")
    second.upgrade()
    make_space(wiki, "hr", **CLOSED)
    save(second, "hr/page", "x\n")
    assert sees(second, "hr/page", READER)
    assert not sees(wiki, "hr/page", INSIDER)
    second.close()


def test_a_page_saved_while_its_space_is_being_closed_ends_up_inside(wiki: Wiki) -> None:
    save(wiki, "known", "The writer is known to the wiki.\n")
    make_space(wiki, "elsewhere", title="The administrator is known too")
    closing = threading.Thread(target=make_space, args=(wiki, "hr"), kwargs=CLOSED)
    with wiki.begin(WRITER) as tx:
        save_page(tx, Edit("hr/page", "Written just before.\n"))
        closing.start()
        closing.join(0.4)
    closing.join()
    assert not sees(wiki, "hr/page", READER)
    assert read(wiki, "hr/page", by=INSIDER) == "Written just before.\n"


def test_a_page_moved_while_its_space_is_being_closed_ends_up_inside(wiki: Wiki) -> None:
    save(wiki, "page", "Moved just before.\n")
    make_space(wiki, "elsewhere", title="The administrator is known too")
    closing = threading.Thread(target=make_space, args=(wiki, "hr"), kwargs=CLOSED)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "page", "hr/page")
        closing.start()
        closing.join(0.4)
    closing.join()
    assert not sees(wiki, "hr/page", READER)
    assert read(wiki, "hr/page", by=INSIDER) == "Moved just before.\n"


def test_a_page_that_comes_while_its_space_is_being_closed_waits_for_that(wiki: Wiki) -> None:
    save(wiki, "known", "The writer is known to the wiki.\n")
    make_space(wiki, "elsewhere", title="The administrator is known too")
    outcome: list[object] = []

    def write() -> None:
        try:
            outcome.append(save(wiki, "hr/page", "Written just after.\n"))
        except NotFound as refused:
            outcome.append(refused)

    writing = threading.Thread(target=write)
    with wiki.begin(ADMIN) as tx:
        wiki.set_space(tx, "hr", SpaceSettings(**CLOSED))
        writing.start()
        writing.join(0.4)
    writing.join()
    assert isinstance(outcome[0], NotFound)
    assert not sees(wiki, "hr/page", READER)
    assert [line.path for line in open_reviews(wiki)] == ["known"]
