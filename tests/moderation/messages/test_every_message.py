"""Every message there can be says who or which group, what, why, what next, and how to object."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbwiki import Settings, Wiki
from kbwiki.actors import Actor
from kbwiki.moderation.acts import restrict_author
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.messages.lines import MessageLine, Told, line_of
from kbwiki.moderation.messages.reasons import BUILT_IN, ReasonView, set_reason
from kbwiki.moderation.messages.templates import NEXT, OBJECT, PLACEHOLDERS, WHAT, WHY, check_template
from kbwiki.moderation.policy import NEEDS_REASON, Verdict
from kbwiki.moderation.shown import what_is_shown
from kbwiki.moderation.take_back import take_back
from kbwiki.spaces.queries import find_space
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, WRITER, answer, look, open_reviews, save
from kbwiki.wording import kb_t

from .conftest import changed, later, messages, review_id, take_out

AT = datetime(2026, 5, 3, 10, 15, tzinfo=UTC)
TEMPLATES = (
    "",
    "Please read our guide.",
    "Hello. {what}!",
    "{group}",
    "{who} {what}",
    "{note}\n\n{why}",
    "{next}",
    "{object}",
    "{title} {when}",
    "{group} {what}, since {why}. {note} {next} {object}",
)
NAMED = Settings(name_moderators=True)
UNNAMED = Settings(name_moderators=False)


def line(verdict: Verdict, why: str, template: str, told_by: Settings, note: str = "") -> MessageLine:
    """The message about such a decision."""
    facts = {"why": why, "template": template}
    one = Told(1, 1, "Safety", verdict, "Mona", AT, "key" if why else "", note, facts, "page", 1, 1, 2)
    return line_of(one, told_by, title="Travel", path="travel")


def missing(told: MessageLine, group: str = "Safety") -> list[str]:
    """Which parts the text of a message lacks."""
    parts = {
        "group": group,
        "what": kb_t(WHAT[told.verdict]),
        "why": told.why,
        "next": kb_t(NEXT[told.verdict]),
        "object": kb_t(OBJECT[told.verdict]),
    }
    return [name for name, words in parts.items() if not words or words not in told.text]


def test_every_verdict_with_every_reason_and_template_says_all_of_it() -> None:
    told = 0
    for verdict, template, told_by in product(Verdict, TEMPLATES, (NAMED, UNNAMED)):
        reasons = [kb_t(one.words) for one in BUILT_IN] + ([] if verdict in NEEDS_REASON else [""])
        for why in reasons:
            message = line(verdict, why, template, told_by)
            assert missing(message) == [], (verdict, why, template)
            assert why in message.text
            told += 1

    assert told > 2000


def test_the_person_stands_in_every_message_where_moderators_are_named_and_in_none_otherwise() -> None:
    for verdict in Verdict:
        assert "Mona" in line(verdict, "It is wrong", "", NAMED).text
        assert all("Mona" not in line(verdict, "It is wrong", template, UNNAMED).text for template in TEMPLATES)


def test_a_verdict_that_needs_no_reason_has_a_why_of_its_own() -> None:
    assert [verdict for verdict in Verdict if verdict not in NEEDS_REASON and not WHY.get(verdict)] == []


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS]),
            st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=8),
        ),
        max_size=8,
    ).map("".join),
    st.sampled_from(Verdict),
)
def test_whatever_somebody_types_into_the_editor_no_part_is_lost(template: str, verdict: Verdict) -> None:
    message = line(verdict, "It names no source", check_template(template), UNNAMED, note="See page 3.")

    assert missing(message) == []
    assert "See page 3." in message.text


def only_line(wiki: Wiki) -> MessageLine:
    """The one decision the writer was told about last."""
    return messages(wiki)[0].lines[-1]


def act(wiki: Wiki, path: str, verdict: str, **details: object) -> int:
    """Decide about the page as the moderator; the decision."""
    seen = review_id(wiki, path)
    with wiki.read() as connection:
        shown = what_is_shown(connection, wiki.id, seen, wiki.subjects)
    with wiki.begin(MODERATOR) as tx:
        decided = decide(
            tx, Answer(seen, shown.base, shown.head, shown.digest, Verdict(verdict), "wrong", details=details)
        )
    return decided.decision_id


@pytest.mark.usefixtures("clock")
def test_what_really_was_decided_is_told_with_every_part(wiki: Wiki) -> None:
    wiki.settings = replace(wiki.settings, tell_approvals=True)
    acts: tuple[tuple[str, dict[str, object]], ...] = (
        ("approve", {}),
        ("edit", {"text": "All is well.\n\nIt is.\n"}),
        ("revert", {}),
        ("revert-part", {"hunks": [0]}),
        ("hide", {}),
        ("delete", {}),
        ("concern", {}),
    )
    seen = []
    for verdict, details in acts:
        changed(wiki, verdict)
        act(wiki, verdict, verdict, **details)
    with wiki.begin(MODERATOR) as tx:
        until = tx.now + timedelta(days=1)
        restrict_author(tx, WRITER.id, "elsewhere", until=until, group="moderators", reason="abuse")
    later(wiki, 11)

    for message in messages(wiki):
        for one in message.lines:
            seen.append(one.verdict)
            assert one.who == "The group “moderators”"
            assert missing(one, "moderators") == [], one.verdict
    told = {Verdict(verdict) for verdict, _ in acts} | {Verdict.RESTRICT}
    assert set(seen) == told
    assert seen.count(Verdict.APPROVE) == 1 + len(acts)  # each page was approved once before its change


@pytest.mark.usefixtures("clock")
def test_the_answer_to_an_objection_is_told_with_every_part(wiki: Wiki) -> None:
    for path, verdict in (("stands", "uphold"), ("undone", "overturn")):
        changed(wiki, path)
        decided = take_out(wiki, path)
        with wiki.begin(WRITER) as tx:
            waiting = appeal(tx, decided.decision_id, "It was right.")
        with wiki.read() as connection:
            shown = what_is_shown(connection, wiki.id, waiting, wiki.subjects)
        with wiki.begin(SECOND_MODERATOR) as tx:
            decide(tx, Answer(waiting, shown.base, shown.head, shown.digest, Verdict(verdict)))
    later(wiki, 11)

    told = {one.verdict: one for message in messages(wiki) for one in message.lines}

    for verdict in (Verdict.UPHOLD, Verdict.OVERTURN):
        words = [kb_t(said[verdict]) for said in (WHAT, WHY, NEXT, OBJECT)]
        for part in (*words, "The group “moderators”"):
            assert part in told[verdict].text


@pytest.mark.usefixtures("clock")
def test_taking_a_restriction_back_promises_no_look_at_a_change(wiki: Wiki) -> None:
    save(wiki, "travel", "By train.\n")
    with wiki.begin(MODERATOR) as tx:
        until = tx.now + timedelta(days=1)
        restricted = restrict_author(tx, WRITER.id, "", until=until, group="moderators", reason="abuse")
    later(wiki, 11)
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, restricted.decision_id)
    later(wiki, 11)

    told = only_line(wiki)

    assert told.verdict is Verdict.TAKE_BACK
    assert "What it did is undone." in told.text
    assert kb_t(WHY[Verdict.TAKE_BACK]) in told.text


@pytest.mark.usefixtures("clock")
def test_a_message_worded_by_a_space_loses_nothing(wiki: Wiki) -> None:
    lead = Actor("lead", "Lea Lead", frozenset({"moderators"}))
    with wiki.begin(lead) as tx:
        space = find_space(tx.connection, tx.wiki_id, "")
        set_reason(tx, space, ReasonView("no-source", "revert", "It names no source", "Which rule had you in mind?"))
    save(wiki, "travel", "By car.\n")
    (waiting,) = open_reviews(wiki)
    answer(wiki, look(wiki, waiting.id), "revert", reason="no-source")
    later(wiki, 11)

    told = only_line(wiki)

    assert "Which rule had you in mind?" in told.text
    assert missing(told, "moderators") == []
