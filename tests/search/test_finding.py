"""What a search finds beyond words: by people, time and state, how it divides, in which order, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from kbwiki import Actor, Settings, Wiki
from kbwiki.moderation.policy import Verdict
from kbwiki.search.notes import SOME
from kbwiki.search.results import Found
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.testing import MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save
from kbwiki.wording import kb_t

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ANN = Actor("ann", "Ann Lee", frozenset())
BOB = Actor("bob", "Bob Lee", frozenset())
INSIDER = Actor("insider", "Ingo Insider", frozenset({"people"}))


class Hand:
    """A clock that is set by hand."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def wiki(database_url: str, tmp_path: Path, clock: Hand) -> Iterator[Wiki]:
    wiki = Wiki(database_url, index=tmp_path / "index", settings=Settings(search_catch_up_seconds=60.0), clock=clock)
    yield wiki
    wiki.close()


@pytest.fixture
def handbook(wiki: Wiki, clock: Hand) -> Wiki:
    make_space(wiki, "hr", title="Human resources")
    make_space(wiki, "hr/pay", title="Pay")
    make_space(wiki, "board", readers=("people",), writers=("people",))
    pages = [
        ("fire", ANN, 400, ["safety"]),
        ("hr/leave", ANN, 20, ["people", "time off"]),
        ("hr/pay/slips", BOB, 5, ["people"]),
        ("board/plans", INSIDER, 5, ["people", "secret"]),
        ("lunch", BOB, 0, []),
    ]
    for path, by, days, tags in pages:
        clock.now = NOW - timedelta(days=days)
        save(wiki, path, f"handbook page about {path}\n", by=by, tags=tags)
    clock.now = NOW
    return wiki


@contextmanager
def statements(wiki: Wiki) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(wiki.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(wiki.database.engine, "before_cursor_execute", note)


def paths(wiki: Wiki, text: str, by: Actor = READER, **options: object) -> list[str]:
    return [one.path for one in wiki.search(by, text, **options).results]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('handbook by:"Ann Lee"', {"fire", "hr/leave"}),
        ("by:ann handbook", {"fire", "hr/leave"}),
        ("by:lee handbook", {"fire", "hr/leave", "hr/pay/slips", "lunch"}),
        ("handbook -by:ann", {"hr/pay/slips", "lunch"}),
        ("handbook NOT by: ann", {"hr/pay/slips", "lunch"}),
        ("handbook changed:<7d", {"hr/pay/slips", "lunch"}),
        ("handbook changed:>1y", {"fire"}),
        ("handbook changed:2026-05", {"hr/leave"}),
        ("handbook changed:2026-05-01..2026-06-12", {"hr/leave", "hr/pay/slips"}),
        ("changed:today", {"lunch"}),
        ("is:stale", {"fire"}),
        ("by:ann OR changed:today", {"fire", "hr/leave", "lunch"}),
        ("by:ann in:hr", {"hr/leave"}),
        ('tag:"time off"', {"hr/leave"}),
        ("by:ann changed:<30d leave", {"hr/leave"}),
    ],
)
def test_fields_find_what_the_database_knows(handbook: Wiki, text: str, expected: set[str]) -> None:
    assert set(paths(handbook, text)) == expected


def test_ones_own_pages_are_by_me(handbook: Wiki) -> None:
    assert set(paths(handbook, "by:me", by=BOB)) == {"hr/pay/slips", "lunch"}


def test_what_was_looked_at_is_told_from_what_was_not(handbook: Wiki) -> None:
    review = next(one for one in open_reviews(handbook) if one.path == "fire")
    assert set(paths(handbook, "handbook is:unreviewed")) == {"fire", "hr/leave", "hr/pay/slips", "lunch"}

    answer(handbook, look(handbook, review.id), Verdict.APPROVE)

    found = handbook.search(READER, "handbook is:reviewed", facets=True)
    assert [(one.path, one.reviewed) for one in found.results] == [("fire", True)]
    save(handbook, "fire", "handbook page about fire and water\n", by=ANN, base=1)
    assert paths(handbook, "handbook is:reviewed") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("handbook by:zoe", "Nobody called “zoe”"),
        ("handbook is:lost", "is:reviewed, is:unreviewed and is:stale"),
        ("handbook changed:soon", "changed:<30d"),
        ("handbook changed:2026-13", "changed:<30d"),
        ("handbook changed:", "needs a word after it"),
        ("handbook colour:red", "The fields are title:, tag:, in:, by:, is: and changed:"),
    ],
)
def test_what_was_not_understood_is_said_and_the_rest_is_searched(handbook: Wiki, text: str, says: str) -> None:
    found = handbook.search(READER, text)

    assert says in (found.note or "")
    assert bool(found.results) == ("by:" not in text)


def test_somebody_who_only_wrote_in_a_closed_space_is_nobody(handbook: Wiki) -> None:
    unknown = handbook.search(READER, "by:zoe").note or ""

    assert handbook.search(READER, "by:ingo").note == unknown.replace("zoe", "ingo")
    assert paths(handbook, "by:ingo", by=INSIDER) == ["board/plans"]


