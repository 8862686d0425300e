"""Many at once in the web: choose, look at the dry run, do it a part at a time, take it back."""

from __future__ import annotations

import re

import pytest

from kbwiki import Actor, Wiki
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, SECOND_WRITER, WRITER, make_space, open_reviews, read, save
from kbwiki.web import batches as screens

from .conftest import Visitor

NEW = "/wiki/-/batches/new"
PLAN = "/wiki/-/batches/plan"


@pytest.fixture
def desk(visitor: Visitor, wiki: Wiki) -> Visitor:
    """A moderator with three reviews in the queue."""
    for path in ("a", "b", "c"):
        save(wiki, path, f"text of {path}\n", title=f"<b>{path}</b>")
    visitor.actor = MODERATOR
    return visitor


def planned(desk: Visitor, **fields: str) -> str:
    """Send the form; the address of the batch whose dry run is shown."""
    shown = desk.post(PLAN, form=NEW, **fields).get_data(as_text=True)
    found = re.search(r'action="([^"]*/-/batches/[0-9a-f]{32})/run"', shown)
    assert found, shown
    return found[1]


def test_what_is_ticked_in_the_queue_is_planned_and_nothing_else(desk: Visitor, wiki: Wiki) -> None:
    queue = desk.text("/wiki/-/reviews")
    first, second, _ = re.findall(r'name="review" value="(\d+)"', queue)
    form = desk.text(f"{NEW}?review={first}&review={second}")
    assert re.findall(r'name="review" value="(\d+)" checked', form) == [first, second]

    answer = desk.client.post(
        PLAN, data={**hidden(form), "by_hand": "1", "review": [first, second], "verdict": "approve"}
    )

    shown = answer.get_data(as_text=True)
    assert "Nothing has been changed yet. 2 of 2 would be done." in shown
    assert "&lt;b&gt;a&lt;/b&gt;" in shown
    assert len(open_reviews(wiki)) == 3


def test_what_is_ticked_is_named_and_what_is_not_ones_own_is_not(desk: Visitor, wiki: Wiki) -> None:
    make_space(wiki, "vault", readers=("people",), writers=("people",), reviewers=("people",))
    save(wiki, "vault/x", "secret\n", title="Vaulted", by=Actor("clerk", "Clerk", frozenset({"people"})))
    mine = next(line for line in open_reviews(wiki) if line.path == "b").id

    form = desk.text(f"{NEW}?review={mine}&review={mine + 2}&review=99999")

    assert "The 1 review you ticked" in form
    assert "&lt;b&gt;b&lt;/b&gt;" in form
    assert "Vaulted" not in form


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(_?[a-z_]*(?:token|csrf)[a-z_]*)" value="([^"]*)"', page))


def test_unticking_everything_does_not_mean_everything(desk: Visitor, wiki: Wiki) -> None:
    answer = desk.post(PLAN, form=f"{NEW}?review=1", verdict="approve")

    assert answer.status_code == 422
    assert "tick at least one" in answer.get_data(as_text=True)


def test_doing_it_and_taking_it_back(desk: Visitor, wiki: Wiki) -> None:
    batch = planned(desk, verdict="revert", reason="wrong", author="writer")

    done = desk.post(f"{batch}/run", form=batch)
    assert done.status_code == 303
    assert open_reviews(wiki) == []
    assert "3 of 3 are through: 3 done" in desk.text(batch)

    desk.post(f"{batch}/take-back", form=batch)
    assert len(open_reviews(wiki)) == 3
    assert "3 taken back" in desk.text(batch)
    assert read(wiki, "a") == "text of a\n"
    assert batch in desk.text("/wiki/-/batches")


def test_a_large_batch_is_done_a_part_at_a_time(desk: Visitor, wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "AT_ONCE", 2)
    batch = planned(desk, verdict="approve")

    desk.post(f"{batch}/run", form=batch)
    halfway = desk.text(batch)
    assert "2 of 3 are through" in halfway
    assert "Go on" in halfway
    desk.post(f"{batch}/run", form=batch)

    assert open_reviews(wiki) == []
    assert "Go on" not in desk.text(batch)


def test_what_changed_since_is_refused_and_said(desk: Visitor, wiki: Wiki) -> None:
    batch = planned(desk, verdict="approve")
    save(wiki, "b", "something new\n", by=SECOND_WRITER, base=1)

    desk.post(f"{batch}/run", form=batch)

    shown = desk.text(batch)
    assert "2 done, 1 refused" in shown
    assert "changed while you were looking" in shown
    assert [line.path for line in open_reviews(wiki)] == ["b"]


def test_words_space_window_and_search_narrow(desk: Visitor, wiki: Wiki) -> None:
    save(wiki, "hr/pay", "salaries\n")

    for fields in ({"words": "pay"}, {"space": "hr"}, {"query": "pay"}):
        shown = desk.post(PLAN, form=NEW, verdict="approve", **fields).get_data(as_text=True)
        assert "1 of 1 would be done" in shown, fields
    for fields in ({"since": "2999-01-01"}, {"until": "2000-01-01"}):
        shown = desk.post(PLAN, form=NEW, verdict="approve", **fields).get_data(as_text=True)
        assert "Nothing matches" in shown, fields


def test_an_author_is_rolled_back(desk: Visitor, wiki: Wiki) -> None:
    save(wiki, "a", "spam\n", by=Actor("spam", "Sam Spam", WRITER.groups), base=1)
    batch = planned(desk, verdict="roll-back", author="spam", since="2000-01-01", reason="abuse")

    desk.post(f"{batch}/run", form=batch)

    assert read(wiki, "a") == "text of a\n"
    assert len(open_reviews(wiki)) == 3
    assert "Roll back what the author did last" in desk.text(batch)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"verdict": ""}, "choose what to do"),
        ({"verdict": "revert"}, "choose a reason"),
        ({"verdict": "approve", "since": "soon"}, "write the day like"),
        ({"verdict": "roll-back", "reason": "abuse"}, "whose changes, and since when"),
    ],
)
def test_what_is_missing_is_said_and_the_form_kept(desk: Visitor, fields: dict[str, str], said: str) -> None:
    answer = desk.post(PLAN, form=NEW, space="", note="kept words", **fields)

    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert said in shown
    assert "kept words" in shown


def test_batches_are_for_who_planned_them(desk: Visitor, wiki: Wiki) -> None:
    batch = planned(desk, verdict="approve")

    desk.actor = SECOND_MODERATOR
    assert desk.get(batch).status_code == 404
    assert desk.post(f"{batch}/run", form=NEW).status_code == 403
    assert batch not in desk.text("/wiki/-/batches")
    desk.actor = WRITER
    assert desk.get(NEW).status_code == 403
    assert desk.post(PLAN, form="/wiki/-/new", verdict="approve").status_code == 403
    assert len(open_reviews(wiki)) == 3


def test_own_changes_are_left_out_and_named(desk: Visitor, wiki: Wiki) -> None:
    save(wiki, "own", "x", by=Actor("moderator", "Mona Moderator", frozenset({"moderators", "staff"})))

    shown = desk.post(PLAN, form=NEW, verdict="approve").get_data(as_text=True)

    assert "1 is left out" in shown
    assert "your own" in shown
