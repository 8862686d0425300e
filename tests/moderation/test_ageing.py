"""How reviews grow old, as far as no database is needed: due times, what rules say together, ranges left unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki import Settings
from kbwiki.errors import Invalid
from kbwiki.moderation.ageing import AgeState, age_of, ageing_of, left_of, together
from kbwiki.moderation.rules.calendar import working_time
from kbwiki.moderation.rules.evaluation import evaluate
from kbwiki.moderation.rules.matching import Assignment, Facts, Match, NamedRule
from kbwiki.moderation.rules.parsing import parse_effect, to_json
from kbwiki.web.ageing import age_words

SETTINGS = Settings(due_soon_hours=4.0)
FRIDAY_AT_THREE = datetime(2026, 1, 2, 15, tzinfo=UTC)
SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda two: (min(two), max(two))), max_size=5)


def hours(count: float, *, working: bool = False) -> dict[str, Any]:
    return {"hours": count, "working": working}


def said_together(*effects: dict[str, Any], can_read: tuple[str, ...] = ("crew", "chiefs", "others")) -> Assignment:
    rules = [NamedRule(f"rule {at}", 1, Match(), parse_effect(effect)) for at, effect in enumerate(effects)]
    return evaluate(rules, Facts("edit", ("a",)), ("crew",), "fallback", lambda group: group in can_read)


def test_a_review_without_a_due_time_has_no_age() -> None:
    assert age_of(None, FRIDAY_AT_THREE, SETTINGS).state is AgeState.NONE


@pytest.mark.parametrize(
    ("due_in", "state"),
    [
        (timedelta(0), AgeState.OVERDUE),
        (timedelta(hours=-1), AgeState.OVERDUE),
        (timedelta(minutes=1), AgeState.DUE_SOON),
        # Two of the four working hours are on Friday, two on Monday.
        (timedelta(days=2, hours=20), AgeState.DUE_SOON),
        (timedelta(days=2, hours=20, minutes=1), AgeState.IN_TIME),
    ],
)
def test_due_soon_is_counted_in_working_hours(due_in: timedelta, state: AgeState) -> None:
    assert age_of(FRIDAY_AT_THREE + due_in, FRIDAY_AT_THREE, SETTINGS).state is state


def test_ages_have_words_where_there_is_something_to_say() -> None:
    def words(due_in: timedelta) -> str:
        return age_words(age_of(FRIDAY_AT_THREE + due_in, FRIDAY_AT_THREE, SETTINGS))

    assert words(timedelta(days=-3, hours=-2)) == "overdue by 3 days"
    assert words(timedelta(seconds=-5)) == "overdue by 1 minute"
    assert words(timedelta(hours=1, minutes=30)) == "due in 1 hour"
    assert words(timedelta(days=30)) == ""


@given(span=st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda two: (min(two), max(two))), seen=SPANS)
def test_what_is_left_of_a_range_is_what_was_not_seen(span: tuple[int, int], seen: list[tuple[int, int]]) -> None:
    numbers = set(range(span[0] + 1, span[1] + 1))
    looked_at = {number for base, head in seen for number in range(base + 1, head + 1)}

    left = [number for base, head in left_of(span, seen) for number in range(base + 1, head + 1)]

    assert left == sorted(numbers - looked_at)


@given(spans=SPANS)
def test_changes_in_several_ranges_count_once(spans: list[tuple[int, int]]) -> None:
    assert together(spans) == len({number for base, head in spans for number in range(base + 1, head + 1)})


@pytest.mark.parametrize(
    ("effect", "field"),
    [
        ({"escalate_after": hours(8)}, "effect.escalate_to"),
        ({"escalate_to": "chiefs"}, "effect.escalate_after"),
        ({"lapse_after": hours(8)}, "effect.lapse_policy"),
        ({"lapse_after": hours(8), "lapse_policy": " "}, "effect.lapse_policy"),
        ({"lapse_after": hours(8), "lapse_policy": "x" * 101}, "effect.lapse_policy"),
        ({"lapse_policy": "quiet"}, "effect.lapse_after"),
        ({"lapse_after": {"hours": "many"}, "lapse_policy": "quiet"}, "effect.lapse_after.hours"),
        ({"lapse_after": hours(0), "lapse_policy": "quiet"}, "effect.lapse_after"),
    ],
)
def test_half_a_policy_is_refused_by_the_name_of_what_is_missing(effect: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_effect(effect)

    assert refused.value.field == field


def test_a_policy_reads_as_it_was_written() -> None:
    said = {"escalate_after": hours(8, working=True), "escalate_to": "chiefs", "lapse_after": hours(4000)}

    assert to_json(parse_effect({**said, "lapse_policy": " quiet  pages "})) == {**said, "lapse_policy": "quiet pages"}


def test_the_earliest_escalation_and_the_latest_lapse_of_several_rules_count() -> None:
    said = said_together(
        {"escalate_after": hours(9), "escalate_to": "others"},
        {"escalate_after": hours(8), "escalate_to": "chiefs", "lapse_after": hours(90), "lapse_policy": "long"},
        {"lapse_after": hours(80), "lapse_policy": "short"},
    )

    found = ageing_of(FRIDAY_AT_THREE, said.escalations["crew"], said.lapses["crew"], working_time(SETTINGS))

    assert (found.escalate_at, found.escalate_to) == (FRIDAY_AT_THREE + timedelta(hours=8), "chiefs")
    assert (found.lapse_at, found.lapse_policy) == (FRIDAY_AT_THREE + timedelta(hours=90), "long")


def test_what_a_rule_says_of_time_is_for_the_groups_it_names() -> None:
    said = said_together({"add_groups": ["others"], "lapse_after": hours(8), "lapse_policy": "quiet"})

    assert set(said.lapses) == {"others"}


def test_a_group_is_not_given_what_it_has_nor_what_it_cannot_read() -> None:
    to_itself = said_together({"escalate_after": hours(8), "escalate_to": "crew"})
    to_outsiders = said_together({"escalate_after": hours(8), "escalate_to": "outsiders"})

    assert to_itself.escalations == {}
    assert to_outsiders.escalations == {}
    assert set(to_outsiders.passed_over) == {"outsiders"}