def facets_of(found: Found) -> dict[str, dict[str, int]]:
    return {facet.name: {one.value: one.count for one in facet.values} for facet in found.facets}


def test_facets_count_what_may_be_read(handbook: Wiki) -> None:
    found = handbook.search(READER, "handbook", facets=True)

    assert found.total == 4
    assert facets_of(found) == {
        "space": {"hr": 2, "hr/pay": 1},
        "tag": {"people": 2, "safety": 1, "time off": 1},
        "author": {"Ann Lee": 2, "Bob Lee": 2},
        "state": {"unreviewed": 4},
        "age": {"<7d": 2, "<30d": 3, ">1y": 1, "<1y": 3},
    }
    assert facets_of(handbook.search(INSIDER, "handbook", facets=True))["tag"]["secret"] == 1


def test_each_facet_leads_to_as_many_pages_as_it_says(handbook: Wiki) -> None:
    for actor in (READER, INSIDER):
        for facet in handbook.search(actor, "handbook", facets=True).facets:
            for value in facet.values:
                assert handbook.search(actor, f"handbook {value.typed}").total == value.count, value


def test_the_last_changed_come_first_when_asked_for(handbook: Wiki) -> None:
    assert paths(handbook, "handbook", order="changed") == ["lunch", "hr/pay/slips", "hr/leave", "fire"]
    assert paths(handbook, "is:unreviewed") == ["lunch", "hr/pay/slips", "hr/leave", "fire"]
    with pytest.raises(ValueError, match="size"):
        handbook.search(READER, "handbook", order="size")


@pytest.mark.parametrize("order", ["relevance", "changed"])
def test_turning_pages_neither_repeats_nor_loses_anything(handbook: Wiki, order: str) -> None:
    whole = paths(handbook, "handbook", order=order)

    assert [path for at in range(6) for path in paths(handbook, "handbook", order=order, limit=1, offset=at)] == whole


@pytest.mark.parametrize("text", ["Walking boots", "walking BOOTS ", "kit/boots"])
def test_the_page_of_just_that_name_is_pointed_out(wiki: Wiki, text: str) -> None:
    save(wiki, "kit/boots", "Leather.\n", title="Walking boots")
    save(wiki, "kit/socks", "For walking boots and kit boots.\n", title="Socks")

    exact = wiki.search(READER, text).exact

    assert exact is not None
    assert exact.path == "kit/boots"
    assert wiki.search(READER, "boots").exact is None


def test_a_page_says_its_space(handbook: Wiki) -> None:
    result = handbook.search(READER, "slips").results[0]

    assert (result.space, result.space_title) == ("hr/pay", "Pay")


def test_where_no_page_has_all_words_it_is_said_that_these_have_some(handbook: Wiki) -> None:
    some = handbook.search(READER, "slips lunch")

    assert {one.path for one in some.results} == {"hr/pay/slips", "lunch"}
    assert some.notes == (kb_t(SOME),)
    assert handbook.search(READER, "slips OR lunch").notes == ()
    assert handbook.search(READER, "handbook slips").notes == ()
    assert handbook.search(READER, "qqqq zzzz").notes == ()


def test_a_search_asks_the_database_a_bounded_number_of_times(handbook: Wiki) -> None:
    handbook.search(READER, "handbook", facets=True)

    with statements(handbook) as asked:
        handbook.search(READER, "handbook", facets=True)

    assert len(asked) <= 5, asked


def test_filters_are_as_fresh_as_the_database_while_the_index_is_behind(handbook: Wiki) -> None:
    assert paths(handbook, "by:ann leave") == ["hr/leave"]
    assert handbook.search.sync is not None
    handbook.search.sync.patience = 0.0
    with handbook.search.sync.engine.writer_lock():
        save(handbook, "hr/leave", "handbook page about leave\n", by=BOB, base=1)

        assert paths(handbook, "by:ann leave") == []
        assert paths(handbook, "by:bob leave") == ["hr/leave"]


def test_nobody_but_moderators_is_needed_to_search(wiki: Wiki) -> None:
    save(wiki, "notes", "giraffe\n", by=WRITER)

    assert paths(wiki, "giraffe", by=MODERATOR) == paths(wiki, "giraffe", by=READER) == ["notes"]


def test_words_that_mean_the_same_find_each_other(wiki: Wiki) -> None:
    save(wiki, "absence", "Ask for annual leave in time.\n")
    assert paths(wiki, "holiday") == []

    with wiki.begin(MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "annual leave"))

    found = wiki.search(READER, "holiday").results
    assert [one.path for one in found] == ["absence"]
    assert [one.text for one in found[0].snippet if one.hit] == ["annual", "leave"]


def test_links_from_pages_one_may_not_read_move_nothing(handbook: Wiki) -> None:
    for path in ("twin-one", "twin-two"):
        save(handbook, path, "a twin\n", by=ANN)
    assert paths(handbook, "twin") == ["twin-one", "twin-two"]

    for number in range(9):
        save(handbook, f"board/{number}", "[[/twin-two]]\n", by=INSIDER)

    assert paths(handbook, "twin") == ["twin-one", "twin-two"]
    assert paths(handbook, "twin", by=INSIDER)[:2] == ["twin-two", "twin-one"]
