"""A moderator's lists of reviews: what is in which view, what filters leave, and that counts are what lists are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from kbwiki.actors import SYSTEM, Actor
from kbwiki.db import table_of
from kbwiki.errors import KBWikiError
from kbwiki.moderation.desk.aside import skip
from kbwiki.moderation.desk.drafts import keep_draft
from kbwiki.moderation.desk.leases import take_lease
from kbwiki.moderation.desk.opinions import ask_opinion
from kbwiki.moderation.models import Review
from kbwiki.moderation.queries.queue import QueueLine
from kbwiki.moderation.queries.state import reviewing_groups, standing
from kbwiki.moderation.queries.wanted import BEGINNING, NARROWING, Order, Place, View, Wanted, read_place
from kbwiki.moderation.queries.worklist import groups_of, newest, place_of, worklist
from kbwiki.moderation.queries.worklist_counts import MOST, Count, total, worklist_counts
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.spaces.models import Grant
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, WRITER, TickingClock, answer, look, make_space, save
from kbwiki.wiki import Wiki
from tests.promises.histories import PATHS, PEOPLE, examples, found

from .conftest import BOTH, SAFETY, decided, review_of
from .conftest import PEOPLE as HANNA

LATER = datetime(2126, 1, 1, tzinfo=UTC)


def listed(
    wiki: Wiki, actor: Actor, wanted: Wanted, *, now: datetime | None = None, page: int = 1000
) -> list[QueueLine]:
    """The whole list, read in pages."""
    lines: list[QueueLine] = []
    after = BEGINNING
    with wiki.read() as connection:
        groups = groups_of(reviewing_groups(connection, wiki.id, actor), wanted)
        while True:
            some = worklist(
                connection, wiki.id, actor, groups, wiki.subjects, wanted, now or LATER, after=after, count=page
            )
            lines += some
            if len(some) < page:
                return lines
            after = read_place(str(place_of(some[-1], wanted.view)))


def counted(wiki: Wiki, actor: Actor, wanted: Wanted, *, now: datetime | None = None) -> Count:
    with wiki.read() as connection:
        groups = groups_of(reviewing_groups(connection, wiki.id, actor), wanted)
        counts = worklist_counts(connection, wiki.id, actor, groups, wanted, now or LATER)
    return total(counts, wanted.view, groups)


def paths(lines: Sequence[QueueLine]) -> list[str]:
    return [line.path for line in lines]


def set_review(wiki: Wiki, review_id: int, **values: object) -> None:
    """What a rule, or the assessing of risk, would have written."""
    with wiki.database.write() as connection:
        connection.execute(update(table_of(Review)).where(Review.id == review_id).values(**values))


def unsettle(wiki: Wiki, chance: random.Random) -> None:
    """Give the open reviews due times and risks, and let moderators begin this and that with them."""
    for actor in PEOPLE:
        for line in listed(wiki, actor, Wanted()):
            due = chance.choice([None, LATER - timedelta(days=1), LATER + timedelta(days=1)])
            set_review(wiki, line.id, due_at=due, risk=chance.choice([0.0, 1.5, 3.0]))
            act = chance.choice([None, take_lease, skip, lambda tx, one: keep_draft(tx, one, note="begun")])
            if act is not None:
                try:
                    with wiki.begin(actor) as tx:
                        act(tx, line.id)  # type: ignore[no-untyped-call]
                except KBWikiError:
                    pass


def any_filters(chance: random.Random) -> Wanted:
    return Wanted(
        space=chance.choice(["", "people", "both", "vault", "nowhere"]),
        author=chance.choice(["", "", "Wim", "sunna", "MONA", "nobody"]),
        kind=chance.choice(["", "", "create", "edit", "move"]),
        risk=chance.choice([None, None, 1.5]),
        days=chance.choice([None, None, 30]),
    )


@given(seed=st.integers(), steps=st.integers(5, 40))
@examples(4)
def test_whatever_happened_every_count_is_the_length_of_its_list(wiki: Wiki, seed: int, steps: int) -> None:
    town = found(wiki, seed)
    town.live(steps)
    unsettle(town.wiki, town.chance)
    for actor in town.chance.sample(PEOPLE[3:7], 2):
        with town.wiki.read() as connection:
            groups = ["", *reviewing_groups(connection, town.wiki.id, actor)]
            waiting = standing(connection, town.wiki.id, actor, LATER).queued
        assert (waiting or 0) == len(listed(town.wiki, actor, Wanted()))
        for filters in (Wanted(), replace(any_filters(town.chance)), Wanted(space=town.chance.choice(PATHS))):
            wanted = [replace(filters, view=view, group=town.chance.choice(groups)) for view in View]
            told = {one: (counted(town.wiki, actor, one), len(listed(town.wiki, actor, one))) for one in wanted}
            assert {one: count for one, (count, _) in told.items()} == {one: Count(n) for one, (_, n) in told.items()}
    town.wiki.close()


def test_what_one_did_oneself_is_counted_off_for_somebody_in_several_groups(sqlite_wiki: Wiki) -> None:
    member = Actor("mo", "Mo", frozenset({"chiefs", "moderators", "safety"}))
    make_space(sqlite_wiki, "both", reviewers=("moderators", "safety"))
    save(sqlite_wiki, "both/mine", "x\n", by=member)
    save(sqlite_wiki, "both/theirs", "x\n", by=WRITER)

    assert [len(listed(sqlite_wiki, member, Wanted(view=view))) for view in (View.NEEDS_ME, View.OWN)] == [2, 2]
    assert [counted(sqlite_wiki, member, Wanted(view=view)) for view in (View.NEEDS_ME, View.OWN)] == [Count(2)] * 2


def test_a_count_that_stops_says_so(sqlite_wiki: Wiki) -> None:
    with sqlite_wiki.begin(WRITER) as tx:
        from kbwiki.pages.actions import Edit, save_page

        for number in range(MOST + 1):
            save_page(tx, Edit(f"page-{number}", "x\n"))

    assert counted(sqlite_wiki, MODERATOR, Wanted()) == Count(MOST + 1)
    assert str(counted(sqlite_wiki, MODERATOR, Wanted(kind="create"))) == "100+"


def test_each_review_is_in_the_view_that_says_what_has_to_happen_next(organised: Wiki) -> None:
    for path in ("people/new", "people/asked", "people/answered", "people/late", "both/other"):
        save(organised, path, "x\n", by=WRITER)
    save(organised, "people/hannas", "x\n", by=HANNA)
    for path in ("people/asked", "people/answered"):
        decided(organised, path, "concern", by=HANNA, group="people", reason="unclear")
    save(organised, "people/answered", "y\n", by=WRITER, base=1)
    set_review(organised, review_of(organised, "people/late", "people").id, due_at=LATER - timedelta(days=1))

    views = {view: sorted(paths(listed(organised, HANNA, Wanted(view=view)))) for view in View}

    assert views == {
        View.NEEDS_ME: ["both/other", "people/answered", "people/late", "people/new"],
        View.CONCERN: ["people/asked"],
        View.VERIFY: ["people/answered"],
        View.OVERDUE: ["people/late"],
        View.MINE: ["people/asked"],
        View.OWN: ["people/hannas"],
    }


def test_mine_is_what_i_have_put_aside_was_asked_about_began_or_asked_the_author(wiki: Wiki) -> None:
    for path in ("leased", "aside", "second-look", "noted", "asked", "untouched"):
        save(wiki, path, "x\n")
    ids = {line.path: line.id for line in listed(wiki, MODERATOR, Wanted())}
    with wiki.begin(MODERATOR) as tx:
        take_lease(tx, ids["leased"])
        skip(tx, ids["aside"])
        keep_draft(tx, ids["noted"], note="begun")
    with wiki.begin(SECOND_MODERATOR) as tx:
        ask_opinion(tx, ids["second-look"], MODERATOR.id, "revert")
    decided(wiki, "asked", "concern", by=MODERATOR, reason="unclear")
    now = wiki.clock()

    mine = paths(listed(wiki, MODERATOR, Wanted(view=View.MINE), now=now))

    assert sorted(mine) == ["aside", "asked", "leased", "noted", "second-look"]
    assert listed(wiki, SECOND_MODERATOR, Wanted(view=View.MINE), now=now) == []
    assert "leased" not in paths(listed(wiki, MODERATOR, Wanted(view=View.MINE), now=now + timedelta(hours=1)))


def test_groups_are_listed_together_or_one_by_one(organised: Wiki) -> None:
    for path in ("people/a", "safety/b", "both/c", "page"):
        save(organised, path, "x\n")

    together = listed(organised, BOTH, Wanted())

    assert [(line.group, line.path) for line in together] == [
        ("people", "people/a"), ("safety", "safety/b"), ("people", "both/c"), ("safety", "both/c")
    ]  # fmt: skip
    assert paths(listed(organised, BOTH, Wanted(group="safety"))) == ["safety/b", "both/c"]
    assert listed(organised, BOTH, Wanted(group="moderators")) == []


def test_a_space_one_may_not_read_is_in_no_list_and_no_count(organised: Wiki) -> None:
    space = make_space(organised, "safety", readers=("staff",), reviewers=("safety",))
    save(organised, "safety/b", "x\n")
    assert counted(organised, SAFETY, Wanted()) == Count(1)
    with organised.database.write() as connection:  # whoever looks after a space may read it, so the grant is torn out
        torn = delete(table_of(Grant)).where(Grant.space_id == space, Grant.group == "safety", Grant.right == "read")
        connection.execute(torn)

    assert listed(organised, SAFETY, Wanted()) == []
    assert counted(organised, SAFETY, Wanted()) == Count(0)
    assert counted(organised, SAFETY, Wanted(space="safety", days=None, kind="create")) == Count(0)


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Wanted(space="people"), ["people/plan", "people/plan/b"]),
        (Wanted(author="wim writer"), ["people/plan", "moved"]),
        (Wanted(author=WRITER.id), ["people/plan", "moved"]),
        (Wanted(kind="move"), ["moved"]),
        (Wanted(risk=2.0), ["people/plan/b", "moved"]),
        (Wanted(days=7), ["people/plan"]),
        (Wanted(space="people", author="Wim Writer"), ["people/plan"]),
        (Wanted(author="Wim Writer", risk=2.0, kind="move"), ["moved"]),
        (Wanted(space="people", risk=9.0), []),
    ],
)
def test_filters_narrow_and_combine(wiki: Wiki, filters: Wanted, left: list[str]) -> None:
    from kbwiki.pages.actions import move_page
    from kbwiki.testing import SECOND_WRITER

    wiki.clock = clock = TickingClock()
    make_space(wiki, "people", reviewers=("moderators",))
    make_space(wiki, "people/plan", reviewers=("moderators",))
    make_space(wiki, "peoples", reviewers=("moderators",))
    save(wiki, "people/plan", "x\n", by=WRITER)
    clock.now += timedelta(days=10)
    save(wiki, "people/plan/b", "x\n", by=SECOND_WRITER)
    save(wiki, "peoples/c", "x\n", by=SECOND_WRITER)
    save(wiki, "page", "x\n", by=WRITER)
    with wiki.begin(SECOND_WRITER) as tx:
        move_page(tx, "page", "moved")
    for line in listed(wiki, MODERATOR, Wanted(), now=clock.now):
        set_review(wiki, line.id, risk={"people/plan/b": 2.0, "moved": 3.5}.get(line.path, 1.0))

    lines = listed(wiki, MODERATOR, filters, now=clock.now)

    assert paths(lines) == left
    assert counted(wiki, MODERATOR, filters, now=clock.now) == Count(len(left))


def test_a_hidden_author_is_not_found_by_their_name(organised: Wiki) -> None:
    save(organised, "both/page", "x\n", by=WRITER)
    seen = look(organised, review_of(organised, "both/page", "people").id, by=HANNA)
    from kbwiki.moderation.decide import Answer, decide
    from kbwiki.moderation.policy import Verdict

    with organised.begin(HANNA) as tx:
        shown = seen.shown
        hide = Answer(
            seen.id, shown.base, shown.head, shown.digest, Verdict.HIDE, reason="private", details={"parts": ["author"]}
        )
        decide(tx, hide)

    assert paths(listed(organised, SAFETY, Wanted())) == ["both/page"]
    assert listed(organised, SAFETY, Wanted(author=WRITER.name)) == []
    assert listed(organised, SAFETY, Wanted(author=WRITER.id)) == []
    assert counted(organised, SAFETY, Wanted(author=WRITER.id)) == Count(0)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("page", [1, 2, 5])
def test_pages_of_any_size_give_the_whole_list_in_order(wiki: Wiki, order: Order, page: int) -> None:
    moment = TickingClock().now
    wiki.clock = lambda: moment
    for number in range(7):
        save(wiki, f"page-{number}", "x\n")
    risks = [0.1, 2.0, 0.1 + 0.2, 2.0, -4.0, 0.3, 0.0]
    for line, risk in zip(listed(wiki, MODERATOR, Wanted()), risks, strict=True):
        set_review(wiki, line.id, risk=risk)

    read = paths(listed(wiki, MODERATOR, Wanted(order=order), page=page))

    by_risk = sorted(range(7), key=lambda number: -risks[number])
    assert read == [f"page-{number}" for number in (by_risk if order is Order.RISK else range(7))]


def test_what_is_overdue_is_in_the_order_of_due_times(wiki: Wiki) -> None:
    for number in range(5):
        save(wiki, f"page-{number}", "x\n")
    days = [3, 1, 5, 2, 4]
    for line, ago in zip(listed(wiki, MODERATOR, Wanted()), days, strict=True):
        set_review(wiki, line.id, due_at=LATER - timedelta(days=ago))

    read = paths(listed(wiki, MODERATOR, Wanted(view=View.OVERDUE), page=2))

    assert read == ["page-2", "page-4", "page-0", "page-3", "page-1"]


def test_more_groups_than_a_statement_takes_are_read_in_one_order(sqlite_wiki: Wiki) -> None:
    groups = [f"group-{number:03}" for number in range(90)]
    make_space(sqlite_wiki, "many", reviewers=tuple(groups))
    for number in range(3):
        save(sqlite_wiki, f"many/page-{number}", "x\n")
    member = Actor("member", "Member", frozenset(groups))

    read = listed(sqlite_wiki, member, Wanted(), page=100)

    assert [(line.path, line.group) for line in read] == [
        (f"many/page-{number}", group) for number in range(3) for group in groups
    ]
    assert counted(sqlite_wiki, member, Wanted()) == Count(270)
    assert counted(sqlite_wiki, member, Wanted(kind="create")) == Count(270)


def test_the_newest_come_first_where_that_is_asked_for(wiki: Wiki) -> None:
    for path in ("one", "two", "three"):
        save(wiki, path, "x\n")
    save(wiki, "one", "y\n", base=1)
    with wiki.read() as connection:
        lines = newest(connection, wiki.id, MODERATOR, ["moderators"], wiki.subjects, Wanted(), LATER, count=2)

    assert paths(lines) == ["one", "three"]


def test_what_is_wanted_comes_back_from_what_is_said() -> None:
    wanted = Wanted(View.OVERDUE, "safety", Order.RISK, "a/b", "Wim", "move", 1.25, 7)

    assert Wanted.read(wanted.said()) == wanted
    assert Wanted().said() == {}
    assert Wanted(risk=3.0).said() == {"risk": "3"}
    assert wanted.narrowed == set(NARROWING)
    assert wanted.without("author").narrowed == set(NARROWING) - {"author"}


@pytest.mark.parametrize("said", ["x", "nan", "inf", "1e999", "-", ""])
def test_nonsense_is_as_if_not_said(said: str) -> None:
    assert Wanted.read({"risk": said, "days": said, "view": said, "order": said}) == Wanted()
    assert read_place(f"{said},{said},{said}") == BEGINNING
    assert read_place(said) == BEGINNING


def test_a_place_comes_back_from_an_address() -> None:
    place = Place(0.1 + 0.2, datetime(2026, 5, 3, 12, 0, 0, 123456, tzinfo=UTC), 7)

    assert read_place(str(place)) == place


def test_a_decision_takes_a_review_off_every_list(wiki: Wiki) -> None:
    save(wiki, "page", "x\n")
    review = listed(wiki, MODERATOR, Wanted())[0].id
    with wiki.begin(MODERATOR) as tx:
        keep_draft(tx, review, note="begun")
    answer(wiki, look(wiki, review), "approve")

    assert {view: paths(listed(wiki, MODERATOR, Wanted(view=view))) for view in View} == {view: [] for view in View}


@pytest.mark.parametrize(
    "wanted",
    [Wanted(space="docs/v1.0"), Wanted(author="Agent 2.0"), Wanted(group="team-1.0"), Wanted(risk=3.0, days=7)],
)
def test_a_list_is_the_same_again_when_its_address_is_read(wanted: Wanted) -> None:
    assert Wanted.read(wanted.said()) == wanted


def test_setting_up_a_space_leaves_a_group_that_a_rule_names_what_it_has(wiki: Wiki) -> None:
    legal = Actor("lena", "Lena", frozenset({"legal"}))
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, "Legal", {"space": "contracts"}, {"add_groups": ["legal"]})
    make_space(wiki, "contracts", reviewers=("moderators",))
    save(wiki, "contracts/one", "One.\n")
    decided(wiki, "contracts/one", "approve", by=legal, group="legal")

    make_space(wiki, "elsewhere", reviewers=("moderators",))

    with wiki.read() as connection:
        assert reviewing_groups(connection, wiki.id, legal) == ["legal"]
