"""Concerns, reports, appeals, locks and restrictions, as people meet them in the browser."""

from __future__ import annotations

import re

from kbwiki import Actor, Wiki
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    open_reviews,
    read,
    save,
)

from .conftest import Visitor


def review_of(wiki: Wiki, path: str) -> int:
    """The live review of the moderators about the page."""
    (line,) = [line for line in open_reviews(wiki) if line.path == path]
    return line.id


def decided(wiki: Wiki, path: str, verdict: str, by: Actor = MODERATOR, note: str = "") -> int:
    """Decide about all that waits; the decision."""
    reason = "" if verdict == "approve" else "wrong"
    return answer(wiki, look(wiki, review_of(wiki, path), by=by), verdict, by=by, reason=reason, note=note).decision_id


def test_a_concern_waits_on_my_changes_and_is_answered_there(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    review_id = review_of(wiki, "tea")
    decided(wiki, "tea", "concern", note="Where is this from?")

    mine = visitor.text("/wiki/-/mine")
    answered = visitor.post(f"/wiki/-/reviews/{review_id}/answer", form="/wiki/-/mine", text="From my grandmother.")

    assert "Waits for you" in mine
    assert "Where is this from?" in mine
    assert answered.status_code == 303
    assert "you answered, and moderators looks at it again" in visitor.text("/wiki/-/mine")
    visitor.actor = MODERATOR
    assert "From my grandmother." in visitor.text(f"/wiki/-/reviews/{review_id}")


def test_i_fixed_it_is_an_answer_and_an_empty_one_is_not(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    review_id = review_of(wiki, "tea")
    decided(wiki, "tea", "concern")
    address = f"/wiki/-/reviews/{review_id}/answer"

    assert visitor.post(address, text=" ").status_code == 422
    assert visitor.post(address, text="", fixed="1").status_code == 303


def test_after_an_answer_the_review_shows_only_what_is_new_until_all_is_asked_for(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Leaves are green.\n")
    review_id = review_of(wiki, "tea")
    decided(wiki, "tea", "concern")
    save(wiki, "tea", "Leaves are green.\n\nThey come from Assam.\n", base=1)
    visitor.actor = MODERATOR

    new = visitor.text(f"/wiki/-/reviews/{review_id}")
    everything = visitor.text(f"/wiki/-/reviews/{review_id}?whole")

    assert "1 paragraph" not in new
    assert "Shown is only what came after the concern" in new
    assert "4 words added" in new
    assert "7 words added" in everything


def test_a_reader_reports_a_page_and_the_moderator_reads_it(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    decided(wiki, "tea", "approve")
    visitor.actor = READER

    page = visitor.text("/wiki/tea")
    sent = visitor.post("/wiki/-/report/tea", text="It is black.", reason="wrong")

    assert 'href="/wiki/-/report/tea"' in page
    assert sent.status_code == 303
    assert "Your report has arrived" in visitor.text(sent.location)
    again = visitor.post("/wiki/-/report/tea", text="Really, it is black.")
    assert again.status_code == 422
    assert "Really, it is black." in again.get_data(as_text=True)
    visitor.actor = MODERATOR
    shown = visitor.text(f"/wiki/-/reviews/{review_of(wiki, 'tea')}")
    assert "It is black." in shown
    assert "looked at already" in shown
    assert "1 word added" in shown


def test_an_author_objects_and_somebody_else_undoes_the_decision(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.", by=SECOND_WRITER)
    decided(wiki, "tea", "approve")
    save(wiki, "tea", "Green and black.", base=1)
    decision_id = decided(wiki, "tea", "revert")

    assert f'href="/wiki/-/decisions/{decision_id}/appeal"' in visitor.text("/wiki/-/mine")
    sent = visitor.post(f"/wiki/-/decisions/{decision_id}/appeal", text="There is black tea.")

    assert sent.status_code == 303
    mine = visitor.text("/wiki/-/mine")
    assert "somebody else will answer" in mine
    assert "/appeal" not in mine
    (line,) = open_reviews(wiki)
    visitor.actor = MODERATOR
    assert "somebody else in the group answers" in visitor.text(f"/wiki/-/reviews/{line.id}")
    visitor.actor = SECOND_MODERATOR
    shown = visitor.text(f"/wiki/-/reviews/{line.id}")
    assert "There is black tea." in shown
    assert "2 words removed" in shown
    done = visitor.post(f"/wiki/-/reviews/{line.id}/decide", form=f"/wiki/-/reviews/{line.id}", verdict="overturn")
    assert done.status_code == 303
    assert read(wiki, "tea") == "Green and black."
    visitor.actor = WRITER
    assert "and undid it" in visitor.text("/wiki/-/mine")


def test_an_answer_to_an_appeal_that_moved_on_is_not_taken(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    decision_id = decided(wiki, "tea", "revert")
    visitor.post(f"/wiki/-/decisions/{decision_id}/appeal", text="It is green.")
    (line,) = open_reviews(wiki)
    visitor.actor = SECOND_MODERATOR
    address = f"/wiki/-/reviews/{line.id}"

    refused = visitor.post(f"{address}/decide", form=address, verdict="uphold", digest="00" * 32)
    chosen = visitor.post(f"{address}/decide", form=address)

    assert refused.status_code == 409
    assert "Your answer was not taken" in refused.get_data(as_text=True)
    assert chosen.status_code == 422


def test_a_moderator_locks_a_page_and_ends_it_again(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    visitor.actor = MODERATOR
    address = "/wiki/-/lock?path=tea"

    assert visitor.post(address, until="day", reason="").status_code == 422
    assert visitor.post(address, until="date", date="soon", reason="wrong").status_code == 422
    assert visitor.post(address, until="day", reason="wrong", note="Let us talk first.").status_code == 303

    assert "You can write here because you look after it" in visitor.text("/wiki/tea")
    visitor.actor = WRITER
    page = visitor.text("/wiki/tea")
    assert "is locked until" in page
    assert "/wiki/-/edit/tea" not in page
    assert visitor.get("/wiki/-/edit/tea").status_code == 403
    visitor.actor = MODERATOR
    (lift,) = re.findall(r'action="(/wiki/-/restraints/\d+/lift)"', visitor.text(address))
    assert visitor.post(lift, form=address).status_code == 303
    visitor.actor = WRITER
    assert "/wiki/-/edit/tea" in visitor.text("/wiki/tea")


def test_a_lock_that_comes_while_somebody_writes_gives_them_their_text_back(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    form = visitor.text("/wiki/-/edit/tea")
    visitor.actor = MODERATOR
    visitor.post("/wiki/-/lock?path=", until="hour", reason="wrong", below="1")
    visitor.actor = WRITER

    refused = visitor.client.post(
        "/wiki/-/edit/tea",
        data={
            **dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)),
            "text": "Two hours of work.",
            "action": "save",
        },
    )

    assert refused.status_code == 403
    shown = refused.get_data(as_text=True)
    assert "Two hours of work.</textarea>" in shown
    assert "is locked until" in shown
    assert read(wiki, "tea") == "Green."


def test_a_restricted_author_is_told_where_and_how_to_object(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    visitor.actor = MODERATOR
    review = visitor.text(f"/wiki/-/reviews/{review_of(wiki, 'tea')}")
    assert "/wiki/-/restrict?author=writer&amp;path=tea" in review

    sent = visitor.post("/wiki/-/restrict?path=tea&author=writer", until="week", reason="abuse")

    assert sent.status_code == 303
    visitor.actor = WRITER
    mine = visitor.text("/wiki/-/mine")
    assert "Where you cannot write for now" in mine
    (objecting,) = re.findall(r'href="(/wiki/-/decisions/\d+/appeal)"', mine)
    assert visitor.post(objecting, text="It was not me.").status_code == 303
    assert visitor.get("/wiki/-/edit/tea").status_code == 403


def test_who_does_not_look_after_a_page_locks_and_restricts_nothing(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")

    assert visitor.get("/wiki/-/lock?path=tea").status_code == 403
    assert visitor.get("/wiki/-/restrict?path=tea&author=second").status_code == 403
    assert "Lock for a time" not in visitor.text("/wiki/tea")
