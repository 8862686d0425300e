"""Rules in the browser: listed, set, tried, removed; for administrators alone."""

from __future__ import annotations

from kbwiki import Actor, Wiki
from kbwiki.actors import SYSTEM
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.rules.queries import get_rule, list_rules
from kbwiki.testing import ADMIN, WRITER, open_reviews, save

from .conftest import Visitor

RULES, RULE = "/wiki/-/rules", "/wiki/-/rule"


def names(wiki: Wiki) -> list[str]:
    with wiki.read() as connection:
        return [line.name for line in list_rules(connection, wiki.id)]


def put(wiki: Wiki, name: str) -> None:
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, name, {"space": "hr"}, {"add_groups": ["legal"], "due_within": {"hours": 8}})


def test_only_administrators_see_and_set_rules(wiki: Wiki, visitor: Visitor) -> None:
    put(wiki, "Legal")
    for address in (RULES, RULE):
        assert visitor.get(address).status_code == 403
    visitor.actor = ADMIN
    assert "Legal" in visitor.text(RULES)


def test_a_rule_is_made_in_the_form_and_stands_in_the_list(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = ADMIN
    answer = visitor.post(
        RULE,
        name="Experts",
        enabled="1",
        match_kinds="edit, create",
        match_new_page="no",
        effect_exempt_probability="95",
        effect_trust_groups="experts",
        effect_trust_earned="20",
        comment="tried for a month",
    )
    assert answer.status_code == 303
    with wiki.read() as connection:
        view = get_rule(connection, wiki.id, "Experts")
    assert (view.line.match.kinds, view.line.match.new_page) == (("edit", "create"), False)
    assert (view.line.effect.exempt_probability, view.line.effect.trust.earned) == (0.95, 20)  # type: ignore[union-attr]
    listed = visitor.text(RULES)
    assert "95 % left unseen" in listed
    assert "What nobody looked at" in listed
    assert "tried for a month" in visitor.text(f"{RULE}?rule=Experts")


def test_a_rule_is_changed_and_what_stands_in_the_form_is_what_it_says(wiki: Wiki, visitor: Visitor) -> None:
    put(wiki, "Legal")
    visitor.actor = ADMIN
    form = visitor.text(f"{RULE}?rule=Legal")
    for shown in ('value="hr"', 'value="legal"', 'value="8"'):
        assert shown in form
    answer = visitor.post(
        RULE, form=f"{RULE}?rule=Legal", match_space="hr/pay", effect_add_groups="legal, board", working="1"
    )
    assert answer.status_code == 303
    with wiki.read() as connection:
        line = get_rule(connection, wiki.id, "Legal").line
    assert (line.number, line.match.space, line.effect.add_groups, line.enabled) == (
        2,
        "hr/pay",
        ("legal", "board"),
        False,
    )


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = ADMIN
    answer = visitor.post(RULE, name="Big", match_min_size="much", effect_add_groups="legal")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="kb_fault_match_min_size"' in page
    assert 'value="legal"' in page
    assert names(wiki) == []


def test_an_older_form_is_refused_with_what_was_typed(wiki: Wiki, visitor: Visitor) -> None:
    put(wiki, "Legal")
    visitor.actor = ADMIN
    answer = visitor.post(RULE, name="Legal", effect_add_groups="others")
    assert answer.status_code == 409
    assert 'value="others"' in answer.get_data(as_text=True)


def test_a_simulation_shows_the_load_and_saves_nothing(wiki: Wiki, visitor: Visitor) -> None:
    save(wiki, "hr/page", "x\n")
    visitor.actor = ADMIN
    answer = visitor.post(RULE, name="Legal", do="simulate", match_space="hr", effect_add_groups="legal", enabled="1")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<th scope="row" dir="auto">legal</th><td>0</td><td>1</td>' in page
    assert '<th scope="row" dir="auto">moderators</th><td>1</td><td>1</td>' in page
    assert names(wiki) == []


def test_rules_are_moved_and_removed(wiki: Wiki, visitor: Visitor) -> None:
    for name in ("a", "b", "c"):
        put(wiki, name)
    visitor.actor = ADMIN
    visitor.post(RULE, form=f"{RULE}?rule=c", effect_add_groups="x", enabled="1", before="=a")
    assert names(wiki) == ["c", "a", "b"]
    visitor.post(RULE, form=f"{RULE}?rule=c", effect_add_groups="x", enabled="1", before="-")
    assert names(wiki) == ["a", "b", "c"]
    assert visitor.post(RULE, form=f"{RULE}?rule=b", do="remove").status_code == 303
    assert names(wiki) == ["a", "c"]
    assert "This rule is removed" in visitor.text(f"{RULE}?rule=b")


def test_the_review_page_says_why_it_is_there(wiki: Wiki, visitor: Visitor) -> None:
    put(wiki, "Legal look")
    save(wiki, "hr/page", "x\n")
    for group, reason in (
        ("legal", "The rule “Legal look” (version 1) asks legal to look."),
        ("moderators", "moderators looks after this part of the wiki."),
    ):
        visitor.actor = Actor("m", "M", frozenset({group}))
        (line,) = open_reviews(wiki, group)
        assert reason in visitor.text(f"/wiki/-/reviews/{line.id}")


def test_a_rule_set_in_the_browser_is_reviewed_in_the_browser(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = ADMIN
    visitor.post(RULE, name="Mine", enabled="1", effect_replace_groups="friends")
    (line,) = open_reviews(wiki, "admins")
    visitor.actor = Actor("admin-2", "Abe", frozenset({"admins"}))
    assert "Mine" in visitor.text("/wiki/-/reviews?group=admins")
    page = visitor.text(f"/wiki/-/reviews/{line.id}")
    assert "effect replace_groups" in page
    review = f"/wiki/-/reviews/{line.id}"
    sent = visitor.post(f"{review}/decide", form=review, verdict="revert", reason="wrong")
    assert sent.status_code == 303
    assert names(wiki) == []


def test_open_reviews_are_moved_on_request(wiki: Wiki, visitor: Visitor) -> None:
    save(wiki, "hr/page", "x\n")
    put(wiki, "Legal")
    visitor.actor = ADMIN
    answer = visitor.post(f"{RULES}/reroute", form=RULES)
    assert answer.status_code == 303
    assert "1 opened for further groups" in visitor.text(answer.headers["Location"])
    assert [line.path for line in open_reviews(wiki, "legal")] == ["hr/page"]
    visitor.actor = WRITER
    assert visitor.client.post(f"{RULES}/reroute").status_code in (400, 403)
