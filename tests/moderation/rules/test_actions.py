"""Rules and spaces are set by administrators, kept in every version, and looked at like everything else."""

from __future__ import annotations

import threading

import pytest

from kbwiki.actors import SYSTEM, Actor
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.rules.actions import remove_rule, reorder, set_rule
from kbwiki.moderation.rules.matching import Effect, Match
from kbwiki.moderation.rules.queries import get_rule, list_rules
from kbwiki.moderation.shown import what_is_shown
from kbwiki.moderation.take_back import take_back
from kbwiki.spaces.policy import SpaceSettings
from kbwiki.spaces.queries import get_space
from kbwiki.testing import ADMIN, MODERATOR, WRITER, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.moderation.conftest import ranges

SECOND_ADMIN = Actor("admin-2", "Abe Admin", frozenset({"admins"}))
EFFECT = Effect(add_groups=("legal",))


def names(wiki: Wiki) -> list[str]:
    with wiki.read() as connection:
        return [line.name for line in list_rules(connection, wiki.id)]


def put(wiki: Wiki, *rules: str) -> None:
    with wiki.begin(SYSTEM) as tx:
        for name in rules:
            set_rule(tx, name, Match(), EFFECT)


def decide_about(wiki: Wiki, verdict: str) -> int:
    """Answer the one review of the administrators, as the second of them."""
    (line,) = open_reviews(wiki, "admins")
    with wiki.read() as connection:
        shown = what_is_shown(connection, wiki.id, line.id, wiki.subjects)
    reason = "" if verdict == "approve" else "wrong"
    with wiki.begin(SECOND_ADMIN) as tx:
        given = Answer(line.id, shown.base, shown.head, shown.digest, Verdict(verdict), reason=reason)
        return decide(tx, given).decision_id


def test_only_administrators_change_rules(wiki: Wiki) -> None:
    put(wiki, "Rule")
    for actor in (WRITER, MODERATOR):
        with pytest.raises(Forbidden), wiki.begin(actor) as tx:
            set_rule(tx, "Rule", Match(), EFFECT)
        with pytest.raises(Forbidden), wiki.begin(actor) as tx:
            remove_rule(tx, "Rule")
        with pytest.raises(Forbidden), wiki.begin(actor) as tx:
            reorder(tx, "Rule")


def test_every_version_is_kept_with_who_and_why(wiki: Wiki) -> None:
    with wiki.begin(ADMIN) as tx:
        assert set_rule(tx, " Legal  look ", {"space": "hr"}, {"add_groups": ["legal"]}, comment="asked for") == 1
    with wiki.begin(SECOND_ADMIN) as tx:
        assert set_rule(tx, "Legal look", {"space": "hr/pay"}, {"add_groups": ["legal"]}, enabled=False) == 2
    with wiki.begin(ADMIN) as tx:
        assert remove_rule(tx, "Legal look", comment="not needed") == 3
    assert names(wiki) == []
    with wiki.read() as connection:
        view = get_rule(connection, wiki.id, "Legal look")
    assert view.removed
    assert [(one.number, one.match.space, one.enabled, one.actor, one.comment) for one in view.versions] == [
        (3, "hr/pay", False, ADMIN.name, "not needed"),
        (2, "hr/pay", False, SECOND_ADMIN.name, ""),
        (1, "hr", True, ADMIN.name, "asked for"),
    ]


def test_a_removed_rule_comes_back_when_it_is_set_again(wiki: Wiki) -> None:
    put(wiki, "Rule")
    with wiki.begin(SYSTEM) as tx:
        remove_rule(tx, "Rule")
    with pytest.raises(NotFound), wiki.begin(SYSTEM) as tx:
        remove_rule(tx, "Rule")
    with wiki.begin(SYSTEM) as tx:
        assert set_rule(tx, "Rule", Match(), EFFECT, number=0) == 3
    assert names(wiki) == ["Rule"]


def test_an_editor_who_started_from_an_older_version_is_told(wiki: Wiki) -> None:
    put(wiki, "Rule", "Rule")
    for number in (0, 1):
        with pytest.raises(Conflict), wiki.begin(ADMIN) as tx:
            set_rule(tx, "Rule", Match(), EFFECT, number=number)


@pytest.mark.parametrize("name", ["", "x" * 101, "decision", "administration"])
def test_names_that_explain_nothing_are_refused(wiki: Wiki, name: str) -> None:
    with pytest.raises(Invalid), wiki.begin(ADMIN) as tx:
        set_rule(tx, name, Match(), EFFECT)


def test_rules_are_moved_in_the_list(wiki: Wiki) -> None:
    put(wiki, "a", "b", "c")
    with wiki.begin(SYSTEM) as tx:
        reorder(tx, "c", before="a")
    assert names(wiki) == ["c", "a", "b"]
    with wiki.begin(SYSTEM) as tx:
        reorder(tx, "c")
    for turn in range(25):  # more often than places can be halved
        with wiki.begin(SYSTEM) as tx:
            reorder(tx, "ab"[turn % 2], before="ba"[turn % 2])
    assert names(wiki) == ["a", "b", "c"]
    with pytest.raises(NotFound), wiki.begin(SYSTEM) as tx:
        reorder(tx, "a", before="nowhere")


