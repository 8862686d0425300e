"""The guides for moderators and authors name what really stands on the demo's screens."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from .conftest import Visitor

DOCS = Path(__file__).parent.parent.parent / "docs"
MODERATE = (DOCS / "tutorial" / "moderate.md").read_text("utf-8")
OBJECT = (DOCS / "how-to" / "object-to-a-decision.md").read_text("utf-8")
REVIEWS = "/handbook/-/reviews"


def named(guide: str) -> set[str]:
    """The words that a guide says stand on a screen: those in bold."""
    return {" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", guide)}


def pages_named(guide: str) -> list[str]:
    """The pages a guide tells its reader to open, in order."""
    return [" ".join(words.split()) for words in re.findall(r"Open \*([^*]+)\*", guide)]


def words_of(html: str) -> str:
    """What stands on a screen, titles that appear on hovering included."""
    shown = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def link(html: str, words: str) -> str:
    """The address behind a link with these words."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>(?:<[^>]+>|\s)*{re.escape(words)}', unescape(html))
    assert found, f"no link “{words}”"
    return found[1]


def moderators_screens(visitor: Visitor) -> str:
    """Every screen that the moderator's guide leads over, as Moira, then as Alan and as Dan."""
    screens = [visitor.read("/sign-in")]
    visitor.sign_in("moira")
    screens += [visitor.read("/"), queue := visitor.read(REVIEWS), visitor.read("/handbook/-/decisions")]
    screens += [visitor.read(link(queue, title)) for title in pages_named(MODERATE)]
    screens += [visitor.read("/handbook/safety/roadside")]
    visitor.sign_in("alan")
    screens.append(visitor.read("/handbook/-/decisions"))
    visitor.sign_in("dan")
    screens += [visitor.read("/handbook/-/mine"), visitor.read("/handbook/-/messages")]
    return " ".join(words_of(one) for one in screens)


def test_everything_a_moderator_is_told_to_press_is_there(visitor: Visitor) -> None:
    shown = moderators_screens(visitor)

    # What ends a lock stands there only while there is one.
    assert sorted(words for words in named(MODERATE) if words not in shown) == ["End it now"]


def test_every_page_the_guide_opens_waits_in_moiras_queue(visitor: Visitor) -> None:
    queue = visitor.sign_in("moira").read(REVIEWS)

    assert len(pages_named(MODERATE)) == 8
    assert [title for title in pages_named(MODERATE) if title not in unescape(queue)] == []


def test_what_the_guide_tells_of_a_review_stands_in_it(visitor: Visitor) -> None:
    queue = visitor.sign_in("moira").read(REVIEWS)
    told = {
        "Isolating a supply": "Prove dead every single time",
        "Working at height": "Only the vans, you are right.",
        "Beside a live road": "Two words on one site is one too many.",
        "Objection about Old barometers with mercury in them": "Could the number on the back stay",
        "Bolt torques": "210 Nm",
    }

    assert [title for title, says in told.items() if says not in words_of(visitor.read(link(queue, title)))] == []


def test_a_lock_can_be_ended_where_it_was_set(visitor: Visitor) -> None:
    visitor.sign_in("moira")
    form = visitor.read("/handbook/-/lock?path=safety/fire")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    visitor.client.post("/handbook/-/lock?path=safety/fire", data={**hidden, "until": "hour", "reason": "wrong"})

    assert "End it now" in words_of(visitor.read("/handbook/-/lock?path=safety/fire"))


def test_everything_an_author_is_told_to_press_is_there(visitor: Visitor) -> None:
    visitor.sign_in("dan")
    screens = [visitor.read(f"/handbook/{path}") for path in ("-/mine", "-/messages", "safety/fire")]
    shown = " ".join(words_of(one) for one in screens)

    assert [words for words in named(OBJECT) if words not in shown] == []


@pytest.mark.parametrize("person", ["priya", "dan"])
def test_the_writers_of_the_demo_have_something_that_waits_and_messages(visitor: Visitor, person: str) -> None:
    mine = words_of(visitor.sign_in(person).read("/handbook/-/mine"))
    messages = words_of(visitor.read("/handbook/-/messages"))

    assert "Waits for you" in mine
    assert "has waited for" in mine
    assert "asks you to look at your change once more" in messages


def test_dan_was_reverted_and_objects(visitor: Visitor) -> None:
    mine = words_of(visitor.sign_in("dan").read("/handbook/-/mine"))

    assert "reverted by Workshop" in mine
    assert "You objected to this; somebody else will answer." in mine


def test_priya_reads_what_became_of_her_report(visitor: Visitor) -> None:
    mine = words_of(visitor.sign_in("priya").read("/handbook/-/mine"))

    assert "approved by Field service live; Safety has not looked at it yet" in mine
    assert "Service desk has looked, and found the page right" in mine
