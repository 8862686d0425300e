"""Pages bound to screens: found where people are, by those who may read them, reviewed and undone like every change."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import select

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.help.actions import set_help, take_back_help
from kbwiki.help.answers import helped_least, note_helped
from kbwiki.help.coverage import coverage
from kbwiki.help.policy import Binding, Where
from kbwiki.help.queries import bindings_of, help_for
from kbwiki.help.screens import Screen
from kbwiki.help.wanted import ask_for_help, wanted
from kbwiki.help_subject import bind_help
from kbwiki.journal.models import ActorRow, Entry
from kbwiki.moderation.models import Review
from kbwiki.pages.actions import Edit, delete_page, move_page, save_page
from kbwiki.pages.practice import is_practice, practice_path
from kbwiki.pages.queries.view import get_page
from kbwiki.settings import Settings
from kbwiki.testing import (
    ADMIN,
    MODERATOR,
    READER,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    save,
)
from tests.promises.invariants import faults

EDIT = Where.of("orders.edit", {"id": 5})
SCREENS = (
    Screen("home", ("/",), frozenset(), True),
    Screen("orders.edit", ("/orders/<id>",), frozenset({"id"}), True),
    Screen("orders.list", ("/orders",), frozenset(), True),
    Screen("orders.drop", ("/orders/<id>/drop",), frozenset({"id"}), False),
)


def bind(wiki: Wiki, path: str, *bindings: Binding, by: Actor = WRITER) -> int:
    with wiki.begin(by) as tx:
        return bind_help(tx, path, bindings)


def found(wiki: Wiki, where: Where = EDIT, *, by: Actor = WRITER) -> list[str]:
    with wiki.read() as connection:
        return [one.path for one in help_for(connection, wiki.id, by, where)]


def kept(wiki: Wiki, path: str) -> tuple[Binding, ...]:
    with wiki.read() as connection:
        return bindings_of(connection, get_page(connection, wiki.id, path, WRITER).id)[1]


def ask(wiki: Wiki, where: Where = EDIT) -> None:
    with wiki.begin(ANONYMOUS) as tx:
        ask_for_help(tx, where, SCREENS)


def asked(wiki: Wiki) -> list[tuple[str, int]]:
    with wiki.read() as connection:
        return [(str(one), one.times) for one in wanted(connection, wiki.id)]


def titles(wiki: Wiki, by: Iterable[str] = ("moderators",)) -> list[str]:
    return [line.title for group in by for line in open_reviews(wiki, group)]


def test_the_closest_page_comes_first_and_each_once(wiki: Wiki) -> None:
    for name in ("exact", "screen", "blueprint", "error", "elsewhere"):
        save(wiki, name, "words")
    bind(wiki, "error", Binding("*", error="404"))
    bind(wiki, "blueprint", Binding("orders.*"))
    bind(wiki, "screen", Binding("orders.edit"), Binding("orders.*"))
    bind(wiki, "exact", Binding("orders.edit", (("id", "5"),)))
    bind(wiki, "elsewhere", Binding("bills.*"))

    assert found(wiki) == ["exact", "screen", "blueprint"]
    assert found(wiki, Where.of("orders.edit", {"id": 6}, 404)) == ["screen", "blueprint", "error"]
    assert found(wiki, Where.of(None, None, "404")) == ["error"]


def test_only_what_the_reader_may_read_helps_and_nothing_hidden_or_deleted(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("bosses",), writers=("bosses",))
    boss = Actor("boss", "Boss", frozenset({"bosses"}))
    for path, author in (("closed/a", boss), ("gone", WRITER), ("hidden", WRITER), ("open", WRITER)):
        save(wiki, path, "words", by=author)
        bind(wiki, path, Binding("orders.edit"), by=author)
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "gone")
    (hidden,) = [one for one in open_reviews(wiki) if one.path == "hidden" and one.subject_kind == "page"]
    answer(wiki, look(wiki, hidden.id), "hide", reason="private")

    assert found(wiki) == ["open"]
    assert found(wiki, by=boss) == ["closed/a", "open"]


def test_a_page_helps_those_in_a_role_and_by_a_group_of_the_host(wiki: Wiki) -> None:
    save(wiki, "page", "words")
    bind(wiki, "page", Binding("orders.edit", roles=("moderators", "clerk")))

    assert found(wiki, by=WRITER) == []
    assert found(wiki, by=MODERATOR) == ["page"]
    assert found(wiki, Where.of("orders.edit", {}, roles=["clerk"])) == ["page"]


def test_binding_needs_write_access_and_is_looked_at_by_the_page_s_group(wiki: Wiki) -> None:
    make_space(wiki, "lab", writers=("chemists",), reviewers=("safety",))
    chemist = Actor("chemist", "Chemist", frozenset({"chemists"}))
    save(wiki, "lab/acid", "words", by=chemist, title="Acids")

    with pytest.raises(Forbidden):
        bind(wiki, "lab/acid", Binding("orders.edit"), by=READER)
    with pytest.raises(NotFound):
        bind(wiki, "lab/none", Binding("orders.edit"), by=chemist)
    bind(wiki, "lab/acid", Binding("orders.edit"), by=chemist)

    assert titles(wiki, ["safety"]) == ["Acids", "Help on screens: Acids"]
    assert titles(wiki) == []


def test_a_decision_takes_bindings_out_and_undo_sets_them_back(wiki: Wiki) -> None:
    save(wiki, "page", "words")
    bind(wiki, "page", Binding("orders.edit"))
    (review,) = [one for one in open_reviews(wiki) if one.subject_kind == "help"]
    answer(wiki, look(wiki, review.id), "approve")
    second = bind(wiki, "page", Binding("orders.*"), Binding("home"))
    (review,) = [one for one in open_reviews(wiki) if one.subject_kind == "help"]
    seen = look(wiki, review.id)
    answer(wiki, seen, "revert", reason="wrong")
    assert kept(wiki, "page") == (Binding("orders.edit"),)

    third = bind(wiki, "page")
    with wiki.begin(WRITER) as tx, pytest.raises(Conflict):
        take_back_help(tx, "page", second)
    with wiki.begin(WRITER) as tx:
        take_back_help(tx, "page", third)

    assert kept(wiki, "page") == (Binding("orders.edit"),)
    assert faults(wiki) == []


def test_who_started_from_an_older_state_is_told_and_the_same_again_changes_nothing(wiki: Wiki) -> None:
    save(wiki, "page", "words")
    first = bind(wiki, "page", Binding("home"))
    assert bind(wiki, "page", Binding("home")) == first
    with wiki.begin(SECOND_WRITER) as tx, pytest.raises(Conflict):
        set_help(tx, "page", [Binding("orders.*")], number=0)


def test_bindings_and_their_reviews_go_where_the_page_goes(wiki: Wiki) -> None:
    make_space(wiki, "lab", readers=("chemists",), writers=("chemists",), reviewers=("chemists",))
    chemist = Actor("chemist", "Chemist", frozenset({"chemists", "staff"}))
    save(wiki, "page", "words", title="Secret", by=chemist)
    bind(wiki, "page", Binding("orders.edit"), by=chemist)
    with wiki.begin(chemist) as tx:
        move_page(tx, "page", "lab/page")

    assert found(wiki) == []
    assert found(wiki, by=chemist) == ["lab/page"]
    assert titles(wiki) == []
    assert faults(wiki) == []


def test_help_is_asked_for_without_the_person_counted_and_answered_by_a_page(wiki: Wiki) -> None:
    ask(wiki)
    ask(wiki)
    ask(wiki, Where.of("orders.edit", {}, "409"))
    ask(wiki, Where.of("home", {}))
    assert asked(wiki) == [("orders.edit", 2), ("home", 1), ("orders.edit · error 409", 1)]
    assert sorted(titles(wiki)) == [
        "Help is wanted for home",
        "Help is wanted for orders.edit",
        "Help is wanted for orders.edit · error 409",
    ]
    with wiki.read() as connection:
        actors = connection.execute(select(ActorRow.external_id).join(Entry, Entry.actor_id == ActorRow.id))
        assert set(actors.scalars()) == {""}

    save(wiki, "page", "words")
    bind(wiki, "page", Binding("orders.edit"))

    assert asked(wiki) == [("home", 1)]
    assert sorted(titles(wiki)) == ["Help is wanted for home", "Help on screens: page", "page"]
    with wiki.read() as connection:
        ended = select(Review.closed_as).where(Review.subject_kind == "help-wanted", Review.closed_as.is_not(None))
        assert set(connection.execute(ended).scalars()) == {"help-written"}
    bind(wiki, "page")
    ask(wiki)
    assert ("orders.edit", 1) in asked(wiki)
    assert "Help is wanted for orders.edit" in titles(wiki)
    assert faults(wiki) == []


def test_a_moderator_says_that_no_help_is_needed(wiki: Wiki) -> None:
    ask(wiki)
    (review,) = open_reviews(wiki)
    answer(wiki, look(wiki, review.id), "revert", reason="wrong")

    assert asked(wiki) == []
    assert open_reviews(wiki) == []
    assert faults(wiki) == []


def test_made_up_errors_fill_no_list(wiki: Wiki) -> None:
    for number in range(25):
        ask(wiki, Where.of("home", {}, f"made-up-{number}"))

    told = dict(asked(wiki))

    assert len(told) == 21
    assert told["home"] == 5


def test_what_is_no_screen_cannot_be_asked_for(wiki: Wiki) -> None:
    with pytest.raises(Invalid):
        ask(wiki, Where.of("nowhere", {}))


def test_whether_a_page_helped_is_counted(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("bosses",), writers=("bosses",))
    save(wiki, "page", "words")
    for helped in (True, False, False):
        with wiki.begin(READER) as tx:
            note_helped(tx, "page", "orders.edit", helped)
    with wiki.read() as connection:
        (one,) = helped_least(connection, wiki.id, READER)
    assert (one.path, one.helped, one.did_not) == ("page", 1, 2)
    with wiki.begin(READER) as tx, pytest.raises(NotFound):
        note_helped(tx, "closed/x", "orders.edit", True)


def test_coverage_tells_what_is_missing_and_what_is_broken(wiki: Wiki) -> None:
    save(wiki, "page", "words", title="Page")
    bind(wiki, "page", Binding("orders.list"), Binding("orders.edit", (("id", "5"),)), Binding("bills.show"))
    ask(wiki)
    with wiki.read() as connection:
        told = coverage(connection, wiki.id, SCREENS, ADMIN)
        nothing = coverage(connection, wiki.id, SCREENS, None)

    assert told == nothing
    assert (told.screens, told.covered) == (3, 1)
    assert [one.endpoint for one in told.without] == ["home", "orders.edit"]
    assert [(one.path, str(one.binding)) for one in told.broken] == [("page", "bills.show")]
    assert told.as_json()["wanted"] == [{"endpoint": "orders.edit", "error": "", "times": 1}]


def practise(wiki: Wiki, text: str, *, by: Actor = WRITER, base: int | None = None) -> str:
    path = practice_path(wiki.settings, WRITER)
    assert path is not None
    with wiki.begin(by) as tx:
        save_page(tx, Edit(path, text, base=base))
    return path


def test_one_s_own_practice_page_needs_nobody_to_look_and_it_is_recorded_why(wiki: Wiki) -> None:
    practise(wiki, "one")
    practise(wiki, "two", base=1)

    assert open_reviews(wiki) == []
    with wiki.read() as connection:
        assert list(connection.execute(select(Entry.exempt)).scalars()) == ["sandbox", "sandbox"]
    assert faults(wiki) == []


def test_what_others_do_there_is_looked_at_and_from_then_on_everything(wiki: Wiki) -> None:
    path = practise(wiki, "one")
    practise(wiki, "two", by=SECOND_WRITER, base=1)
    assert [line.path for line in open_reviews(wiki)] == [path]
    (review,) = open_reviews(wiki)
    answer(wiki, look(wiki, review.id), "approve")

    practise(wiki, "three", base=2)

    assert [line.path for line in open_reviews(wiki)] == [path]


def test_there_are_none_where_they_are_turned_off_and_none_for_nobody() -> None:
    assert practice_path(Settings(sandbox=""), WRITER) is None
    assert practice_path(Settings(), ANONYMOUS) is None
    assert not is_practice(Settings(sandbox=""), "/practice-" + "0" * 12)


def test_practice_pages_stay_where_they_are(wiki: Wiki) -> None:
    path = practise(wiki, "one")
    save(wiki, "real", "words")
    for old, new in ((path, "trusted"), ("sandbox", "trusted"), ("real", f"sandbox/practice-{'0' * 12}")):
        if old == "sandbox":
            save(wiki, "sandbox", "words")
        with wiki.begin(WRITER) as tx, pytest.raises(Invalid):
            move_page(tx, old, new)


def test_a_practice_page_helps_on_no_screen_since_nobody_looks_at_it(wiki: Wiki) -> None:
    own = practice_path(wiki.settings, WRITER)
    assert own is not None
    save(wiki, own, "Harmless.")

    with pytest.raises(Invalid, match="helps on no screen"):
        bind(wiki, own, Binding("*", priority=1000))

    assert found(wiki) == []
    assert bind(wiki, own) == 0
