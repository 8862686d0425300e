"""The risk of a change: which reasons apply, and what they weigh."""

from __future__ import annotations

import pytest

from kbwiki.moderation.risk import Author, Words, assess, total

KNOWN = Author(anonymous=False, automated=False, moderator=False, days_known=400)


def reasons(before: str, after: str, author: Author = KNOWN) -> dict[str, float]:
    return {one.name: round(one.weight, 3) for one in assess(author, Words(before, after))}


def test_who_it_was_counts() -> None:
    nobody = Author(anonymous=True, automated=False, moderator=False, days_known=None)
    newcomer = Author(anonymous=False, automated=False, moderator=False, days_known=29)
    first = Author(anonymous=False, automated=False, moderator=False, days_known=None)
    program = Author(anonymous=False, automated=True, moderator=False, days_known=400)
    colleague = Author(anonymous=False, automated=False, moderator=True, days_known=400)
    assert reasons("a", "a", nobody) == {"anonymous": 3}
    assert reasons("a", "a", newcomer) == reasons("a", "a", first) == {"new-author": 2}
    assert reasons("a", "a", program) == reasons("a", "a", colleague) == {"automated-or-moderator": -4}
    assert reasons("a", "a") == {}


def test_what_was_written_counts() -> None:
    assert reasons("one", "one Shit") == {"profanity": 2}
    assert reasons("one", "one lol") == {"informal": 1}
    assert reasons("one", "one nooooooo") == {"character-run": 1.5}
    assert reasons("| a |", "| a |\n|------|") == {}
    assert reasons("", "a b c d") == {"words-added": -0.2}
    assert reasons("a b c d e", "a") == {"pure-deletion": 1, "words-removed": 0.3}


def test_what_was_there_before_is_not_held_against_the_author() -> None:
    assert "profanity" not in reasons("shit", "shit happens here")


def test_the_risk_is_the_sum() -> None:
    nobody = Author(anonymous=True, automated=False, moderator=False, days_known=None)
    assert total(assess(nobody, Words("a b c d", "fuck"))) == pytest.approx(3 + 2 + 0.15 * 2)
