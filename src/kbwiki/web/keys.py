"""The keys of the screens: one table for the overlay, the documentation and the script.

An element says by `aria-keyshortcuts` which key presses it; kb.js reads nothing else. None of them needs a modifier,
and all of them can be turned off.
"""

from __future__ import annotations

from dataclasses import dataclass

from .words import kb_t


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does. `then` says what the next press chooses, '' when one press is all."""

    key: str
    does: str
    then: str = ""


REVIEW = (
    Key("a", "Approve"),
    Key("r", "Revert", "the number of the reason"),
    Key("c", "Ask the author", "the number of the reason"),
    Key("h", "Hide", "the number of the reason"),
    Key("d", "Delete the page", "the number of the reason"),
    Key("o", "Hand it over", "the number of the group"),
    Key("s", "Skip: until something new comes"),
    Key("l", "Later", "the number of the time"),
    Key("u", "Undo what you did last (z does, too)"),
    Key("n", "Write a note to the author"),
    Key("m", "Mend the text"),
    Key("p", "Take out pieces"),
    Key("v", "The page as readers see it; again: before"),
    Key("y", "Say what you would do, when asked", "the number of the answer"),
    Key("k", "Ask a colleague"),
    Key("t", "Take it, or give it back"),
    Key("b", "Back to the queue"),
)
"""The keys of a review."""

APPEAL = (
    Key("a", "The decision stands"),
    Key("o", "Undo the decision"),
    Key("s", "Skip: until something new comes"),
    Key("l", "Later", "the number of the time"),
    Key("u", "Undo what you did last (z does, too)"),
    Key("n", "Write a note"),
    Key("b", "Back to the queue"),
)
"""The keys of an appeal."""

EVERYWHERE = (
    Key("/", "Search"),
    Key("?", "These keys"),
    Key("Esc", "Leave a field, close what is open"),
)
"""The keys that every screen has."""


def table(keys: tuple[Key, ...]) -> tuple[tuple[str, str], ...]:
    """The keys with what they do, in words, as the screen lists them."""
    return tuple(
        (one.key, kb_t("{does}; then {then}", does=kb_t(one.does), then=kb_t(one.then)) if one.then else kb_t(one.does))
        for one in (*keys, *EVERYWHERE)
    )
