"""Authors see what became of each change, what waits for them, how to object; readers what became of their report."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from flask import Flask

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    TickingClock,
    answer,
    look,
    make_space,
    open_reviews,
    save,
)

from .conftest import Visitor
from .test_evidence import decided

MINE = "/wiki/-/mine"


def words(visitor: Visitor, address: str) -> str:
    """The words on a screen, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", visitor.text(address)).split())


def changed(wiki: Wiki, path: str) -> None:
    """A page that was approved and then changed by the writer."""
    save(wiki, path, "Green.", by=SECOND_WRITER)
    decided(wiki, path, "approve")
    save(wiki, path, "Green and black.", base=1)


def test_the_count_of_questions_stands_on_every_screen_also_where_answers_are_kept(
    visitor: Visitor, wiki: Wiki
) -> None:
    save(wiki, "tea", "Green.")
    before = visitor.text("/wiki/tea")
    assert visitor.text("/wiki/tea") == before
    decided(wiki, "tea", "concern")

    asked = visitor.text("/wiki/tea")

    assert "question waits" not in before
    assert '<span class="kb-count" title="1 question waits for your answer">1</span>' in asked
    visitor.actor = SECOND_WRITER
    assert "question waits" not in visitor.text("/wiki/tea")
    visitor.actor = WRITER
    answered = visitor.post(answer_address(visitor), form=MINE, text="It is.")
    assert answered.status_code == 303
    assert "question waits" not in visitor.text("/wiki/tea")


def answer_address(visitor: Visitor) -> str:
    """Where the first question on My changes is answered."""
    found = re.search(r'action="([^"]+/answer)"', visitor.text(MINE))
    assert found is not None
    return found[1]


def test_each_group_has_its_state_and_the_list_can_be_filtered_by_it(visitor: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "both", reviewers=("moderators", "safety"))
    changed(wiki, "tea")
    decided(wiki, "tea", "revert")
    save(wiki, "both/rules", "Rules.")
    decided(wiki, "both/rules", "approve")

    shown = words(visitor, MINE)

    assert "reverted by moderators" in shown
    assert "approved by moderators live; safety has not looked at it yet" in shown
    taken_out = words(visitor, f"{MINE}?state=reverted")
    assert "reverted by moderators" in taken_out
    assert "safety" not in taken_out
    assert "None of your changes is like this." in words(visitor, f"{MINE}?state=lapsed")
    assert "safety" in words(visitor, f"{MINE}?state=nonsense")


def test_the_oldest_question_stands_first_with_how_long_it_waits(visitor: Visitor, wiki: Wiki) -> None:
    wiki.clock = TickingClock()
    for path in ("first", "second"):
        save(wiki, path, "Text.")
    decided(wiki, "second", "concern", note="Since when?")
    wiki.clock.now += timedelta(days=4)
    decided(wiki, "first", "concern", note="Why?")
    wiki.clock.now += timedelta(hours=2)

    shown = words(visitor, MINE)

    assert "second has waited for 4 days" in shown
    assert "first has waited for 2 hours" in shown
    assert shown.index("Since when?") < shown.index("Why?")


