"""Trying rules out on what happened, and moving what waits to the groups that rules name now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kbwiki.actors import SYSTEM, Actor
from kbwiki.errors import Forbidden
from kbwiki.journal.models import Entry
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.desk.aside import skip
from kbwiki.moderation.desk.next import next_review
from kbwiki.moderation.models import Decision
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.rules.actions import remove_rule, set_rule
from kbwiki.moderation.rules.matching import Effect, Match, NamedRule, TrustNeeded
from kbwiki.moderation.rules.queries import list_rules
from kbwiki.moderation.rules.rerouting import Rerouted, reroute
from kbwiki.moderation.rules.simulate import Simulation, simulate, with_rule
from kbwiki.testing import ADMIN, MODERATOR, WRITER, TickingClock, answer, look, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.moderation.conftest import decided, ranges, review_of
from tests.promises.invariants import faults

LEGAL = Actor("lena", "Lena", frozenset({"legal"}))


def rule(name: str, match: Match | None = None, **effect: Any) -> NamedRule:
    return NamedRule(name, 0, match or Match(), Effect(**effect))


def put(wiki: Wiki, name: str, match: dict[str, Any], **effect: Any) -> None:
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, name, match, effect)


def tried(wiki: Wiki, *rules: NamedRule, **options: Any) -> Simulation:
    with wiki.read() as connection:
        present = [line.named for line in list_rules(connection, wiki.id)]
        for one in rules:
            present = with_rule(present, one)
        return simulate(connection, wiki.id, wiki.settings, present, now=wiki.clock(), **options)


def moved(wiki: Wiki) -> Rerouted:
    with wiki.begin(SYSTEM) as tx:
        return reroute(tx)


def test_a_simulation_shows_the_load_of_the_present_and_of_the_proposed_rules(organised: Wiki) -> None:
    for path in ("people/a", "people/b", "safety/a", "other"):
        save(organised, path, "x\n")
    found = tried(organised, rule("Legal", Match(space="people"), add_groups=("legal",)))
    assert (found.changes, found.cut, found.present.orphans, found.proposed.orphans) == (4, False, 0, 0)
    assert found.present.groups == {"people": 2, "safety": 1, "moderators": 1}
    assert found.proposed.groups == {"people": 2, "safety": 1, "moderators": 1, "legal": 2}
    assert (found.present.overlaps, found.proposed.overlaps) == (0, 2)
    assert found.proposed.rules["Legal"] == 2


def test_a_simulation_counts_what_a_group_that_cannot_read_is_not_given(wiki: Wiki) -> None:
    make_space(wiki, "vault", readers=("people",), writers=("people", "staff"), reviewers=("people",))
    clerk = Actor("clerk", "Clerk", frozenset({"people"}))
    for path in ("vault/a", "vault/b", "vault/c"):
        save(wiki, path, "x\n", by=clerk)
    found = tried(wiki, rule("Legal", Match(space="vault"), add_groups=("legal",)))
    assert found.proposed.passed_over == {"legal": 3}
    assert found.proposed.groups["people"] == 3


def test_a_simulation_is_not_cut_short_by_what_is_no_change(wiki: Wiki) -> None:
    for number in range(4):
        save(wiki, f"page-{number}", "x\n")
    for line in open_reviews(wiki):
        with wiki.begin(MODERATOR) as tx:
            next_review(tx)
            skip(tx, line.id)
    assert (tried(wiki, most=4).changes, tried(wiki, most=4).cut) == (4, False)
    assert tried(wiki, most=3).cut


def test_a_simulation_writes_nothing(organised: Wiki) -> None:
    save(organised, "page", "x\n")
    with organised.read() as connection:
        before = connection.execute(select(func.count()).select_from(Entry)).scalar_one()
    tried(organised, rule("All", replace_groups=("legal",)))
    with organised.read() as connection:
        assert connection.execute(select(func.count()).select_from(Entry)).scalar_one() == before
        assert list_rules(connection, organised.id) == []
    assert ranges(organised) == {"page": (0, 1)}


def test_a_simulation_expects_what_a_sample_would_leave_out(wiki: Wiki) -> None:
    for number in range(10):
        save(wiki, f"page-{number}", "x\n")
    trusting = rule("Staff", exempt_probability=0.8, trust=TrustNeeded(("staff",)))
    unknown = tried(wiki, trusting)
    assert (unknown.unknown, unknown.proposed.exempted) == (10, 0)
    known = tried(wiki, trusting, groups_of={WRITER.id: WRITER.groups})
    assert (known.unknown, round(known.proposed.exempted, 6), known.proposed.groups["moderators"]) == (0, 8.0, 2)


def test_what_a_rule_exempted_is_replayed_too(wiki: Wiki) -> None:
    put(wiki, "Staff", {}, exempt_probability=1, trust={"groups": ["staff"]})
    save(wiki, "page", "x\n")
    found = tried(wiki, rule("Staff", add_groups=("legal",)))
    assert (found.present.exempted, found.proposed.exempted) == (1, 0)
    assert found.proposed.groups == {"moderators": 1, "legal": 1}


def test_a_simulation_goes_back_as_many_days_as_asked_and_says_when_it_was_cut(wiki: Wiki) -> None:
    save(wiki, "old", "x\n")
    now = wiki.clock()
    wiki.clock = lambda: now + timedelta(days=10)
    for path in ("a", "b", "c"):
        save(wiki, path, "x\n")
    assert tried(wiki, days=5).changes == 3
    assert tried(wiki, days=30).changes == 4
    cut = tried(wiki, days=30, most=2)
    assert (cut.changes, cut.cut) == (2, True)


def test_rerouting_moves_open_reviews_and_keeps_their_range_and_authors(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    save(wiki, "page", "2\n", base=1)
    put(wiki, "All", {}, replace_groups=["legal"])
    found = moved(wiki)
    assert (found.seen, found.moved, found.opened, found.last) == (1, 1, 1, None)
    assert ranges(wiki) == {}
    assert ranges(wiki, "legal") == {"page": (0, 2)}
    assert review_of(wiki, "page", "legal").authors == (WRITER.name,)
    assert faults(wiki) == []
    assert moved(wiki).moved == 0


def test_rerouting_adds_groups_and_leaves_those_that_stay(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    put(wiki, "All", {}, add_groups=["legal"])
    found = moved(wiki)
    assert (found.moved, found.opened) == (0, 1)
    assert ranges(wiki) == ranges(wiki, "legal") == {"page": (0, 1)}
    again = moved(wiki)
    assert (again.moved, again.opened) == (0, 0)


def test_a_group_that_has_decided_is_not_asked_again(wiki: Wiki) -> None:
    put(wiki, "All", {}, add_groups=["legal"])
    save(wiki, "page", "1\n")
    decided(wiki, "page", "approve", by=LEGAL, group="legal")
    found = moved(wiki)
    assert (found.moved, found.opened) == (0, 0)
    put(wiki, "All", {}, replace_groups=["legal"])
    assert moved(wiki).moved == 0
    assert ranges(wiki) == {"page": (0, 1)}


def test_rerouting_touches_no_history(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "2\n", base=1)
    with wiki.read() as connection:
        before = connection.execute(select(Decision.id, Decision.group)).all()
    put(wiki, "All", {}, replace_groups=["legal"])
    moved(wiki)
    with wiki.read() as connection:
        assert connection.execute(select(Decision.id, Decision.group)).all() == before
    assert ranges(wiki, "legal") == {"page": (1, 2)}
    assert wiki.verify().intact


def test_rerouting_back_again_leaves_nothing_behind(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    put(wiki, "All", {}, replace_groups=["legal"])
    moved(wiki)
    with wiki.begin(SYSTEM) as tx:
        remove_rule(tx, "All")
    assert moved(wiki).moved == 1
    assert ranges(wiki) == {"page": (0, 1)}
    assert ranges(wiki, "legal") == {}


def test_what_a_moderator_handed_over_stays_where_they_put_it(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    seen = look(wiki, review_of(wiki, "page").id)
    with wiki.begin(MODERATOR) as tx:
        shown = seen.shown
        given = Answer(seen.id, shown.base, shown.head, shown.digest, Verdict.HAND_OVER, details={"to": "legal"})
        decide(tx, given)
    assert moved(wiki).moved == 0
    assert ranges(wiki, "legal") == {"page": (0, 1)}


@pytest.mark.parametrize("moves_on", [False, True])
def test_a_group_that_was_asked_to_help_keeps_what_it_was_given(sqlite_wiki: Wiki, *, moves_on: bool) -> None:
    wiki = sqlite_wiki
    wiki.clock = clock = TickingClock()
    put(wiki, "Late", {}, escalate_after={"hours": 8, "working": False}, escalate_to="chiefs")
    save(wiki, "page", "1\n")
    clock.now += timedelta(hours=9)
    wiki.age_reviews()
    if moves_on:
        put(wiki, "All", {}, replace_groups=["legal"])

    done = [moved(wiki).moved for _ in range(2)]

    assert done == [int(moves_on), 0]
    assert ranges(wiki, "chiefs") == {"page": (0, 1)}
    assert ranges(wiki, "legal" if moves_on else "moderators") == {"page": (0, 1)}
    assert faults(wiki) == []


def test_rerouting_goes_on_where_it_was(wiki: Wiki) -> None:
    for number in range(5):
        save(wiki, f"page-{number}", "x\n")
    put(wiki, "All", {}, replace_groups=["legal"])
    after, moved_in_all = 0, 0
    while after is not None:
        with wiki.begin(SYSTEM) as tx:
            found = reroute(tx, after=after, count=2)
        moved_in_all += found.moved
        after = found.last  # type: ignore[assignment]
    assert (moved_in_all, len(open_reviews(wiki, "legal")), open_reviews(wiki)) == (5, 5, [])


def test_a_review_that_moved_away_cannot_be_decided_any_more(wiki: Wiki) -> None:
    save(wiki, "page", "1\n")
    seen = look(wiki, review_of(wiki, "page").id)
    put(wiki, "All", {}, replace_groups=["legal"])
    moved(wiki)
    with pytest.raises(Exception, match="handed over"):
        answer(wiki, seen, "approve")


def test_only_administrators_reroute(wiki: Wiki) -> None:
    with pytest.raises(Forbidden), wiki.begin(WRITER) as tx:
        reroute(tx)
    with wiki.begin(ADMIN) as tx:
        assert reroute(tx).seen == 0
