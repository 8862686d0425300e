"""Each space has its own reasons or those above it; what was said when a decision was taken stays said."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kbwiki import Wiki
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.journal.models import Entry
from kbwiki.moderation.messages.reasons import (
    BUILT_IN,
    ReasonView,
    reasons_for,
    retire_reason,
    set_reason,
    set_reasons,
)
from kbwiki.pages.queries.view import get_page
from kbwiki.spaces.queries import find_space
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save

from ..conftest import PEOPLE
from .conftest import changed, later, messages, review_id, take_out

LONG = ReasonView("too-long", "", "It is too long")


def space_of(wiki: Wiki, path: str) -> int:
    with wiki.read() as connection:
        return find_space(connection, wiki.id, path)


def offered(wiki: Wiki, path: str) -> list[str]:
    with wiki.read() as connection:
        return [one.key for one in reasons_for(connection, wiki.id, space_of(wiki, path))]


@pytest.fixture
def spaces(wiki: Wiki) -> Wiki:
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "people/pay")
    return wiki


def test_a_wiki_begins_with_the_built_in_reasons(spaces: Wiki) -> None:
    assert offered(spaces, "people/pay") == [one.key for one in BUILT_IN]


def test_a_space_without_its_own_has_those_of_the_nearest_space_above(spaces: Wiki) -> None:
    with spaces.begin(ADMIN) as tx:
        set_reasons(tx, space_of(spaces, ""), [ReasonView("other", "", "Something else")])
        set_reasons(tx, space_of(spaces, "people"), [LONG])

    assert offered(spaces, "people/pay") == ["too-long"]
    assert offered(spaces, "elsewhere") == ["other"]

    with spaces.begin(ADMIN) as tx:
        set_reasons(tx, space_of(spaces, "people"), [])

    assert offered(spaces, "people/pay") == ["other"]


def test_adding_and_retiring_one_keeps_the_others(spaces: Wiki) -> None:
    with spaces.begin(PEOPLE) as tx:
        set_reason(tx, space_of(spaces, "people"), LONG)
        retire_reason(tx, space_of(spaces, "people"), "advertising")

    built_in = [one.key for one in BUILT_IN if one.key != "advertising"]
    assert offered(spaces, "people") == [*built_in, "too-long"]
    assert offered(spaces, "") == [one.key for one in BUILT_IN]

    with spaces.begin(PEOPLE) as tx:
        set_reason(tx, space_of(spaces, "people"), ReasonView("advertising", "hide", "An advertisement"))

    assert offered(spaces, "people") == [*built_in, "too-long", "advertising"]


def test_the_last_reason_stays_and_an_unknown_one_cannot_go(spaces: Wiki) -> None:
    with spaces.begin(PEOPLE) as tx:
        set_reasons(tx, space_of(spaces, "people"), [LONG])

    with pytest.raises(Invalid), spaces.begin(PEOPLE) as tx:
        retire_reason(tx, space_of(spaces, "people"), "too-long")
    with pytest.raises(NotFound), spaces.begin(PEOPLE) as tx:
        retire_reason(tx, space_of(spaces, "people"), "nothing")


@pytest.mark.parametrize("who", [WRITER, MODERATOR, READER], ids=lambda one: one.id)
def test_others_cannot_set_the_reasons_of_a_space(spaces: Wiki, who: object) -> None:
    with pytest.raises(Forbidden), spaces.begin(who) as tx:  # type: ignore[arg-type]
        set_reasons(tx, space_of(spaces, "people"), [LONG])


def test_a_space_one_may_not_read_is_not_there(spaces: Wiki) -> None:
    make_space(spaces, "closed", readers=("board",), writers=("board",))

    with pytest.raises(NotFound), spaces.begin(PEOPLE) as tx:
        set_reasons(tx, space_of(spaces, "closed"), [LONG])


@pytest.mark.parametrize(
    "wrong",
    [
        ReasonView("Too long", "", "x"),
        ReasonView("x", "everything", "x"),
        ReasonView("x", "", "  "),
        ReasonView("x", "", "x" * 256),
        ReasonView("x", "", "x", "Hello {author}"),
    ],
)
def test_a_reason_that_makes_no_sense_is_refused(spaces: Wiki, wrong: ReasonView) -> None:
    with pytest.raises(Invalid), spaces.begin(PEOPLE) as tx:
        set_reasons(tx, space_of(spaces, "people"), [wrong])

    assert offered(spaces, "people") == [one.key for one in BUILT_IN]


def test_two_reasons_with_one_key_are_refused(spaces: Wiki) -> None:
    with pytest.raises(Invalid), spaces.begin(PEOPLE) as tx:
        set_reasons(tx, space_of(spaces, "people"), [LONG, LONG])


def test_setting_reasons_is_an_exempt_entry_of_the_journal(spaces: Wiki) -> None:
    with spaces.begin(PEOPLE) as tx:
        set_reasons(tx, space_of(spaces, "people"), [ReasonView("too-long", "", "It is too long", "A long story.")])
    with spaces.begin(PEOPLE) as tx:
        set_reasons(tx, space_of(spaces, "people"), [LONG])

    with spaces.read() as connection:
        first, second = connection.execute(
            select(Entry.number, Entry.exempt, Entry.payload).where(Entry.kind == "set-reasons").order_by(Entry.id)
        ).all()
    assert (first.number, second.number, first.exempt) == (1, 2, "administration")
    assert first.payload["path"] == "people"
    assert "A long story." not in str(first.payload)
    assert not [line for line in open_reviews(spaces, "people") if line.path == "people"]


def test_the_words_of_the_catalogue_are_the_comment_of_the_revert_and_reach_the_author(
    wiki: Wiki, clock: object
) -> None:
    with wiki.begin(MODERATOR) as tx:
        set_reasons(
            tx, space_of(wiki, ""), [ReasonView("too-long", "revert", "It is too long", "Keep it short, {title}!")]
        )
    changed(wiki, "travel")
    take_out(wiki, "travel", reason="too-long")
    with wiki.begin(MODERATOR) as tx:
        set_reasons(tx, space_of(wiki, ""), [ReasonView("too-long", "", "Something else entirely")])
    later(wiki, 11)

    (message,) = messages(wiki)

    assert "Keep it short, Page travel!" in message.lines[0].text
    assert message.lines[0].why == "It is too long"
    with wiki.read() as connection:
        assert get_page(connection, wiki.id, "travel", WRITER).comment == "It is too long"


def test_only_reasons_of_the_space_and_of_the_kind_can_be_given(wiki: Wiki) -> None:
    with wiki.begin(MODERATOR) as tx:
        set_reasons(tx, space_of(wiki, ""), [ReasonView("leak", "hide", "It is secret"), LONG])
    save(wiki, "travel", "x\n")
    seen = look(wiki, review_id(wiki, "travel"))

    for key in ("wrong", "leak", ""):
        with pytest.raises(Invalid) as refused:
            answer(wiki, seen, "revert", reason=key)
        assert refused.value.field == "reason"

    assert answer(wiki, seen, "hide", reason="leak").decision_id