def test_a_question_that_waits_no_more_gives_the_answer_back(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    decided(wiki, "tea", "concern")
    address = answer_address(visitor)
    assert "Answer moderators about tea" in visitor.text(address)
    answer(wiki, look(wiki, int(address.split("/")[-2])), "approve")

    late = visitor.post(address, form="/wiki/-/new", text="A long answer.")

    assert late.status_code == 409
    told = late.get_data(as_text=True)
    assert "This was not sent." in told
    assert "A long answer.</textarea>" in told
    assert visitor.get(address).status_code == 404


def test_who_objects_sees_what_they_object_to_and_objects_once(visitor: Visitor, wiki: Wiki) -> None:
    changed(wiki, "tea")
    decision_id = decided(wiki, "tea", "revert", note="There is no black tea.")
    address = f"/wiki/-/decisions/{decision_id}/appeal"

    form = words(visitor, address)
    empty = visitor.post(address, text=" ")
    sent = visitor.post(address, text="There is.")
    again = visitor.client.get(address)
    twice = visitor.post(address, form="/wiki/-/new", text="There is, really.")

    assert "Reverted by the group moderators" in form
    assert "There is no black tea." in form
    assert "Mona" not in form
    assert (empty.status_code, sent.status_code, again.status_code, twice.status_code) == (422, 303, 409, 409)
    assert "There is, really.</textarea>" in twice.get_data(as_text=True)
    visitor.actor = READER
    assert visitor.get(address).status_code == 404


def test_the_outcome_of_an_objection_stands_with_the_decision(visitor: Visitor, wiki: Wiki) -> None:
    changed(wiki, "tea")
    decision_id = decided(wiki, "tea", "revert")
    visitor.post(f"/wiki/-/decisions/{decision_id}/appeal", text="There is.")
    (line,) = open_reviews(wiki)
    visitor.actor = SECOND_MODERATOR
    review = f"/wiki/-/reviews/{line.id}"
    visitor.post(f"{review}/decide", form=review, verdict="uphold", note="<b>Not here.</b>")
    visitor.actor = WRITER

    shown = visitor.text(MINE)

    assert "somebody else looked (moderators," in shown
    assert "and it stands." in shown
    assert "<q>&lt;b&gt;Not here.&lt;/b&gt;</q>" in shown
    assert "/appeal" not in shown


def test_who_decided_is_refused_when_they_send_the_form_of_an_appeal(visitor: Visitor, wiki: Wiki) -> None:
    changed(wiki, "tea")
    decision_id = decided(wiki, "tea", "revert")
    visitor.post(f"/wiki/-/decisions/{decision_id}/appeal", text="There is.")
    (line,) = open_reviews(wiki)
    review = f"/wiki/-/reviews/{line.id}"
    visitor.actor = SECOND_MODERATOR
    fields = dict(re.findall(r'name="(base|head|digest)" value="([^"]*)"', visitor.text(review)))
    visitor.actor = MODERATOR

    assert visitor.post(f"{review}/decide", form="/wiki/-/new", verdict="uphold", **fields).status_code == 403


def test_somebody_who_is_not_signed_in_reports_where_they_may_read(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    visitor.actor = ANONYMOUS

    form = words(visitor, "/wiki/-/report/tea")
    sent = visitor.post("/wiki/-/report/tea", reason="wrong", text="")
    nothing = visitor.post("/wiki/-/report/tea", reason="", text=" ")

    assert "whoever wrote it is not told who you are" in form
    assert sent.status_code == 303
    assert "Your report has arrived" in visitor.text(sent.location)
    assert "My changes” says" not in visitor.text(sent.location)
    assert nothing.status_code == 422


def test_a_reporter_reads_what_became_of_it(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    visitor.actor = READER
    sent = visitor.post("/wiki/-/report/tea", text="It is black.", reason="wrong")
    assert "“My changes” says what becomes of it." in visitor.text(sent.location)
    assert "moderators will look" in words(visitor, MINE)

    decided(wiki, "tea", "revert", note="For the author alone.")

    shown = words(visitor, MINE)
    assert "moderators has looked, and put it right. Thank you" in shown
    assert "It is black." in shown
    assert "For the author alone." not in shown


def test_a_message_leads_to_what_it_is_about_and_says_how_far_an_objection_is(visitor: Visitor, wiki: Wiki) -> None:
    wiki.clock = TickingClock()
    changed(wiki, "tea")
    changed(wiki, "milk")
    reverted, asked = decided(wiki, "tea", "revert"), decided(wiki, "milk", "concern")
    wiki.clock.now += timedelta(minutes=11)

    told = visitor.text("/wiki/-/messages")

    assert f'href="/wiki/-/decisions/{reverted}/appeal"' in told
    assert 'href="/wiki/-/mine#kb_waits"' in told
    assert 'href="/wiki/-/diff/tea?a=1&amp;b=2"' in told
    assert f"/decisions/{asked}/appeal" not in told
    visitor.post(f"/wiki/-/decisions/{reverted}/appeal", text="There is black tea.")
    visitor.post(answer_address(visitor), form=MINE, fixed="1")
    told = visitor.text("/wiki/-/messages")
    assert "somebody else will answer" in told
    assert "/appeal" not in told
    assert "#kb_waits" not in told


def test_a_person_is_named_only_if_the_setting_says_so(visitor: Visitor, wiki: Wiki, app: Flask) -> None:
    changed(wiki, "tea")
    decision_id = decided(wiki, "tea", "revert")
    mount = app.extensions["kbwiki"]["main"]
    mount.settings = replace(mount.settings, name_moderators=True)

    for address in (MINE, f"/wiki/-/decisions/{decision_id}/appeal"):
        assert "Reverted by Mona Moderator for moderators" in words(visitor, address)


def test_a_stranger_has_no_changes(visitor: Visitor) -> None:
    visitor.actor = Actor("new", "Nora New")
    assert "You have not changed anything yet" in visitor.text(MINE)
    visitor.actor = ANONYMOUS
    assert visitor.get(MINE).status_code == 403