def test_rule_changes_by_people_are_looked_at_by_the_administrators(wiki: Wiki) -> None:
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "Everything", {}, {"replace_groups": ["friends"]})
    (line,) = open_reviews(wiki, "admins")
    assert (line.subject_kind, line.title, line.base, line.head) == ("rule", "Everything", 0, 1)
    assert open_reviews(wiki, "friends") == []
    decide_about(wiki, "revert")
    assert names(wiki) == []
    assert open_reviews(wiki, "admins") == []
    save(wiki, "page", "x\n")
    assert ranges(wiki) == {"page": (0, 1)}


def test_reverting_a_rule_sets_the_version_before(wiki: Wiki) -> None:
    put(wiki, "Rule")
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "Rule", {"space": "hr"}, EFFECT)
        set_rule(tx, "Rule", {"space": "hr/pay"}, EFFECT, enabled=False)
    decide_about(wiki, "revert")
    with wiki.read() as connection:
        view = get_rule(connection, wiki.id, "Rule")
    assert (view.line.number, view.line.match, view.line.enabled) == (4, Match(), True)


def test_what_rules_and_spaces_were_is_readable_on_both_sides(wiki: Wiki) -> None:
    put(wiki, "Rule")
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "Rule", {"space": "hr"}, EFFECT)
        space = wiki.set_space(tx, "hr", SpaceSettings(readers=("people",)))
    with wiki.read() as connection:
        rule_id = list_rules(connection, wiki.id)[0].id
        before, after = wiki.subjects["rule"].sides(connection, rule_id, 1, 2) or ("", "")
        assert 'match space: "hr"' in after
        assert 'effect add_groups: ["legal"]' in before
        assert "match space" not in before
        before, after = wiki.subjects["space"].sides(connection, space, 0, 1) or ("", "")
        assert before == ""
        assert "who reads: people" in after


def test_spaces_set_by_people_are_looked_at_and_set_back(wiki: Wiki) -> None:
    make_space(wiki, "hr", title="People", readers=("people",), reviewers=("people",))
    assert open_reviews(wiki, "admins") == []
    with wiki.begin(ADMIN) as tx:
        wiki.set_space(tx, "hr", SpaceSettings("Open", ("everyone",), None, None))
    (line,) = open_reviews(wiki, "admins")
    assert (line.subject_kind, line.path, line.base, line.head) == ("space", "hr", 1, 2)
    decide_about(wiki, "revert")
    with wiki.read() as connection:
        space = get_space(connection, wiki.id, "hr", ADMIN)
    assert space.settings == SpaceSettings("People", ("people",), None, ("people",))
    assert open_reviews(wiki, "admins") == []


def test_taking_a_revert_back_sets_rules_and_spaces_again(wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people",))
    with wiki.begin(ADMIN) as tx:
        wiki.set_space(tx, "hr", SpaceSettings(readers=("everyone",)))
    decision = decide_about(wiki, "revert")
    with wiki.begin(SECOND_ADMIN) as tx:
        take_back(tx, decision)
    with wiki.read() as connection:
        assert get_space(connection, wiki.id, "hr", ADMIN).settings.readers == ("everyone",)
    decide_about(wiki, "approve")
    put(wiki, "Rule")
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "Rule", {"space": "hr"}, EFFECT)
    decision = decide_about(wiki, "revert")
    with wiki.begin(SECOND_ADMIN) as tx:
        take_back(tx, decision)
    with wiki.read() as connection:
        assert list_rules(connection, wiki.id)[0].match.space == "hr"


def test_a_new_space_that_is_taken_back_inherits_everything(wiki: Wiki) -> None:
    with wiki.begin(ADMIN) as tx:
        wiki.set_space(tx, "open", SpaceSettings(writers=("everyone",)))
    decide_about(wiki, "revert")
    with wiki.read() as connection:
        settings = get_space(connection, wiki.id, "open", ADMIN).settings
    assert (settings.readers, settings.writers, settings.reviewers) == (None, None, None)


def test_two_administrators_at_once_make_two_versions(wiki: Wiki) -> None:
    put(wiki, "Rule")

    def change(actor: Actor, space: str) -> None:
        with wiki.begin(actor) as tx:
            set_rule(tx, "Rule", {"space": space}, EFFECT)

    threads = [
        threading.Thread(target=change, args=(actor, f"space-{turn}"))
        for turn in range(4)
        for actor in (ADMIN, SECOND_ADMIN)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with wiki.read() as connection:
        view = get_rule(connection, wiki.id, "Rule")
    assert [one.number for one in view.versions] == list(range(9, 0, -1))


SLIPS = {
    "add_groups": {"add_groups": ["legal", "safety"]},
    "replace_groups": {"replace_groups": ["safety"]},
    "escalate_to": {"escalate_to": "safety", "escalate_after": {"hours": 4}},
}


@pytest.mark.parametrize("field", sorted(SLIPS))
def test_a_group_that_differs_in_letter_case_only_is_a_slip(sqlite_wiki: Wiki, field: str) -> None:
    make_space(sqlite_wiki, "labs", reviewers=("Safety",))
    with pytest.raises(Invalid, match="Please write “Safety”") as refused, sqlite_wiki.begin(ADMIN) as tx:
        set_rule(tx, "Labs", Match(), SLIPS[field])
    assert refused.value.field == f"effect.{field}"


def test_a_rule_can_name_a_group_that_nobody_here_knows_yet(sqlite_wiki: Wiki) -> None:
    with sqlite_wiki.begin(ADMIN) as tx:
        assert set_rule(tx, "Labs", Match(), {"add_groups": ["quite new"]}) == 1
