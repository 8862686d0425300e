"""The reviewed edition: for every page the last revision of which everything has been looked at."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from kbwiki import Actor, Wiki
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.models import Decision, Review
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.edition import find_in_edition, standings
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.actions import delete_page
from kbwiki.pages.models import Page
from kbwiki.spaces.policy import Edition
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    look,
    make_space,
    open_reviews,
    save,
)

from .conftest import PEOPLE, SAFETY, decided


def edition(wiki: Wiki, path: str = "page", *, by: Actor = READER) -> int | None:
    """The number of the page's revision in the edition."""
    with wiki.read() as connection:
        return standings(connection, wiki.id, [path], by)[path].number


def test_nothing_of_a_new_page_is_in_it_until_somebody_has_looked(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    assert edition(wiki) is None

    decided(wiki, "page", "approve")
    assert edition(wiki) == 1

    save(wiki, "page", "Two.\n", base=1)
    save(wiki, "page", "Three.\n", base=2)
    assert edition(wiki) == 1

    decided(wiki, "page", "approve")
    assert edition(wiki) == 3


def test_every_group_has_to_have_looked(organised: Wiki) -> None:
    save(organised, "both/page", "One.\n")
    decided(organised, "both/page", "approve", by=PEOPLE, group="people")
    assert edition(organised, "both/page") is None

    decided(organised, "both/page", "approve", by=SAFETY, group="safety")
    assert edition(organised, "both/page") == 1


@pytest.mark.parametrize("verdict", ["revert", "hide", "edit"])
def test_what_a_decision_took_away_never_comes_back_by_it(wiki: Wiki, verdict: str) -> None:
    save(wiki, "page", "Good.\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "Good.\n\nBad.\n", base=1)
    seen = look(wiki, open_reviews(wiki)[0].id)
    shown, details = seen.shown, {"text": "Good.\n\nMended.\n"} if verdict == "edit" else {}
    said = Answer(seen.id, shown.base, shown.head, shown.digest, Verdict(verdict), reason="wrong", details=details)
    with wiki.begin(MODERATOR) as tx:
        made = decide(tx, said)
    assert edition(wiki) == made.number  # what the decision made of it is what the group stands for

    save(wiki, "page", "Something new.\n", base=made.number, by=SECOND_WRITER)
    assert edition(wiki) == made.number


def test_a_look_that_is_taken_back_was_none(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    made = decided(wiki, "page", "approve")
    with wiki.begin(SECOND_MODERATOR) as tx:
        take_back(tx, made.decision_id)
    assert edition(wiki) is None


def test_a_revision_that_its_author_took_back_unseen_is_not_in_it(wiki: Wiki) -> None:
    save(wiki, "page", "Good.\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "Oops.\n", base=1)
    save(wiki, "page", "Good.\n", base=2)
    assert open_reviews(wiki) == []
    save(wiki, "page", "New.\n", base=3, by=SECOND_WRITER)

    assert edition(wiki) == 3


def test_a_concern_is_no_approval(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    decided(wiki, "page", "concern")
    assert edition(wiki) is None


def test_a_deleted_page_is_in_no_list_of_it(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    decided(wiki, "page", "approve")
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "page")
    with wiki.read() as connection:
        assert standings(connection, wiki.id, ["page"], READER) == {}


def test_who_may_not_read_a_page_learns_nothing_of_its_edition(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("people",), writers=("staff",), reviewers=("moderators",))
    save(wiki, "closed/page", "Secret.\n", by=MODERATOR)
    with wiki.read() as connection:
        page_id = connection.execute(select(Page.id)).scalar_one()
        assert standings(connection, wiki.id, ["closed/page"], READER) == {}
        assert find_in_edition(connection, wiki.id, page_id, READER) is None


def test_the_setting_is_inherited_and_one_question_finds_the_page(wiki: Wiki) -> None:
    make_space(wiki, "hr", edition=Edition.REVIEWED)
    make_space(wiki, "hr/pay")
    make_space(wiki, "hr/drafts", edition=Edition.LIVE)
    for path in ("hr/a", "hr/pay/a", "hr/drafts/a", "a"):
        save(wiki, path, "One.\n")
    with wiki.read() as connection:
        found = standings(connection, wiki.id, ["hr/a", "hr/pay/a", "hr/drafts/a", "a"], READER)
    assert {path: one.is_first for path, one in found.items()} == {
        "hr/a": True, "hr/pay/a": True, "hr/drafts/a": False, "a": False,
    }  # fmt: skip


def test_what_lapsed_is_in_it_only_once_somebody_has_looked(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "Two.\n", base=1)
    with wiki.database.write() as connection:
        closed = update(Review).where(Review.state == "open").values(state="lapsed", closed_as="quiet")
        connection.execute(closed)
    assert edition(wiki) == 1

    save(wiki, "page", "Three.\n", base=2)
    decided(wiki, "page", "approve")
    assert edition(wiki) == 1
    with wiki.database.write() as connection:  # somebody looks at all of it after all
        connection.execute(update(Decision).where(Decision.base == 2).values(base=1))
    assert edition(wiki) == 3
