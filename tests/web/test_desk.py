"""The moderator's desk in the browser: next, leases, skip and snooze, notes, a part of the changes, second looks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import event

from kbwiki import Wiki
from kbwiki.moderation.desk.drafts import draft_of
from kbwiki.moderation.desk.leases import take_lease
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, WRITER, open_reviews, save

from .conftest import Visitor

NEXT = "/wiki/-/reviews/next"
QUEUE = "/wiki/-/reviews"


@pytest.fixture
def filled(wiki: Wiki) -> Wiki:
    """Three pages that wait to be looked at."""
    for number in range(3):
        save(wiki, f"page{number}", f"Words of page {number}.\n")
    return wiki


@pytest.fixture
def moderator(visitor: Visitor, filled: Wiki) -> Visitor:
    """The visitor as a moderator of a wiki with work in it."""
    visitor.actor = MODERATOR
    return visitor


def ids(wiki: Wiki) -> list[int]:
    return [line.id for line in open_reviews(wiki)]


def send(visitor: Visitor, review: int, what: str, **fields: str) -> str:
    answer = visitor.post(f"/wiki/-/reviews/{review}/{what}", form=f"/wiki/-/reviews/{review}", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def test_next_leads_to_a_review_that_the_others_see_is_taken(moderator: Visitor, filled: Wiki) -> None:
    first, second, _ = ids(filled)

    answer = moderator.post(NEXT, form=QUEUE)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/wiki/-/reviews/{first}"
    assert "You have this until" in moderator.text(f"/wiki/-/reviews/{first}")
    moderator.actor = SECOND_MODERATOR
    assert "Mona Moderator is looking at it" in moderator.text(QUEUE)
    shown = moderator.text(f"/wiki/-/reviews/{first}")
    assert "Mona Moderator is looking at this" in shown
    assert "5 minutes left" in shown
    assert moderator.post(NEXT, form=QUEUE).headers["Location"] == f"/wiki/-/reviews/{second}"


def test_next_says_when_nothing_is_left(moderator: Visitor, filled: Wiki) -> None:
    for review in ids(filled):
        with filled.begin(SECOND_MODERATOR) as tx:
            take_lease(tx, review)

    answer = moderator.post(NEXT, form=QUEUE)

    assert "Nothing is left for you" in moderator.text(answer.headers["Location"])


def test_a_review_is_taken_over_and_given_back(moderator: Visitor, filled: Wiki) -> None:
    first, *_ = ids(filled)
    with filled.begin(SECOND_MODERATOR) as tx:
        take_lease(tx, first)

    send(moderator, first, "lease", do="over")
    assert "You have this until" in moderator.text(f"/wiki/-/reviews/{first}")
    send(moderator, first, "lease", do="release")

    assert "Nobody else is looking at this" in moderator.text(f"/wiki/-/reviews/{first}")


def test_opening_a_review_takes_no_lease(moderator: Visitor, filled: Wiki) -> None:
    first, *_ = ids(filled)

    assert "Nobody else is looking at this" in moderator.text(f"/wiki/-/reviews/{first}")
    assert "Nobody else is looking at this" in moderator.text(f"/wiki/-/reviews/{first}")


@pytest.mark.parametrize("until", ["", "hour", "tomorrow", "week"])
def test_skip_and_snooze_go_on_and_can_be_undone(moderator: Visitor, filled: Wiki, until: str) -> None:
    first, second, _ = ids(filled)

    went = send(moderator, first, "aside", until=until)

    assert went == f"/wiki/-/reviews/{second}?aside={first}"
    assert "You put “page0” aside." in moderator.text(went)

    listed = moderator.text("/wiki/-/reviews/aside")
    assert "page0" in listed
    assert ("until something new comes" in listed) is (until == "")
    assert "You have put this aside" in moderator.text(f"/wiki/-/reviews/{first}")
    send(moderator, first, "back")
    assert "page0" not in moderator.text("/wiki/-/reviews/aside")


def test_a_note_is_kept_for_its_author_and_shown_again(moderator: Visitor, filled: Wiki) -> None:
    first, *_ = ids(filled)

    send(moderator, first, "note", note="Which <price> is it?")

    shown = moderator.text(f"/wiki/-/reviews/{first}")
    assert "Which &lt;price&gt; is it?" in shown
    moderator.actor = SECOND_MODERATOR
    assert "Which &lt;price&gt; is it?" not in moderator.text(f"/wiki/-/reviews/{first}")


def test_the_script_keeps_notes_and_learns_how_long_the_lease_lasts(moderator: Visitor, filled: Wiki) -> None:
    first, *_ = ids(filled)
    address = f"/wiki/-/reviews/{first}"

    mine = moderator.post(f"{address}/note", form=address, note="Begun", quiet="1")
    moderator.actor = SECOND_MODERATOR
    others = moderator.post(f"{address}/lease", form=address, do="renew")

    assert 290 < int(mine.get_data(as_text=True)) <= 300
    assert others.get_data(as_text=True) == "0"
    with filled.read() as connection:
        draft = draft_of(connection, filled.id, first, MODERATOR)
    assert draft is not None
    assert draft.note == "Begun"


def test_only_what_changed_since_one_last_looked_is_one_click_and_says_it_is_a_part(
    moderator: Visitor, filled: Wiki
) -> None:
    first, *_ = ids(filled)
    send(moderator, first, "aside", until="")
    save(filled, "page0", "Words of page 0.\n\nSomething new.\n", base=1)
    address = moderator.post(NEXT, form=QUEUE).headers["Location"]
    assert address == f"/wiki/-/reviews/{first}?last=1"
    whole = moderator.text(address)
    (link,) = re.findall(r'href="([^"]+since=1)"', whole)

    part = moderator.text(link)

    assert "Words of page" in whole
    assert "Your decision is about everything, from state 0 to state 2" in part
    assert "6 words added" in whole
    assert "2 words added" in part
    assert re.findall(r'name="(base|head)" value="(\d+)"', part)[:2] == [("base", "0"), ("head", "2")]


@pytest.mark.parametrize("since", ["0", "2", "9", "x", "-1"])
def test_what_is_no_part_shows_everything(moderator: Visitor, filled: Wiki, since: str) -> None:
    first, *_ = ids(filled)
    save(filled, "page0", "Other words.\n", base=1)

    assert "Your decision is about everything" not in moderator.text(f"/wiki/-/reviews/{first}?since={since}")


def test_a_second_look_is_asked_for_given_blind_and_then_shown(moderator: Visitor, filled: Wiki) -> None:
    first, *_ = ids(filled)
    with filled.begin(SECOND_MODERATOR):
        pass
    send(moderator, first, "second-look", colleague=SECOND_MODERATOR.id, own_verdict="revert")

    moderator.actor = SECOND_MODERATOR
    assert "asked by Mona Moderator" in moderator.text("/wiki/-/reviews/aside")
    blind = moderator.text(f"/wiki/-/reviews/{first}")
    assert "Mona Moderator asks for your second look" in blind
    assert "would revert" not in blind
    (given,) = re.findall(r'action="(/wiki/-/second-looks/\d+)"', blind)
    answer = moderator.post(given, form=f"/wiki/-/reviews/{first}", verdict="approve", note="It is fine.")
    assert answer.status_code == 303

    moderator.actor = MODERATOR
    shown = moderator.text(f"/wiki/-/reviews/{first}")
    assert "Cai Colleague would approve; Mona Moderator would revert" in shown
    assert "It is fine." in shown


def test_the_queue_asks_once_who_has_its_lines_and_once_what_is_mine(moderator: Visitor, filled: Wiki) -> None:
    asked: list[str] = []

    @event.listens_for(filled.database.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    moderator.text(QUEUE)

    assert sum("kbwiki_lease" in statement for statement in asked) == 2


def test_the_desk_is_for_moderators(moderator: Visitor, filled: Wiki) -> None:
    first, *_ = ids(filled)
    moderator.actor = WRITER

    assert moderator.get("/wiki/-/reviews/aside").status_code == 403
    for what in ("lease", "aside", "back", "note", "second-look"):
        answer = moderator.post(f"/wiki/-/reviews/{first}/{what}", form="/wiki/-/new", colleague="x")
        assert answer.status_code in (404, 422), what
