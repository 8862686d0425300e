"""What a rule matches, how it is read, and what a list of rules makes of a change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.errors import Invalid
from kbwiki.moderation.rules.evaluation import RuleSet, evaluate
from kbwiki.moderation.rules.globs import check_pattern, fits
from kbwiki.moderation.rules.matching import (
    Assignment,
    Due,
    Effect,
    Facts,
    Match,
    NamedRule,
    PutBy,
    TrustNeeded,
    holds,
    holds_cheaply,
)
from kbwiki.moderation.rules.parsing import parse_effect, parse_match, parse_object, to_json


def facts(**given: Any) -> Facts:
    return Facts(**{"kind": "edit", "paths": ("hr/payroll/2026",), **given})


def assigned(rules: list[NamedRule], seen: Facts, responsible: tuple[str, ...] = ("moderators",)) -> Assignment:
    candidates, _ = RuleSet(rules).candidates(seen)
    return evaluate(candidates, seen, responsible, "fallback")


def rule(name: str, match: Match | None = None, **effect: Any) -> NamedRule:
    return NamedRule(name, 1, match or Match(), Effect(**effect))


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("hr/**", "hr", True),
        ("hr/**", "hr/a/b", True),
        ("hr/**", "hrx", False),
        ("**/plans", "plans", True),
        ("**/plans", "a/b/plans", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "a/b/c", False),
        ("hr/*", "hr/a", True),
        ("hr/*", "hr/a/b", False),
        ("hr/20??", "hr/2026", True),
        ("hr/20??", "hr/202", False),
        ("a[b]", "a[b]", True),
        ("**", "any/thing", True),
        ("Hr", "hr", False),
    ],
)
def test_a_pattern_matches_whole_paths(pattern: str, path: str, expected: bool) -> None:
    assert fits(check_pattern("match.paths", pattern), path) is expected


@given(st.lists(st.sampled_from(["**", "*a*a*a*a*a*a*b", "x"]), min_size=1, max_size=30))
def test_no_pattern_is_slow(steps: list[str]) -> None:
    fits("/".join(steps), "/".join(["a" * 30] * 30))


@pytest.mark.parametrize(
    ("match", "seen", "expected"),
    [
        (Match(), facts(), True),
        (Match(space="hr"), facts(), True),
        (Match(space="hr/pay"), facts(), False),
        (Match(paths=("**/2026",)), facts(), True),
        (Match(kinds=("create", "move")), facts(), False),
        (Match(author_groups=("staff",)), facts(author_groups=frozenset({"staff", "x"})), True),
        (Match(author_groups=("staff",)), facts(), False),
        (Match(author_kind="agent"), facts(author_kind="agent"), True),
        (Match(author_kind="agent"), facts(), False),
        (Match(new_page=True), facts(new_page=True), True),
        (Match(new_page=True), facts(), False),
        (Match(tags=("safety",)), facts(tags=frozenset({"safety"})), True),
        (Match(tags=("safety",)), facts(), False),
        (Match(min_size=10, max_size=20), facts(size=20), True),
        (Match(min_size=10, max_size=20), facts(size=21), False),
        (Match(min_change=5), facts(change=4), False),
        (Match(max_change=5), facts(change=4), True),
        (Match(min_risk=2.5), facts(risk=2.5), True),
        (Match(min_risk=2.5), facts(risk=2.4), False),
        (Match(space="hr", kinds=("edit",), tags=("a",)), facts(tags=frozenset({"b"})), False),
    ],
)
def test_everything_that_is_given_must_hold(match: Match, seen: Facts, expected: bool) -> None:
    assert (holds_cheaply(match, seen) and holds(match, seen)) is expected


def test_a_move_is_matched_in_both_places() -> None:
    seen = facts(paths=("b/page", "a/page"))
    for space in ("a", "b"):
        assert list(assigned([rule("r", Match(space=space), add_groups=("g",))], seen).groups) == ["moderators", "g"]


def test_without_rules_the_responsible_groups_look_and_without_those_the_fallback() -> None:
    assert assigned([], facts(), ("a", "b")).groups == {"a": PutBy(), "b": PutBy()}
    assert assigned([], facts(), ()).groups == {"fallback": PutBy()}


def test_rules_speak_in_their_order() -> None:
    adding, replacing = rule("first", add_groups=("legal",)), rule("second", replace_groups=("support",))
    assert assigned([adding, replacing], facts()).groups == {"support": PutBy("second", 1)}
    assert assigned([replacing, adding], facts()).groups == {
        "support": PutBy("second", 1),
        "legal": PutBy("first", 1),
    }


def test_a_rule_out_of_use_says_nothing() -> None:
    off = NamedRule("off", 1, Match(), Effect(replace_groups=("nobody",)), enabled=False)
    assert list(assigned([off], facts()).groups) == ["moderators"]


def test_a_due_time_counts_for_the_groups_its_rule_names_or_for_all() -> None:
    soon, later = Due(4), Due(40, working=False)
    both = assigned([rule("legal", add_groups=("legal",), due_within=soon), rule("all", due_within=later)], facts())
    assert both.due == {"moderators": (later,), "legal": (soon, later)}


def test_of_several_exemptions_the_one_that_exempts_least_counts() -> None:
    rules = [rule("much", exempt_probability=0.9), rule("never", exempt_probability=0.0), rule("x", add_groups=("g",))]
    found = assigned(rules, facts()).exemption
    assert found is not None
    assert (found.rule, found.probability) == ("never", 0.0)


def test_trust_is_by_group_or_earned_and_never_for_somebody_not_signed_in() -> None:
    by_group = rule("g", exempt_probability=0.5, trust=TrustNeeded(groups=("experts",)))
    earned = rule("e", exempt_probability=0.5, trust=TrustNeeded(earned=3))
    assert assigned([by_group], facts()).exemption is None
    assert assigned([by_group], facts(author_groups=frozenset({"experts"}))).exemption is not None
    assert assigned([earned], facts(streak=2)).exemption is None
    assert assigned([earned], facts(streak=3)).exemption is not None
    assert assigned([earned], facts(streak=3, anonymous=True)).exemption is None


def test_groups_that_cannot_read_are_passed_over_and_nothing_is_orphaned() -> None:
    seen = facts()
    blind = evaluate([rule("r", replace_groups=("blind",))], seen, ("moderators",), "fallback", lambda group: False)
    assert (list(blind.groups), blind.passed_over) == (["moderators"], {"blind": PutBy("r", 1)})


names = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True).map(tuple)
rules_of_any_kind = st.lists(
    st.builds(
        NamedRule,
        st.sampled_from(["r1", "r2", "r3"]),
        st.integers(1, 9),
        st.builds(
            Match,
            paths=st.lists(st.sampled_from(["hr/**", "**", "x/*", "*/payroll/**"]), max_size=2).map(
                lambda found: tuple(dict.fromkeys(found))
            ),
            space=st.sampled_from([None, "hr", "x"]),
            kinds=st.sampled_from([(), ("edit",), ("move",)]),
            tags=st.sampled_from([(), ("t",)]),
        ),
        st.builds(
            Effect,
            add_groups=names,
            replace_groups=names,
            exempt_probability=st.none() | st.floats(0, 1),
        ),
    ),
    max_size=8,
)


@given(rules_of_any_kind, names, st.sets(st.sampled_from("abc")), st.sampled_from(["hr/payroll/1", "x/y", "z"]))
def test_whatever_the_rules_somebody_looks(
    rules: list[NamedRule], responsible: tuple[str, ...], readers: set[str], path: str
) -> None:
    seen = facts(paths=(path,), tags=frozenset({"t"}))
    candidates, _ = RuleSet(rules).candidates(seen)
    found = evaluate(candidates, seen, responsible, "fallback", lambda group: group in readers)
    assert found.groups
    assert all(by.rule == "" or group in readers for group, by in found.groups.items())


@given(rules_of_any_kind, st.sampled_from(["hr/payroll/1", "x/y", "z", ""]))
def test_filing_rules_by_place_loses_none(rules: list[NamedRule], path: str) -> None:
    seen = facts(paths=(path,))
    found, _ = RuleSet(rules).candidates(seen)
    assert found == [one for one in rules if holds_cheaply(one.match, seen)]


@given(rules_of_any_kind)
def test_what_is_written_reads_as_the_same(rules: list[NamedRule]) -> None:
    for one in rules:
        assert parse_match(to_json(one.match)) == one.match
        if one.effect != Effect():
            assert parse_effect(to_json(one.effect)) == one.effect


def test_due_times_and_trust_are_read_and_written() -> None:
    said = {
        "add_groups": ["legal"],
        "due_within": {"hours": 8.0, "working": False},
        "exempt_probability": 0.95,
        "trust": {"groups": ["experts"], "earned": 20},
    }
    effect = parse_effect(said)
    assert effect.due_within == Due(8, working=False)
    assert effect.trust == TrustNeeded(("experts",), 20)
    assert to_json(effect) == said


@pytest.mark.parametrize(
    ("match", "field"),
    [
        ({"pahts": []}, "match.pahts"),
        ({"paths": "hr/**"}, "match.paths"),
        ({"paths": ["a/b**"]}, "match.paths"),
        ({"paths": [" "]}, "match.paths"),
        ({"author_kind": "robot"}, "match.author_kind"),
        ({"new_page": "yes"}, "match.new_page"),
        ({"min_size": -1}, "match.min_size"),
        ({"min_size": 1.5}, "match.min_size"),
        ({"min_size": 5, "max_size": 4}, "match.max_size"),
        ({"min_risk": "high"}, "match.min_risk"),
        ({"space": 7}, "match.space"),
    ],
)
def test_a_match_that_cannot_be_read_is_refused_by_field(match: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_match(match)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("effect", "field"),
    [
        ({}, "effect"),
        ({"add_group": ["x"]}, "effect.add_group"),
        ({"add_groups": [7]}, "effect.add_groups"),
        ({"due_within": 8}, "effect.due_within"),
        ({"due_within": {"hours": 0}}, "effect.due_within"),
        ({"due_within": {"hours": 1e9}}, "effect.due_within.hours"),
        ({"exempt_probability": 1.5}, "effect.exempt_probability"),
        ({"exempt_probability": True}, "effect.exempt_probability"),
        ({"add_groups": ["x"], "trust": {"earned": 5}}, "effect.exempt_probability"),
        ({"exempt_probability": 0.5, "trust": {}}, "effect.trust"),
    ],
)
def test_an_effect_that_cannot_be_read_is_refused_by_field(effect: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_effect(effect)
    assert refused.value.field == field


def test_text_that_is_no_json_object_is_refused() -> None:
    for text in ("[1]", "{", "7"):
        with pytest.raises(Invalid):
            parse_object("match", text)
    assert parse_object("match", "  ") == {}
