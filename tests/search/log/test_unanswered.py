"""What people did not find is a list for those who own the space; it closes itself when it is found."""

from __future__ import annotations

import pytest
from search_log_builders import SettableClock, ask, with_clock

from kbwiki.actors import ANONYMOUS, Actor
from kbwiki.errors import NotFound
from kbwiki.search.log.closing import close_question, open_question
from kbwiki.search.log.recording import new_token
from kbwiki.search.log.unanswered import Outcome, Unanswered, closed, unanswered
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, make_space
from kbwiki.wiki import Wiki

STEWARD = Actor("steward", "Stella Steward", frozenset({"stewards"}))


@pytest.fixture
def clock(wiki: Wiki) -> SettableClock:
    make_space(wiki, "hr", reviewers=("stewards",), readers=("stewards",), writers=("stewards",))
    return with_clock(wiki)


def listed(wiki: Wiki, by: Actor | None = MODERATOR, outcome: Outcome | None = None) -> list[Unanswered]:
    with wiki.read() as connection:
        return unanswered(connection, wiki.id, by, wiki.settings, wiki.clock(), outcome=outcome)


def texts(wiki: Wiki, by: Actor | None = MODERATOR, outcome: Outcome | None = None) -> list[str]:
    return [one.typed for one in listed(wiki, by, outcome)]


def ask_and_click(wiki: Wiki, text: str, path: str = "") -> None:
    view = new_token()
    ask(wiki, text, 3, token=view, path=path)
    assert wiki.search_log.clicked(view, 1) is not None


def test_what_was_not_found_is_listed_by_how_often(wiki: Wiki, clock: SettableClock) -> None:
    for text in ("Parking", "parking", "canteen", "PÁRKING"):
        ask(wiki, text)

    parking, canteen = listed(wiki)
    assert (parking.typed, parking.times, parking.failed) == ("PÁRKING", 3, 3)
    assert (canteen.typed, canteen.times) == ("canteen", 1)
    assert [place.path for place in parking.places] == [""]


def test_what_was_found_and_not_opened_is_listed_when_the_view_is_over(wiki: Wiki, clock: SettableClock) -> None:
    ask(wiki, "parking", 5)
    assert texts(wiki) == []

    clock.pass_by(minutes=20)

    assert texts(wiki) == ["parking"]
    assert texts(wiki, outcome=Outcome.ABANDONED) == ["parking"]
    assert texts(wiki, outcome=Outcome.FAILED) == []


def test_what_was_opened_is_not_listed(wiki: Wiki, clock: SettableClock) -> None:
    ask_and_click(wiki, "parking")
    clock.pass_by(hours=1)

    assert texts(wiki) == []


def test_a_question_closes_when_it_is_found_and_opened_and_opens_when_it_fails_again(
    wiki: Wiki, clock: SettableClock
) -> None:
    ask(wiki, "parking")
    ask(wiki, "parking")
    ask_and_click(wiki, "Parking")
    assert texts(wiki) == []

    ask(wiki, "parking")

    assert [one.times for one in listed(wiki)] == [1]


def test_each_group_sees_what_was_asked_in_its_spaces(wiki: Wiki, clock: SettableClock) -> None:
    ask(wiki, "severance", path="hr/leaving")
    ask(wiki, "parking")

    assert texts(wiki, STEWARD) == ["severance"]
    assert texts(wiki, MODERATOR) == ["parking"]
    assert texts(wiki, ADMIN) == ["parking", "severance"]
    assert texts(wiki, None) == ["parking", "severance"]
    for nobody in (WRITER, READER, ANONYMOUS):
        assert texts(wiki, nobody) == []


def test_what_was_opened_elsewhere_tells_a_group_nothing(wiki: Wiki, clock: SettableClock) -> None:
    ask(wiki, "parking")
    ask_and_click(wiki, "parking", path="hr")

    assert texts(wiki, MODERATOR) == ["parking"]
    assert texts(wiki, ADMIN) == []


def test_a_moderator_closes_what_needs_no_page_and_takes_it_back(wiki: Wiki, clock: SettableClock) -> None:
    ask(wiki, "Parking")
    ask(wiki, "Parking", path="hr")
    with wiki.begin(MODERATOR) as tx:
        close_question(tx, "parking")
    assert texts(wiki) == []
    assert texts(wiki, STEWARD) == ["Parking"]
    with wiki.read() as connection:
        assert [one.typed for one in closed(connection, wiki.id, MODERATOR, wiki.settings)] == ["Parking"]
        assert closed(connection, wiki.id, STEWARD, wiki.settings) == []

    ask(wiki, "parking")
    assert texts(wiki) == []

    with wiki.begin(MODERATOR) as tx:
        open_question(tx, "parking")
    assert [one.times for one in listed(wiki)] == [2]


def test_nobody_closes_or_opens_what_others_own(wiki: Wiki, clock: SettableClock) -> None:
    ask(wiki, "parking", path="hr")
    for stranger in (MODERATOR, WRITER):
        with pytest.raises(NotFound), wiki.begin(stranger) as tx:
            close_question(tx, "parking")
    with wiki.begin(STEWARD) as tx:
        close_question(tx, "parking")
    with wiki.begin(MODERATOR) as tx:
        open_question(tx, "parking")

    assert texts(wiki, STEWARD) == []


def test_the_list_goes_on_where_it_ended(wiki: Wiki, clock: SettableClock) -> None:
    for n in range(7):
        for _ in range(1 + n % 3):
            ask(wiki, f"question {n}")
    seen: list[str] = []
    after = None
    while True:
        with wiki.read() as connection:
            page = unanswered(connection, wiki.id, MODERATOR, wiki.settings, clock(), after=after, count=2)
        if not page:
            break
        seen += [one.typed for one in page]
        after = (page[-1].times, page[-1].folded)

    assert seen == texts(wiki)
    assert len(seen) == 7


def test_what_was_closed_goes_with_the_last_question_of_its_kind(wiki: Wiki, clock: SettableClock) -> None:
    ask(wiki, "parking")
    with wiki.begin(MODERATOR) as tx:
        close_question(tx, "parking")
    clock.pass_by(days=91)
    wiki.search_log.prune()

    with wiki.read() as connection:
        assert closed(connection, wiki.id, MODERATOR, wiki.settings) == []
