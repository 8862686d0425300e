"""Authors read their messages and mark them as read; those who look after a space set its reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kbwiki import ANONYMOUS, Wiki
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.policy import Verdict
from kbwiki.testing import ADMIN, MODERATOR, WRITER, TickingClock, answer, look, make_space, open_reviews, save

from .conftest import Visitor

INBOX = "/wiki/-/messages"
REASONS = "/wiki/-/reasons?path=/"


@pytest.fixture
def reverted(wiki: Wiki) -> Wiki:
    """A wiki in which the writer has just lost a change."""
    wiki.clock = TickingClock()
    save(wiki, "travel", "By train.\n", title="<i>Travel</i>")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "travel", "By car.\n", base=1)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong", note="<b>Trains</b> only.")
    return wiki


def later(wiki: Wiki) -> None:
    assert isinstance(wiki.clock, TickingClock)
    wiki.clock.now += timedelta(minutes=11)


def test_an_author_reads_why_and_marks_it_as_read(visitor: Visitor, reverted: Wiki) -> None:
    assert "No messages" in visitor.text(INBOX)
    later(reverted)

    told = visitor.text(INBOX)

    assert "The group “moderators” took your change out again: &lt;i&gt;Travel&lt;/i&gt;" in told
    for words in ("Why: It is not correct", "&lt;b&gt;Trains&lt;/b&gt; only.", "What next:", "If you see it"):
        assert words in told
    assert '<span class="kb-count" title="1 message is new">1</span>' in told
    assert "kb-count" in visitor.text("/wiki/-/mine")
    assert "kb-count" not in visitor.text("/wiki/travel")

    assert visitor.post("/wiki/-/messages/read", form=INBOX).status_code == 303

    assert "kb-count" not in visitor.text(INBOX)
    assert "took your change out again" in visitor.text(INBOX)


def test_nobody_reads_the_messages_of_somebody_else(visitor: Visitor, reverted: Wiki) -> None:
    later(reverted)

    visitor.actor = MODERATOR
    assert "No messages" in visitor.text(INBOX)
    visitor.actor = ANONYMOUS
    assert visitor.get(INBOX).status_code == 403


def test_my_changes_name_the_group_and_the_person_only_if_the_setting_says_so(
    visitor: Visitor, reverted: Wiki
) -> None:
    shown = visitor.text("/wiki/-/mine")

    assert "Reverted by the group moderators" in shown
    assert "It is not correct" in shown
    assert "Mona" not in shown


def test_a_moderator_sets_reasons_that_the_review_then_offers(visitor: Visitor, wiki: Wiki) -> None:
    visitor.actor = MODERATOR
    assert "Reasons" in visitor.text("/wiki/-/spaces")

    row = {"key-0": "too-long", "kind-0": "revert", "words-0": "It is too long", "template-0": "Shorter, {who}!"}
    saved = visitor.post(REASONS, **row)

    assert saved.status_code == 303
    save(wiki, "travel", "x\n", by=WRITER)
    review = visitor.text(f"/wiki/-/reviews/{open_reviews(wiki)[0].id}")
    assert 'value="revert:too-long"' in review
    assert "It is too long" in review
    assert ":wrong" not in review
    assert "Shorter, {who}!" in visitor.text(REASONS)

    visitor.post(REASONS, action="inherit")

    assert "These are the reasons every wiki begins with" in visitor.text(REASONS)


def test_what_was_typed_comes_back_when_a_message_cannot_be_filled_in(visitor: Visitor) -> None:
    visitor.actor = ADMIN

    refused = visitor.post(REASONS, **{"key-0": "x", "words-0": "Words", "template-0": "Hello {author}"})

    assert refused.status_code == 422
    assert "Nothing fills in {author}" in refused.get_data(as_text=True)
    assert "Hello {author}" in refused.get_data(as_text=True)


def test_reasons_are_set_by_those_who_look_after_the_space(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "people", reviewers=("people",))
    make_space(wiki, "closed", readers=("board",), writers=("board",))

    visitor.actor = replace(MODERATOR, groups=frozenset({"people"}))

    assert visitor.get("/wiki/-/reasons?path=people").status_code == 200
    assert visitor.get(REASONS).status_code == 403
    assert visitor.get("/wiki/-/reasons?path=closed").status_code == 404


def test_every_verdict_has_its_words_among_my_changes(visitor: Visitor, wiki: Wiki) -> None:
    for verdict in ("edit", "delete", "concern"):
        save(wiki, verdict, "One.\n")
        (line,) = [one for one in open_reviews(wiki) if one.path == verdict]
        details = {"text": "Two.\n"} if verdict == "edit" else {}
        with wiki.begin(MODERATOR) as tx:
            shown = look(wiki, line.id).shown
            decide(
                tx,
                Answer(line.id, shown.base, shown.head, shown.digest, Verdict(verdict), "unclear", details=details),
            )

    told = visitor.text("/wiki/-/mine")

    for words in ("mended and approved", "deleted", "moderators waits for you", "It is hard to understand"):
        assert words in told
