"""The life of a review: the table is complete, closed states stay closed, and both kinds of refusal are told apart."""

from __future__ import annotations

from itertools import product

import pytest

from kbwiki.moderation.transitions import LIVE, TABLE, AlreadyThere, Event, NotAllowed, State, follow


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_event_in_every_state_leads_somewhere_or_is_refused_in_words(state: State, event: Event) -> None:
    try:
        after = follow(state, event)
    except (AlreadyThere, NotAllowed) as refusal:
        assert refusal.state == state.value
        assert str(refusal).endswith(".")
        assert (state, event) not in TABLE
    else:
        assert after in State


@pytest.mark.parametrize(("state", "event"), list(product(sorted(set(State) - LIVE), Event)))
def test_a_closed_review_stays_closed(state: State, event: Event) -> None:
    with pytest.raises((AlreadyThere, NotAllowed)):
        follow(state, event)


@pytest.mark.parametrize("state", sorted(LIVE))
@pytest.mark.parametrize("event", [Event.DECIDE, Event.HAND_OVER, Event.LAPSE, Event.SUPERSEDE])
def test_a_live_review_can_end_in_every_way(state: State, event: Event) -> None:
    assert follow(state, event) not in LIVE


@pytest.mark.parametrize("state", sorted(LIVE))
@pytest.mark.parametrize("event", [Event.CHANGE, Event.AMEND, Event.REPORT])
def test_new_evidence_never_ends_a_review(state: State, event: Event) -> None:
    assert follow(state, event) in LIVE


def test_deciding_twice_is_being_too_late_and_answering_what_nobody_asked_is_not_allowed() -> None:
    with pytest.raises(AlreadyThere):
        follow(State.DECIDED, Event.DECIDE)
    with pytest.raises(NotAllowed):
        follow(State.OPEN, Event.ANSWER)


def test_every_state_but_the_first_can_be_reached_from_the_first() -> None:
    reached, before = {State.OPEN}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {after for (state, _), after in TABLE.items() if state in before}
    assert reached == set(State)
