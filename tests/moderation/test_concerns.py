"""Concerns: the author is asked, answers in words or by mending, and the group looks at what came since."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.journal.models import Entry
from kbwiki.moderation.decide import MovedOn
from kbwiki.moderation.evidence import answer_concern
from kbwiki.moderation.queries.evidence import concern_head, concerns_for, evidence_of
from kbwiki.moderation.record import Decided
from kbwiki.moderation.take_back import take_back
from kbwiki.moderation.transitions import NotAllowed
from kbwiki.testing import MODERATOR, READER, SECOND_MODERATOR, SECOND_WRITER, WRITER, make_space, save
from kbwiki.wiki import Wiki

from .conftest import PEOPLE, decide_on, review_of, seen, state_of


def raise_concern(wiki: Wiki, path: str, note: str = "Where is this from?") -> Decided:
    """Ask the author about everything that waits about the page."""
    review_id = review_of(wiki, path).id
    return decide_on(wiki, seen(wiki, review_id), "concern", by=MODERATOR, reason="unclear", note=note)


def say(wiki: Wiki, review_id: int, text: str, by: Actor = WRITER) -> int:
    """Answer a concern."""
    with wiki.begin(by) as tx:
        return answer_concern(tx, review_id, text)


def head_of_concern(wiki: Wiki, review_id: int) -> int | None:
    """Up to where the newest concern looked."""
    with wiki.read() as connection:
        return concern_head(connection, review_id)


def test_a_concern_waits_for_the_author_and_an_answer_gives_it_back_to_the_group(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    raised = raise_concern(wiki, "tea")
    assert raised.review_id is not None
    assert state_of(wiki, raised.review_id) == "concern"

    say(wiki, raised.review_id, "From my grandmother.")

    assert state_of(wiki, raised.review_id) == "verify"
    assert review_of(wiki, "tea").id == raised.review_id
    with wiki.read() as connection:
        said = evidence_of(connection, raised.review_id)
    assert [(one.kind, one.actor, one.text) for one in said] == [
        ("concern", "Mona Moderator", "Where is this from?"),
        ("answer", "Wim Writer", "From my grandmother."),
    ]


def test_the_author_sees_which_concerns_wait_and_nobody_else_does(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    raised = raise_concern(wiki, "tea")

    with wiki.read() as connection:
        mine = concerns_for(connection, wiki.id, WRITER)
        others = concerns_for(connection, wiki.id, SECOND_WRITER)

    assert [(one.review_id, one.note) for one in mine] == [(raised.review_id, "Where is this from?")]
    assert others == []


def test_mending_the_page_answers_too_and_only_what_came_since_is_left_to_look_at(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    save(wiki, "tea", "Green tea.", base=1)
    raised = raise_concern(wiki, "tea")
    assert raised.review_id is not None

    save(wiki, "tea", "Green tea, from Assam.", base=2)

    assert state_of(wiki, raised.review_id) == "verify"
    assert head_of_concern(wiki, raised.review_id) == 2
    assert seen(wiki, raised.review_id).head == 3


def test_a_change_by_somebody_else_is_no_answer_but_brings_the_review_back(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    raised = raise_concern(wiki, "tea")
    assert raised.review_id is not None

    save(wiki, "tea", "Green.\n\nBlack.", by=SECOND_WRITER, base=1)

    assert state_of(wiki, raised.review_id) == "open"


def test_who_decides_on_what_was_there_before_the_answer_is_told(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    raised = raise_concern(wiki, "tea")
    assert raised.review_id is not None
    before = seen(wiki, raised.review_id)
    say(wiki, raised.review_id, "It is right.")

    with pytest.raises(MovedOn):
        decide_on(wiki, before, "revert", by=SECOND_MODERATOR, reason="wrong")

    assert state_of(wiki, raised.review_id) == "verify"


def test_a_second_concern_starts_the_rest_anew_and_one_taken_back_leaves_none(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    raised = raise_concern(wiki, "tea")
    assert raised.review_id is not None
    save(wiki, "tea", "Green tea.", base=1)
    again = decide_on(wiki, seen(wiki, raised.review_id), "concern", by=SECOND_MODERATOR, reason="unclear")
    assert (state_of(wiki, raised.review_id), head_of_concern(wiki, raised.review_id)) == ("concern", 2)

    with wiki.begin(MODERATOR) as tx:
        take_back(tx, again.decision_id)

    assert (state_of(wiki, raised.review_id), head_of_concern(wiki, raised.review_id)) == ("open", 1)


def test_only_the_author_answers_with_words_and_while_somebody_waits_for_them(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    review_id = review_of(wiki, "tea").id
    with pytest.raises(NotAllowed):
        say(wiki, review_id, "Too early.")
    raise_concern(wiki, "tea")

    with pytest.raises(Forbidden, match="for them to answer"):
        say(wiki, review_id, "Not mine.", by=READER)
    with pytest.raises(Invalid):
        say(wiki, review_id, "   ")
    decide_on(wiki, seen(wiki, review_id), "approve", by=MODERATOR)
    with pytest.raises(NotAllowed):
        say(wiki, review_id, "Too late.")


def test_an_author_who_can_no_longer_read_there_is_not_told_anything(wiki: Wiki) -> None:
    save(wiki, "people/pay", "Numbers.")
    raised = raise_concern(wiki, "people/pay")
    assert raised.review_id is not None
    make_space(wiki, "people", readers=("people", "moderators"), writers=("people",))

    with pytest.raises(NotFound):
        say(wiki, raised.review_id, "Hello?")
    with wiki.read() as connection:
        assert concerns_for(connection, wiki.id, WRITER) == []


def test_an_answer_is_an_entry_of_the_journal_that_no_review_is_opened_for(wiki: Wiki) -> None:
    save(wiki, "people/pay", "Numbers.", by=PEOPLE)
    raised = raise_concern(wiki, "people/pay")
    assert raised.review_id is not None

    say(wiki, raised.review_id, "Counted twice.", by=PEOPLE)

    with wiki.read() as connection:
        entry = connection.execute(select(Entry).where(Entry.kind == "answer")).one()
    assert (entry.subject_kind, entry.subject_id, entry.exempt) == ("review", raised.review_id, "evidence")
    assert wiki.verify().intact
