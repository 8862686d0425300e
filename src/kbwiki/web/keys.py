"""The keys of the screens: one table for the overlay, the documentation and the script.

An element says by `aria-keyshortcuts` which key presses it; kb.js reads nothing else. None of them needs a modifier,
and all of them can be turned off.
"""

from __future__ import annotations

from dataclasses import dataclass

from .words import N_, kb_t


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does. `then` says what the next press chooses, '' when one press is all."""

    key: str
    does: str
    then: str = ""


REVIEW = (
    Key("a", N_("Approve")),
    Key("r", N_("Revert"), N_("the number of the reason")),
    Key("c", N_("Ask the author"), N_("the number of the reason")),
    Key("h", N_("Hide"), N_("the number of the reason")),
    Key("d", N_("Delete the [page]"), N_("the number of the reason")),
    Key("o", N_("Hand it over"), N_("the number of the [group]")),
    Key("s", N_("Skip: until something new comes")),
    Key("l", N_("Later"), N_("the number of the time")),
    Key("u", N_("Undo what you did last (z does, too)")),
    Key("n", N_("Write a note to the author")),
    Key("m", N_("Mend the text")),
    Key("p", N_("Take out pieces")),
    Key("v", N_("The [page] as readers see it; again: before")),
    Key("y", N_("Say what you would do, when asked"), N_("the number of the answer")),
    Key("k", N_("Ask a colleague")),
    Key("t", N_("Take it, or give it back")),
    Key("b", N_("Back to the [queue]")),
)
"""The keys of a review."""

APPEAL = (
    Key("a", N_("The [decision] stands")),
    Key("o", N_("Undo the [decision]")),
    Key("s", N_("Skip: until something new comes")),
    Key("l", N_("Later"), N_("the number of the time")),
    Key("u", N_("Undo what you did last (z does, too)")),
    Key("n", N_("Write a note")),
    Key("b", N_("Back to the [queue]")),
)
"""The keys of an appeal."""

EVERYWHERE = (
    Key("/", N_("[Search]")),
    Key("?", N_("These keys")),
    Key("Esc", N_("Leave a field, close what is open")),
)
"""The keys that every screen has."""


def table(keys: tuple[Key, ...]) -> tuple[tuple[str, str], ...]:
    """The keys with what they do, in words, as the screen lists them."""
    return tuple(
        (one.key, kb_t("{does}; then {then}", does=kb_t(one.does), then=kb_t(one.then)) if one.then else kb_t(one.does))
        for one in (*keys, *EVERYWHERE)
    )
