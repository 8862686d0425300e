"""What lapsed and what was escalated, as moderators meet it in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kbwiki import Actor, Wiki
from kbwiki.actors import SYSTEM
from kbwiki.clock import utc_now
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.rules.queries import get_rule
from kbwiki.testing import MODERATOR, WRITER, answer, look, open_reviews, save

from .conftest import Visitor

BOSS = Actor("owner", "Olga", frozenset({"admins", "moderators"}))
LATE = {"escalate_after": {"hours": 1, "working": False}, "escalate_to": "admins"}
QUIET = {"lapse_after": {"hours": 50, "working": False}, "lapse_policy": "quiet pages"}


def grow_old(wiki: Wiki, pages: int) -> Wiki:
    """A wiki with pages that nobody looked at, `page-1…` of them escalated, and one that somebody did look at."""
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, "Late", {"paths": ["page-1*"]}, LATE)
        set_rule(tx, "Quiet", {}, QUIET)
    save(wiki, "seen", "Looked at.")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    for number in range(pages):
        save(wiki, f"page-{number}", "Nobody looked.")
    clock, wiki.clock = wiki.clock, lambda: utc_now() + timedelta(days=3)
    assert wiki.age_reviews().lapsed == pages
    wiki.clock = clock
    return wiki


@pytest.fixture
def grown_old(wiki: Wiki) -> Wiki:
    """A wiki in which three reviews lapsed, one of them escalated before."""
    return grow_old(wiki, 3)


def test_what_lapsed_is_counted_and_listed_page_by_page_and_can_be_looked_at_after_all(
    visitor: Visitor, wiki: Wiki
) -> None:
    grow_old(wiki, 52)
    visitor.actor = MODERATOR
    first = visitor.text("/wiki/-/lapsed")
    older = re.search(r'href="([^"]*before=[^"]*)"', first)
    assert older is not None
    second = visitor.text(older[1].replace("&amp;", "&"))
    listed = re.findall(r">(page-\d+)</a>", first + second)
    (counted,) = re.findall(r'kb-tag-count">(\d+)<', first)

    assert len(listed) == len(set(listed)) == int(counted) == 52
    assert ">what lapsed</a>" in visitor.text("/wiki/-/decisions")
    assert "nobody looked at in time" in visitor.text(f"/wiki/{listed[0]}")

    address = re.findall(r'formaction="([^"]*/look)"', first)[0]
    sent = visitor.post(address, form="/wiki/-/lapsed")
    review_id = int(sent.headers["Location"].rsplit("/", 1)[1])

    assert sent.status_code == 303
    assert listed[0] in visitor.text(f"/wiki/-/reviews/{review_id}")
    answer(wiki, look(wiki, review_id), "approve")
    afterwards = visitor.text("/wiki/-/lapsed")
    assert "moderators looked at it later" in afterwards
    assert re.findall(r'kb-tag-count">(\d+)<', afterwards) == ["52"]
    assert visitor.post(address, form="/wiki/-/lapsed").headers["Location"].endswith("/-/lapsed")


def test_filters_of_the_list_count_what_they_list(visitor: Visitor, grown_old: Wiki) -> None:
    visitor.actor = MODERATOR

    assert "3 reviews in all" in visitor.text("/wiki/-/lapsed?policy=quiet+pages&group=moderators&space=")
    assert "Nothing has lapsed" in visitor.text("/wiki/-/lapsed?policy=another")
    assert "Nothing has lapsed" in visitor.text("/wiki/-/lapsed?before=nonsense&group=another")


def test_what_was_escalated_is_listed_and_the_helping_group_is_told_why(visitor: Visitor, grown_old: Wiki) -> None:
    visitor.actor = Actor("owner", "Olga", frozenset({"admins"}))
    listed = visitor.text("/wiki/-/escalated")
    (line, *_) = open_reviews(grown_old, "admins")
    assert "from moderators to admins" in listed
    assert f'/wiki/-/reviews/{line.id}"' in listed

    assert "moderators did not get to it in time, so admins is asked to look, too." in visitor.text(
        f"/wiki/-/reviews/{line.id}"
    )


def test_only_those_who_look_after_something_see_the_lists(visitor: Visitor, grown_old: Wiki) -> None:
    visitor.actor = WRITER

    assert visitor.get("/wiki/-/lapsed").status_code == 403
    assert visitor.get("/wiki/-/escalated").status_code == 403
    assert "nobody of moderators looked in time" in visitor.text("/wiki/-/mine")


def test_a_rule_that_lets_reviews_age_is_set_and_shown_in_the_form(visitor: Visitor, wiki: Wiki) -> None:
    visitor.actor = BOSS
    form = "/wiki/-/rule"
    said = {"name": "Quiet", "enabled": "1", "effect_lapse_after_hours": "4000", "lapse_working": "1"}

    refused = visitor.post(form, **said)
    visitor.post(form, **{**said, "effect_lapse_policy": "quiet pages", "effect_lapse_after_hours": "50"})

    assert refused.status_code == 422
    assert "Please name the policy" in refused.get_data(as_text=True)
    with wiki.read() as connection:
        effect = get_rule(connection, wiki.id, "Quiet").line.effect
    assert (effect.lapse_policy, effect.lapse_after and effect.lapse_after.working) == ("quiet pages", True)
    shown = visitor.text(f"{form}?rule=Quiet")
    assert 'value="quiet pages"' in shown
    assert "may close unreviewed after 50 working hours" in shown
