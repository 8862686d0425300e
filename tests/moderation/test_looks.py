"""Looking at what is hidden: only those who may, only on purpose, and never without an entry."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Forbidden, NotFound
from kbwiki.journal.models import Entry
from kbwiki.moderation.looks import HiddenLook, look_at_hidden
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, make_space, save
from kbwiki.wiki import Wiki

from .conftest import PEOPLE, PEOPLE_TOO, SAFETY
from .test_hide_parts import hidden

WORDS = ("secret text", "secret title", "secrettag", "secret comment")


@pytest.fixture
def page_id(organised: Wiki) -> int:
    """A page that two groups look after, all words of it in one revision."""
    saved = save(organised, "both/page", WORDS[0], title=WORDS[1], tags=[WORDS[2]], comment=WORDS[3])
    return saved.page_id


def looked(wiki: Wiki, page_id: int, by: Actor, number: int = 1) -> HiddenLook:
    with wiki.begin(by) as tx:
        return look_at_hidden(tx, page_id, number)


def looks(wiki: Wiki) -> list[tuple[str, dict[str, object]]]:
    """Who looked at what, as the journal has it."""
    with wiki.read() as connection:
        rows = connection.execute(select(Entry.exempt, Entry.payload).where(Entry.kind == "look").order_by(Entry.id))
        return [(row.exempt, row.payload) for row in rows]


def test_every_group_that_looks_after_the_page_may_look_and_sees_all_of_it(organised: Wiki, page_id: int) -> None:
    hidden(organised, "both/page", ("words", "author"))

    for by in (PEOPLE, SAFETY):
        seen = looked(organised, page_id, by)
        assert (seen.text, seen.title, seen.tags, seen.comment) == (WORDS[0], WORDS[1], (WORDS[2],), WORDS[3])
        assert (seen.author, seen.only_group) == (WRITER.name, None)
        assert (seen.words_hidden, seen.comment_hidden, seen.author_hidden) == (True, False, True)


@pytest.mark.parametrize("by", [WRITER, READER, MODERATOR, ADMIN])
def test_nobody_else_may_look_not_even_the_author(organised: Wiki, page_id: int, by: Actor) -> None:
    hidden(organised, "both/page", ("words",))

    with pytest.raises(Forbidden):
        looked(organised, page_id, by)

    assert looks(organised) == []


def test_what_a_group_kept_to_itself_only_that_group_may_look_at(organised: Wiki, page_id: int) -> None:
    hidden(organised, "both/page", ("comment",), only_group=True)

    assert looked(organised, page_id, PEOPLE_TOO).only_group == "people"
    with pytest.raises(Forbidden):
        looked(organised, page_id, SAFETY)


def test_every_look_is_an_entry_that_holds_no_word(organised: Wiki, page_id: int) -> None:
    hidden(organised, "both/page", ("words",))

    looked(organised, page_id, PEOPLE)
    looked(organised, page_id, PEOPLE)

    said = {"page": page_id, "revision": 1, "only_group": None, "exempt": {"rule": "look", "probability": 1}}
    assert looks(organised) == [("look", said), ("look", said)]
    assert organised.verify().intact


def test_a_look_changes_nothing_that_reviews_or_history_show(organised: Wiki, page_id: int) -> None:
    hidden(organised, "both/page", ("words",))
    with organised.read() as connection:
        of_page = select(Entry.id).where(Entry.subject_kind == "page", Entry.subject_id == page_id)
        before = connection.execute(of_page).all()

    looked(organised, page_id, PEOPLE)

    with organised.read() as connection:
        assert connection.execute(of_page).all() == before


def test_there_is_nothing_to_look_at_where_nothing_is_hidden(organised: Wiki, page_id: int) -> None:
    with pytest.raises(Conflict):
        looked(organised, page_id, PEOPLE)
    with pytest.raises(NotFound):
        looked(organised, page_id, PEOPLE, number=9)
    with pytest.raises(NotFound):
        looked(organised, 4711, PEOPLE)


def test_a_page_in_a_space_one_cannot_read_is_not_there_to_look_at(organised: Wiki, page_id: int) -> None:
    hidden(organised, "both/page", ("words",))
    make_space(organised, "both", readers=("staff",), reviewers=("safety",))

    with pytest.raises(NotFound):
        looked(organised, page_id, PEOPLE)
    assert looked(organised, page_id, SAFETY).text == WORDS[0]


def test_the_group_that_hid_may_look_though_others_look_after_the_page_now(organised: Wiki, page_id: int) -> None:
    hidden(organised, "both/page", ("words",))
    make_space(organised, "both", reviewers=("moderators",))

    assert looked(organised, page_id, PEOPLE).text == WORDS[0]
    with pytest.raises(Forbidden):
        looked(organised, page_id, SAFETY)
