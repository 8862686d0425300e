"""The life of a review: one table of all states and events, and one pure function that reads it.

Nothing else in the code decides whether something may happen to a review. docs/reference/reviews.md draws the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..errors import Conflict
from ..wording import N_, kb_t


class State(StrEnum):
    """Where a review stands. The first three are live: somebody still has to do something."""

    OPEN = "open"
    CONCERN = "concern"
    VERIFY = "verify"
    DECIDED = "decided"
    HANDED_OVER = "handed-over"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


LIVE = frozenset({State.OPEN, State.CONCERN, State.VERIFY})
"""States in which somebody still has to do something."""


class Event(StrEnum):
    """What can happen to a review."""

    CHANGE = "change"
    """Somebody changed the subject again."""
    AMEND = "amend"
    """An author whose change is in the range changed the subject again."""
    REPORT = "report"
    """A reader said that something is wrong, or an author objects."""
    ANSWER = "answer"
    """An author answered a concern."""
    CONCERN = "raise-concern"
    """The group wants the author to fix or explain something first."""
    WITHDRAW = "withdraw-concern"
    """The concern is taken back."""
    DECIDE = "decide"
    HAND_OVER = "hand-over"
    LAPSE = "lapse"
    """A named policy closes it, unreviewed."""
    SUPERSEDE = "supersede"
    """Nothing is left to look at: the author restored what was looked at last."""


@dataclass(eq=False)
class AlreadyThere(Conflict):
    """The review is where the event would lead: somebody else was first, and nothing is left to do."""

    state: str


@dataclass(eq=False)
class NotAllowed(Conflict):
    """The event cannot happen to a review in this state."""

    state: str
    event: str


TABLE: Mapping[tuple[State, Event], State] = {
    (State.OPEN, Event.CHANGE): State.OPEN,
    (State.OPEN, Event.AMEND): State.OPEN,
    (State.OPEN, Event.REPORT): State.OPEN,
    (State.OPEN, Event.CONCERN): State.CONCERN,
    (State.OPEN, Event.DECIDE): State.DECIDED,
    (State.OPEN, Event.HAND_OVER): State.HANDED_OVER,
    (State.OPEN, Event.LAPSE): State.LAPSED,
    (State.OPEN, Event.SUPERSEDE): State.SUPERSEDED,
    # Somebody else's change or report is new to the group, so the review comes back to it; an author's is the answer.
    (State.CONCERN, Event.CHANGE): State.OPEN,
    (State.CONCERN, Event.AMEND): State.VERIFY,
    (State.CONCERN, Event.REPORT): State.OPEN,
    (State.CONCERN, Event.ANSWER): State.VERIFY,
    (State.CONCERN, Event.WITHDRAW): State.OPEN,
    (State.CONCERN, Event.DECIDE): State.DECIDED,
    (State.CONCERN, Event.HAND_OVER): State.HANDED_OVER,
    (State.CONCERN, Event.LAPSE): State.LAPSED,
    (State.CONCERN, Event.SUPERSEDE): State.SUPERSEDED,
    (State.VERIFY, Event.CHANGE): State.VERIFY,
    (State.VERIFY, Event.AMEND): State.VERIFY,
    (State.VERIFY, Event.REPORT): State.VERIFY,
    (State.VERIFY, Event.ANSWER): State.VERIFY,
    (State.VERIFY, Event.CONCERN): State.CONCERN,
    (State.VERIFY, Event.WITHDRAW): State.OPEN,
    (State.VERIFY, Event.DECIDE): State.DECIDED,
    (State.VERIFY, Event.HAND_OVER): State.HANDED_OVER,
    (State.VERIFY, Event.LAPSE): State.LAPSED,
    (State.VERIFY, Event.SUPERSEDE): State.SUPERSEDED,
}
"""Everything that can happen. What is not in it cannot: a closed review stays closed for ever, since its successor
takes up what comes later."""

_LEADS_TO: Mapping[Event, State] = {
    Event.CONCERN: State.CONCERN,
    Event.DECIDE: State.DECIDED,
    Event.HAND_OVER: State.HANDED_OVER,
    Event.LAPSE: State.LAPSED,
    Event.SUPERSEDE: State.SUPERSEDED,
}
_SAID: Mapping[State, str] = {
    State.OPEN: N_("This [review] is open."),
    State.CONCERN: N_("This [review] waits for its author's answer."),
    State.VERIFY: N_("The author has answered; this [review] waits for somebody to look."),
    State.DECIDED: N_("This [review] has been decided."),
    State.HANDED_OVER: N_("This [review] was handed over to another [group]."),
    State.LAPSED: N_("This [review] has lapsed; nobody looked at it."),
    State.SUPERSEDED: N_("Nothing of these changes is left, so there is nothing to decide."),
}


def follow(state: State, event: Event) -> State:
    """The state after `event`. Errors: AlreadyThere when it leads where the review is, NotAllowed otherwise."""
    after = TABLE.get((state, event))
    if after is not None:
        return after
    if _LEADS_TO.get(event) is state:
        raise AlreadyThere(kb_t(_SAID[state]), state.value)
    raise NotAllowed(kb_t(_SAID[state]), state.value, event.value)
