"""Saved filters: kept under a name for one moderator, replaced, renamed, removed, brought back."""

from __future__ import annotations

import pytest

from kbwiki import ANONYMOUS, Actor
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.moderation.desk.saved_filters import (
    MOST,
    bring_filter_back,
    find_saved,
    remove_filter,
    rename_filter,
    save_filter,
    saved_filters,
)
from kbwiki.moderation.queries.wanted import Order, View, Wanted
from kbwiki.testing import MODERATOR, SECOND_MODERATOR
from kbwiki.wiki import Wiki

RISKY = Wanted(view=View.OVERDUE, order=Order.RISK, space="safety", risk=2.0)


def keep(wiki: Wiki, name: str, wanted: Wanted = RISKY, *, by: Actor = MODERATOR) -> int:
    with wiki.begin(by) as tx:
        return save_filter(tx, name, wanted)


def kept(wiki: Wiki, by: Actor = MODERATOR) -> dict[str, Wanted]:
    with wiki.read() as connection:
        return {one.name: one.wanted for one in saved_filters(connection, wiki.id, by)}


def test_a_filter_is_kept_with_view_order_and_all(wiki: Wiki) -> None:
    keep(wiki, "  Risky   first ")

    assert kept(wiki) == {"Risky first": RISKY}


def test_filters_are_each_moderators_own(wiki: Wiki) -> None:
    one = keep(wiki, "Risky")
    keep(wiki, "Risky", Wanted(), by=SECOND_MODERATOR)

    assert kept(wiki) == {"Risky": RISKY}
    assert kept(wiki, SECOND_MODERATOR) == {"Risky": Wanted()}
    with wiki.read() as connection:
        assert find_saved(connection, wiki.id, SECOND_MODERATOR, one) is None
    for act in (lambda tx: rename_filter(tx, one, "x"), lambda tx: remove_filter(tx, one)):
        with pytest.raises(NotFound), wiki.begin(SECOND_MODERATOR) as tx:
            act(tx)
    assert kept(wiki) == {"Risky": RISKY}


def test_a_name_one_has_already_is_given_the_new_list(wiki: Wiki) -> None:
    first = keep(wiki, "Risky")

    assert keep(wiki, "Risky", Wanted(author="Wim")) == first
    assert kept(wiki) == {"Risky": Wanted(author="Wim")}


def test_a_filter_is_renamed_but_not_to_the_name_of_another(wiki: Wiki) -> None:
    one = keep(wiki, "one")
    keep(wiki, "two")

    with wiki.begin(MODERATOR) as tx:
        rename_filter(tx, one, "three")
    with pytest.raises(Conflict, match="another filter of this name"), wiki.begin(MODERATOR) as tx:
        rename_filter(tx, one, "two")

    assert sorted(kept(wiki)) == ["three", "two"]


def test_what_was_removed_last_can_be_brought_back(wiki: Wiki) -> None:
    one, two = keep(wiki, "one"), keep(wiki, "two")
    for filter_id in (one, two):
        with wiki.begin(MODERATOR) as tx:
            remove_filter(tx, filter_id)
    assert kept(wiki) == {}

    with wiki.begin(MODERATOR) as tx:
        bring_filter_back(tx, two)
    with pytest.raises(NotFound), wiki.begin(MODERATOR) as tx:
        bring_filter_back(tx, one)

    assert kept(wiki) == {"two": RISKY}


def test_a_name_taken_meanwhile_is_said_when_bringing_back(wiki: Wiki) -> None:
    one = keep(wiki, "one")
    with wiki.begin(MODERATOR) as tx:
        remove_filter(tx, one)
    keep(wiki, "one", Wanted())

    with pytest.raises(Conflict, match="another filter of this name"), wiki.begin(MODERATOR) as tx:
        bring_filter_back(tx, one)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b"])
def test_a_name_that_cannot_be_is_refused(sqlite_wiki: Wiki, name: str) -> None:
    with pytest.raises(Invalid):
        keep(sqlite_wiki, name)


def test_there_is_an_end_to_how_many_one_keeps(sqlite_wiki: Wiki) -> None:
    for number in range(MOST):
        keep(sqlite_wiki, f"filter {number}")

    with pytest.raises(Conflict, match="remove one"):
        keep(sqlite_wiki, "one more")
    assert len(kept(sqlite_wiki)) == MOST
    keep(sqlite_wiki, "filter 3", Wanted())


def test_nobody_keeps_filters_without_signing_in(sqlite_wiki: Wiki) -> None:
    with pytest.raises(Forbidden):
        keep(sqlite_wiki, "mine", by=ANONYMOUS)
