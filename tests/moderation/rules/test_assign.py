"""Rules at work: what a save becomes in the queues, by when, and what is left to a draw."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select, update

from kbwiki.actors import ANONYMOUS, SYSTEM, Actor
from kbwiki.db import Change
from kbwiki.journal.models import Entry
from kbwiki.moderation.lifecycle import get_review_row
from kbwiki.moderation.models import Rule, Trust
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.rules.queries import Why, unseen, why
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.actions import move_page, restore_revision
from kbwiki.pages.models import Revision
from kbwiki.testing import ADMIN, AGENT, MODERATOR, SECOND_WRITER, WRITER, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.moderation.conftest import PEOPLE, decided, ranges, review_of
from tests.promises.invariants import faults

EXPERT = Actor("expert", "Edda Expert", frozenset({"staff", "experts"}))


def rule(wiki: Wiki, name: str, match: dict[str, Any], **effect: Any) -> None:
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, name, match, effect)


def newest(wiki: Wiki) -> Any:
    with wiki.read() as connection:
        return connection.execute(select(Entry).order_by(Entry.id.desc()).limit(1)).one()


def test_a_rule_adds_a_group_with_a_review_of_its_own(wiki: Wiki) -> None:
    rule(wiki, "Contracts", {"paths": ["**/contracts/**"]}, add_groups=["legal"])
    save(wiki, "sales/contracts/acme", "x\n")
    save(wiki, "sales/other", "x\n")
    assert ranges(wiki, "legal") == {"sales/contracts/acme": (0, 1)}
    assert set(ranges(wiki)) == {"sales/contracts/acme", "sales/other"}
    assert faults(wiki) == []


def test_a_rule_replaces_the_responsible_groups(organised: Wiki) -> None:
    rule(organised, "Agents", {"author_kind": "agent"}, replace_groups=["robots"])
    save(organised, "people/page", "x\n", by=AGENT)
    assert ranges(organised, "robots") == {"people/page": (0, 1)}
    assert ranges(organised, "people") == {}


def test_the_due_time_is_in_working_hours_and_orders_the_queue(wiki: Wiki) -> None:
    rule(wiki, "Soon", {"space": "urgent"}, due_within={"hours": 2})
    wiki.clock = lambda: datetime(2026, 1, 2, 16, 0, tzinfo=UTC)  # a Friday, an hour before the working day ends
    save(wiki, "page", "x\n")
    save(wiki, "urgent/page", "x\n")
    lines = open_reviews(wiki)
    assert [line.path for line in lines] == ["urgent/page", "page"]
    assert (lines[0].due_at, lines[1].due_at) == (datetime(2026, 1, 5, 10, 0, tzinfo=UTC), None)


def test_a_later_change_can_only_bring_the_due_time_forward(wiki: Wiki) -> None:
    rule(wiki, "Moves", {"kinds": ["edit"]}, due_within={"hours": 1, "working": False})
    save(wiki, "page", "1\n")
    assert review_of(wiki, "page").due_at is None
    save(wiki, "page", "2\n", base=1)
    due = review_of(wiki, "page").due_at
    save(wiki, "page", "3\n", base=2)
    assert due is not None
    assert review_of(wiki, "page").due_at == due


@pytest.mark.parametrize(
    ("match", "path", "text", "expected"),
    [
        ({"tags": ["safety"]}, "tagged", "x\n", True),
        ({"tags": ["other"]}, "tagged", "x\n", False),
        ({"min_size": 100}, "page", "x" * 100, True),
        ({"min_size": 101}, "page", "x" * 100, False),
        ({"min_change": 7}, "page", "one two x\n", True),
        ({"min_change": 8}, "page", "one two x\n", False),
        ({"min_risk": 3}, "page", "you lol idiot shit\n", True),
        ({"min_risk": 3}, "page", "quite harmless\n", False),
        ({"new_page": True}, "page", "x\n", True),
        ({"new_page": False}, "page", "x\n", False),
        ({"author_groups": ["staff"]}, "page", "x\n", True),
        ({"author_groups": ["experts"]}, "page", "x\n", False),
    ],
)
def test_rules_see_the_facts_of_a_page(
    wiki: Wiki, match: dict[str, Any], path: str, text: str, expected: bool
) -> None:
    rule(wiki, "Watched", match, add_groups=["watchers"])
    save(wiki, path, text, tags=("safety",))
    assert bool(ranges(wiki, "watchers")) is expected


def test_a_move_is_a_matter_of_both_places(organised: Wiki) -> None:
    rule(organised, "People", {"space": "people"}, add_groups=["council"])
    save(organised, "people/page", "x\n")
    with organised.begin(WRITER) as tx:
        move_page(tx, "people/page", "safety/page")
    assert ranges(organised, "council") == {"safety/page": (0, 2)}
    assert ranges(organised, "safety") == {"safety/page": (1, 2)}


def test_a_group_that_cannot_read_is_passed_over_and_it_is_recorded(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("people",), writers=("people",), reviewers=("people",))
    rule(wiki, "Everything", {}, replace_groups=["outsiders"])
    save(wiki, "closed/page", "x\n", by=PEOPLE)
    assert ranges(wiki, "people") == {"closed/page": (0, 1)}
    assert newest(wiki).payload["passed_over"] == {"outsiders": ["Everything", 1]}
    assert faults(wiki) == []


def test_a_trusted_change_that_is_not_drawn_is_recorded_as_exempt(wiki: Wiki) -> None:
    rule(wiki, "Experts", {}, exempt_probability=0.9, trust={"groups": ["experts"]})
    wiki.chance = lambda: 0.89
    saved = save(wiki, "page", "x\n", by=EXPERT)
    assert ranges(wiki) == {}
    entry = newest(wiki)
    assert (entry.exempt, entry.payload["exempt"]) == ("Experts", {"rule": "Experts", "probability": 0.9})
    with wiki.read() as connection:
        exempt = connection.execute(select(Revision.exempt).where(Revision.page_id == saved.page_id)).scalar_one()
    assert exempt == "Experts"
    assert wiki.verify().intact
    assert faults(wiki) == []


def test_a_trusted_change_that_is_drawn_is_looked_at_and_keeps_its_probability(wiki: Wiki) -> None:
    rule(wiki, "Experts", {}, exempt_probability=0.9, trust={"groups": ["experts"]})
    wiki.chance = lambda: 0.9
    save(wiki, "page", "x\n", by=EXPERT)
    assert ranges(wiki) == {"page": (0, 1)}
    sampled = newest(wiki).payload["sampled"]
    assert (sampled["rule"], sampled["number"], round(sampled["probability"], 9)) == ("Experts", 1, 0.1)


def test_others_are_not_exempted(wiki: Wiki) -> None:
    rule(wiki, "Experts", {}, exempt_probability=1, trust={"groups": ["experts"]})
    save(wiki, "page", "x\n")
    save(wiki, "by-everybody", "x\n", by=SECOND_WRITER)
    assert set(ranges(wiki)) == {"page", "by-everybody"}


def test_a_trusted_change_to_what_waits_anyway_goes_along(wiki: Wiki) -> None:
    rule(wiki, "Experts", {}, exempt_probability=1, trust={"groups": ["experts"]})
    save(wiki, "page", "1\n")
    save(wiki, "page", "2\n", base=1, by=EXPERT)
    assert ranges(wiki) == {"page": (0, 2)}
    assert faults(wiki) == []


def test_trust_is_earned_by_approvals_in_a_row_and_lost_by_a_revert(wiki: Wiki) -> None:
    rule(wiki, "Earned", {"kinds": ["edit"]}, exempt_probability=1, trust={"earned": 2})
    save(wiki, "page", "0\n", by=SECOND_WRITER)
    decided(wiki, "page", "approve")
    for number in (1, 2):
        save(wiki, "page", f"{number}\n", base=number)
        decided(wiki, "page", "approve")
    save(wiki, "page", "trusted\n", base=3)
    assert ranges(wiki) == {}
    save(wiki, "page", "not trusted\n", base=4, by=SECOND_WRITER)
    save(wiki, "page", "goes along\n", base=5)
    decided(wiki, "page", "revert")
    with wiki.read() as connection:
        streaks = {tuple(row) for row in connection.execute(select(Trust.kind, Trust.streak))}
    assert streaks == {("create", 1), ("edit", 0)}
    save(wiki, "page", "no longer\n", base=7)
    assert list(ranges(wiki)) == ["page"]


def test_an_approval_that_is_taken_back_gives_no_trust(wiki: Wiki) -> None:
    save(wiki, "page", "0\n")
    approved = decided(wiki, "page", "approve")
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, approved.decision_id)
    with wiki.read() as connection:
        assert connection.execute(select(Trust.kind, Trust.streak)).all() == [("create", 0)]


def test_nobody_not_signed_in_earns_trust(wiki: Wiki) -> None:
    make_space(wiki, "", readers=("everyone",), writers=("everyone",))
    rule(wiki, "Earned", {}, exempt_probability=1, trust={"earned": 1})
    save(wiki, "page", "x\n", by=ANONYMOUS)
    decided(wiki, "page", "approve")
    save(wiki, "page", "y\n", base=1, by=ANONYMOUS)
    assert ranges(wiki) == {"page": (1, 2)}


def test_the_rate_among_what_nobody_saw_is_estimated_from_the_samples(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    rule(wiki, "Experts", {}, exempt_probability=0.5, trust={"groups": ["experts"]})
    wiki.chance = random.Random(3).random
    for number in range(40):
        save(wiki, f"page-{number}", "x\n", by=EXPERT)
    drawn = sorted(ranges(wiki))
    decided(wiki, drawn[0], "revert")
    for path in drawn[1:-1]:
        decided(wiki, path, "approve")
    with wiki.read() as connection:
        found = unseen(connection, wiki.id, datetime(2000, 1, 1, tzinfo=UTC))
    assert found.exempted == {"Experts": 40 - len(drawn)}
    assert (found.undecided, found.estimate.looked_at) == (1, len(drawn) - 1)
    assert found.estimate.rate == pytest.approx(1 / (len(drawn) - 1))
    assert found.estimate.low < found.estimate.rate < found.estimate.high


def test_why_names_the_rule_at_its_version_then(wiki: Wiki) -> None:
    rule(wiki, "Contracts", {"space": "contracts"}, add_groups=["legal"])
    save(wiki, "contracts/acme", "1\n")
    rule(wiki, "Contracts", {"space": "contracts"}, add_groups=["legal"], due_within={"hours": 1})
    save(wiki, "contracts/acme", "2\n", base=1)
    with wiki.read() as connection:
        legal, moderators = (_row(wiki, group) for group in ("legal", "moderators"))
        assert why(connection, wiki.id, legal) == [Why(1, "Contracts", 1), Why(2, "Contracts", 2)]
        assert why(connection, wiki.id, moderators) == [Why(1), Why(2)]


def _row(wiki: Wiki, group: str) -> Any:
    with wiki.read() as connection:
        return get_review_row(connection, wiki.id, open_reviews(wiki, group)[0].id)


def test_a_rule_that_cannot_be_read_stops_no_save(wiki: Wiki) -> None:
    rule(wiki, "Broken", {}, replace_groups=["nobody"])
    with wiki.database.write() as connection:
        connection.execute(update(Rule).values(content={"match": {"from": "a later version"}}))
    save(wiki, "page", "x\n")
    assert ranges(wiki) == {"page": (0, 1)}


def test_rules_of_a_transaction_that_failed_are_not_kept(wiki: Wiki) -> None:
    rule(wiki, "First", {"space": "a"}, add_groups=["a"])

    def failing() -> None:
        with wiki.begin(ADMIN) as tx:
            set_rule(tx, "Second", {}, {"replace_groups": ["lost"]})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    save(wiki, "b/page", "x\n")
    rule(wiki, "Third", {"space": "c"}, add_groups=["c"])
    save(wiki, "c/page", "x\n")
    assert set(ranges(wiki)) == {"b/page", "c/page"}
    assert ranges(wiki, "c") == {"c/page": (0, 1)}


def test_a_change_without_a_space_is_looked_at_by_the_fallback_group(wiki: Wiki) -> None:
    saved = save(wiki, "page", "x\n")
    decided(wiki, "page", "approve")
    with wiki.begin(WRITER) as tx:
        tx.record(Change("odd", "page", saved.page_id, 2, (), {"path": "page"}))
    assert ranges(wiki) == {"page": (1, 2)}


def test_what_its_author_restores_is_closed_though_rules_are_there(wiki: Wiki) -> None:
    rule(wiki, "All", {}, add_groups=["legal"])
    save(wiki, "page", "1\n")
    decided(wiki, "page", "approve")
    save(wiki, "page", "2\n", base=1)
    with wiki.begin(WRITER) as tx:
        restore_revision(tx, "page", 1)
    assert ranges(wiki) == {}


def test_two_hundred_rules_cost_a_save_no_statement(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    save(wiki, "warm", "x\n")
    before = _statements(wiki, "without")
    for number in range(200):
        match = {"space": f"space-{number}", "min_risk": 1, "tags": ["x"]}
        rule(wiki, f"Rule {number}", match, add_groups=[f"group-{number}"])
    save(wiki, "space-7/warm", "x\n")
    assert _statements(wiki, "with") == before


def _statements(wiki: Wiki, path: str) -> Counter[str]:
    seen: Counter[str] = Counter()

    def note(*args: Any) -> None:
        seen[args[2].split(None, 2)[0]] += 1

    event.listen(wiki.database.engine, "before_cursor_execute", note)
    save(wiki, path, "x\n")
    event.remove(wiki.database.engine, "before_cursor_execute", note)
    return seen
