"""Authors are told kindly and once: who decided what, why, what next and how to object; never what was taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kbwiki import Wiki
from kbwiki.actors import ANONYMOUS, Actor
from kbwiki.moderation.messages.delivery import mark_read
from kbwiki.moderation.messages.lines import UNKNOWN
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.take_back import restore_hidden, take_back
from kbwiki.pages.actions import move_page
from kbwiki.signals import MessageDue, message_due
from kbwiki.testing import (
    ADMIN,
    AGENT,
    MODERATOR,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    save,
)

from .conftest import changed, later, messages, review_id, take_out, unread

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def told() -> Iterator[list[MessageDue]]:
    """Every event the host was told."""
    events: list[MessageDue] = []

    def note(sender: Any, event: MessageDue) -> None:
        events.append(event)

    with message_due.connected_to(note):
        yield events


def test_a_message_says_who_what_why_what_next_and_how_to_object(wiki: Wiki) -> None:
    changed(wiki, "travel")
    take_out(wiki, "travel", note="The rule is about trains.")
    later(wiki, 11)

    (message,) = messages(wiki)

    (line,) = message.lines
    assert line.text.startswith("The group “moderators” took your change out again: Page travel, 1 January 2026")
    for part in (
        "Why: It is not correct",
        "The rule is about trains.",
        "What next: Nothing is lost",
        "If you see it differently: Say so beside this message",
    ):
        assert part in line.text
    assert (line.title, line.path) == ("Page travel", "travel")


def test_the_person_is_named_only_if_the_setting_says_so(wiki: Wiki) -> None:
    changed(wiki, "travel")
    take_out(wiki, "travel")
    later(wiki, 11)
    assert "Mona" not in messages(wiki)[0].lines[0].text

    wiki.settings = replace(wiki.settings, name_moderators=True)

    assert messages(wiki)[0].lines[0].text.startswith("Mona Moderator, for the group “moderators”, took your change")


def test_twenty_reverts_in_an_hour_are_one_message(wiki: Wiki, told: list[MessageDue]) -> None:
    for number in range(20):
        changed(wiki, f"page-{number}")
    for number in range(20):
        take_out(wiki, f"page-{number}")
        later(wiki, 2.9)
        wiki.deliver_messages()
    later(wiki, 10)
    wiki.deliver_messages()

    (message,) = messages(wiki)

    assert len(message.lines) == 20
    assert unread(wiki) == 1
    assert [event.begun for event in told].count(True) == 1
    assert sum(event.text.count("took your change out") for event in told) == 20


def test_what_is_due_is_shown_in_the_same_message_before_anybody_gathers_it(wiki: Wiki) -> None:
    for path in ("one", "two", "three"):
        changed(wiki, path)
    take_out(wiki, "one")
    later(wiki, 11)
    wiki.deliver_messages()
    take_out(wiki, "two")
    later(wiki, 11)

    (message,) = messages(wiki)

    assert [line.path for line in message.lines] == ["one", "two"]
    assert unread(wiki) == 1


def test_a_decision_taken_back_within_the_grace_period_is_no_message(wiki: Wiki, told: list[MessageDue]) -> None:
    changed(wiki, "travel")
    decided = take_out(wiki, "travel")
    later(wiki, 5)
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, decided.decision_id)
    later(wiki, 60)

    wiki.deliver_messages()

    assert messages(wiki) == []
    assert unread(wiki) == 0
    assert told == []


@pytest.mark.parametrize("gathered", [True, False])
def test_taking_back_what_was_told_is_told_too(wiki: Wiki, gathered: bool) -> None:
    changed(wiki, "travel")
    decided = take_out(wiki, "travel")
    later(wiki, 11)
    if gathered:
        wiki.deliver_messages()
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, decided.decision_id)
    assert len(messages(wiki)[0].lines) == 1
    later(wiki, 11)

    lines = [line for message in messages(wiki) for line in message.lines]

    assert [line.verdict for line in lines] == [Verdict.REVERT, Verdict.TAKE_BACK]
    assert "took an earlier decision about your change back" in lines[1].text


def test_showing_again_within_the_grace_period_leaves_nothing_to_tell(wiki: Wiki) -> None:
    changed(wiki, "travel")
    hidden = answer(wiki, look(wiki, review_id(wiki, "travel")), "hide", reason="private")
    with wiki.begin(MODERATOR) as tx:
        restore_hidden(tx, hidden.decision_id)
    later(wiki, 60)

    assert messages(wiki) == []


def test_before_the_grace_period_is_over_nothing_is_told(wiki: Wiki, told: list[MessageDue]) -> None:
    changed(wiki, "travel")
    take_out(wiki, "travel")
    later(wiki, 9)

    assert wiki.deliver_messages() == 0

    assert (messages(wiki), unread(wiki), told) == ([], 0, [])


def test_approvals_are_told_only_if_the_setting_says_so(wiki: Wiki) -> None:
    changed(wiki, "quiet")
    wiki.settings = replace(wiki.settings, tell_approvals=True)
    answer(wiki, look(wiki, review_id(wiki, "quiet")), "approve")
    later(wiki, 11)

    (message,) = messages(wiki)

    (line,) = message.lines
    assert "looked at your change and approved it" in line.text
    assert "Nothing was taken away from you." in line.text


def test_only_the_authors_of_what_was_decided_are_told_agents_too(wiki: Wiki) -> None:
    save(wiki, "rest", "One.\n")
    answer(wiki, look(wiki, review_id(wiki, "rest")), "approve")
    save(wiki, "rest", "One.\n\nTwo.\n", base=1, by=AGENT)
    take_out(wiki, "rest")
    later(wiki, 11)

    assert len(messages(wiki, AGENT)) == 1
    assert messages(wiki, WRITER) == []
    assert messages(wiki, MODERATOR) == []
    assert messages(wiki, ANONYMOUS) == []


def test_a_page_that_was_closed_meanwhile_is_not_betrayed(wiki: Wiki, told: list[MessageDue]) -> None:
    changed(wiki, "travel")
    take_out(wiki, "travel")
    make_space(wiki, "closed", readers=("people",), writers=("people",))
    with wiki.begin(ADMIN) as tx:
        move_page(tx, "travel", "closed/secret-name")
    later(wiki, 11)

    (message,) = messages(wiki)
    wiki.deliver_messages()

    (line,) = message.lines
    assert (line.title, line.path) == ("", "")
    assert UNKNOWN in line.text
    assert "Page travel" not in line.text
    assert told[0].paths == ("travel",)
    assert "secret" not in told[0].text + told[0].subject


def test_hidden_words_stand_in_no_message(wiki: Wiki, told: list[MessageDue]) -> None:
    save(wiki, "travel", "Fine.\n", title="Travel")
    save(wiki, "travel", "kanarienvogel\n", base=1, title="kanarienvogel", comment="kanarienvogel", by=SECOND_WRITER)
    answer(wiki, look(wiki, review_id(wiki, "travel")), "hide", reason="private")
    later(wiki, 11)

    shown = repr(messages(wiki, SECOND_WRITER)) + repr(messages(wiki, WRITER))
    wiki.deliver_messages()

    assert "hid it from readers" in shown
    assert "kanarienvogel" not in shown + repr(told)


def test_several_workers_deliver_each_decision_once(wiki: Wiki, told: list[MessageDue]) -> None:
    for number in range(6):
        changed(wiki, f"page-{number}", by=SECOND_WRITER if number % 2 else WRITER)
        take_out(wiki, f"page-{number}")
    later(wiki, 11)
    workers = [threading.Thread(target=wiki.deliver_messages) for _ in range(4)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    for author in (WRITER, SECOND_WRITER):
        (message,) = messages(wiki, author)
        assert len(message.lines) == 3
    assert sorted((event.recipient_id, event.begun) for event in told) == [("second", True), ("writer", True)]
    assert wiki.deliver_messages() == 0


def test_what_was_read_is_read_and_what_came_since_is_new(wiki: Wiki) -> None:
    for path in ("one", "two"):
        changed(wiki, path)
    take_out(wiki, "one")
    later(wiki, 11)
    seen = wiki.clock()
    take_out(wiki, "two")
    later(wiki, 11)

    with wiki.begin(WRITER) as tx:
        mark_read(tx, seen)

    new, old = messages(wiki)
    assert [line.path for line in new.lines] == ["two"]
    assert (new.read_at, old.read_at is not None) == (None, True)
    assert unread(wiki) == 1


def test_the_host_hears_all_it_needs_to_write_a_mail(wiki: Wiki, told: list[MessageDue]) -> None:
    changed(wiki, "travel")
    take_out(wiki, "travel", note="The rule is about trains.")
    later(wiki, 11)

    assert wiki.deliver_messages() == 1

    (event,) = told
    assert (event.recipient_id, event.group, event.begun, event.paths) == ("writer", "moderators", True, ("travel",))
    assert event.subject == "Wiki: The group “moderators” took your change out again"
    assert "The rule is about trains." in event.text


def test_a_receiver_that_raises_costs_nobody_their_message(wiki: Wiki) -> None:
    changed(wiki, "travel")
    take_out(wiki, "travel")
    later(wiki, 11)

    def broken(sender: Any, event: MessageDue) -> None:
        raise RuntimeError("the mail server is away")

    with message_due.connected_to(broken):
        wiki.deliver_messages()

    assert len(messages(wiki)) == 1


def test_each_group_and_each_hour_has_a_message_of_its_own(wiki: Wiki) -> None:
    make_space(wiki, "safety", reviewers=("safety",))
    guard = Actor("sami", "Sami", frozenset({"safety"}))
    save(wiki, "safety/doors", "Open.\n")
    (line,) = open_reviews(wiki, "safety")
    answer(wiki, look(wiki, line.id, by=guard), "hide", reason="unsafe", by=guard)
    changed(wiki, "one")
    changed(wiki, "two")
    take_out(wiki, "one", by=SECOND_MODERATOR)
    later(wiki, 11)
    wiki.deliver_messages()
    later(wiki, 61)
    take_out(wiki, "two")
    later(wiki, 11)
    wiki.deliver_messages()

    assert [message.group for message in messages(wiki)] == ["moderators", "safety", "moderators"]


