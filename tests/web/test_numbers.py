"""The numbers as people read them: at a glance, in words, as a table, and never about a person."""

from __future__ import annotations

import csv
import io
import re

import pytest

from kbwiki.moderation.numbers.figures import DEFINITIONS
from kbwiki.testing import ADMIN, MODERATOR, SECOND_MODERATOR, WRITER, answer, look, make_space, open_reviews, save
from kbwiki.web.charts import bars, curve
from kbwiki.wiki import Wiki
from kbwiki.wording import kb_t
from tests.web.conftest import Visitor

NUMBERS = "/wiki/-/numbers"


def some_work(wiki: Wiki, count: int) -> None:
    """So many pages, each approved, and one that waits."""
    for number in range(count + 1):
        save(wiki, f"page-{number}", "Words.\n")
    for line in open_reviews(wiki)[:count]:
        answer(wiki, look(wiki, line.id), "approve")


def test_an_empty_wiki_says_kindly_that_there_is_nothing_to_count(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR

    assert "Nothing to count yet" in visitor.text(NUMBERS)


def test_the_figures_stand_there_at_a_glance_with_a_sentence(wiki: Wiki, visitor: Visitor) -> None:
    some_work(wiki, 12)
    visitor.actor = MODERATOR

    shown = visitor.text(NUMBERS)

    assert "Half of what came in was looked at within this time." in shown
    assert "0 of 12 of the decisions took something out of a page." in shown
    assert re.search(r'Waiting now</h3><p class="kb-tile-value">1</p>', shown)
    assert [key for key, words in DEFINITIONS.items() if key != "unseen" and kb_t(words) not in shown] == []


def test_few_reviews_are_too_few_to_tell(wiki: Wiki, visitor: Visitor) -> None:
    some_work(wiki, 3)
    visitor.actor = MODERATOR

    shown = visitor.text(NUMBERS)

    assert "Too few to tell: 4 came in, 3 looked at." in shown
    assert "Too few to tell: 0 of 3." in shown


def test_nobody_is_named(wiki: Wiki, visitor: Visitor) -> None:
    some_work(wiki, 3)
    visitor.actor = SECOND_MODERATOR

    shown = visitor.text(NUMBERS) + visitor.text(f"{NUMBERS}?format=csv")

    assert [one.name for one in (WRITER, MODERATOR) if one.name in shown] == []


def test_only_members_of_reviewing_groups_and_administrators_see_them(wiki: Wiki, visitor: Visitor) -> None:
    make_space(wiki, "people", reviewers=("people",))
    some_work(wiki, 1)
    save(wiki, "people/plan", "Words.\n")

    assert visitor.get(NUMBERS).status_code == 403
    visitor.actor = MODERATOR
    assert "people" not in visitor.text(f"{NUMBERS}?format=csv")
    visitor.actor = ADMIN
    assert "group,people" in visitor.text(f"{NUMBERS}?format=csv")


def test_groups_spaces_and_days_can_be_chosen(wiki: Wiki, visitor: Visitor) -> None:
    make_space(wiki, "people", reviewers=("people",), title="People")
    save(wiki, "people/plan", "Words.\n")
    visitor.actor = ADMIN

    assert open_now(visitor, "group=people") == open_now(visitor, "space=people") == open_now(visitor, "") == 1
    assert open_now(visitor, "group=moderators") == open_now(visitor, "group=nobody") == 0
    assert visitor.get(f"{NUMBERS}?days=365&space=nowhere").status_code == 200


def open_now(visitor: Visitor, query: str) -> int:
    text = visitor.text(f"{NUMBERS}?format=csv&{query}")
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(text))
        if (row["part"], row["figure"], row["what"]) == ("all", "waiting", "for the group")
    ]
    return int(row["value"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2020-02-30", "“2020-02-30” is no day"),
        ("from=2020-02-03&to=2020-02-01", "The last day is before the first"),
        ("from=2999-01-01", "That is still to come"),
        ("from=2020-02-01&to=2020-02-03", "from 1 February 2020 to 3 February 2020"),
    ],
)
def test_a_period_that_makes_no_sense_is_said(wiki: Wiki, visitor: Visitor, query: str, said: str) -> None:
    visitor.actor = MODERATOR

    assert said in visitor.text(f"{NUMBERS}?{query}")


def test_the_log_of_decisions_leads_to_them(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR

    assert f'href="{NUMBERS}"' in visitor.text("/wiki/-/decisions")


def test_a_name_that_looks_like_a_formula_stays_a_name(wiki: Wiki, visitor: Visitor) -> None:
    make_space(wiki, "sums", reviewers=("=1+1",))
    save(wiki, "sums/one", "Words.\n")
    visitor.actor = ADMIN

    assert "group,'=1+1,waiting" in visitor.text(f"{NUMBERS}?format=csv")


def test_the_longest_bar_takes_all_the_room() -> None:
    assert [(bar.share, bar.width) for bar in bars([("a", 3, ""), ("b", 1, ""), ("c", 0, "")])] == [
        ("75 %", 100),
        ("25 %", 33.33),
        ("0 %", 0),
    ]
    assert bars([("a", 0, "")])[0].width == 0


def test_a_curve_goes_from_edge_to_edge_below_an_edge_that_can_be_halved() -> None:
    drawn = curve([0, 3, 1])

    assert drawn is not None
    assert (drawn.top, drawn.line) == (4, "0.00,100.00 50.00,25.00 100.00,75.00")
    assert [found.top for found in map(curve, ([0, 0], [10, 3], [11, 3], [99, 3])) if found] == [2, 10, 20, 100]
    assert curve([5]) is None
