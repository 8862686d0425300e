"""Whoever asks, and by whatever way, comes second to the same decision, and learns who was first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from kbwiki import Actor, KBWiki
from kbwiki.cli import main
from kbwiki.moderation.batches.plan import plan_batch
from kbwiki.moderation.batches.run import run_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.decide import AlreadyDecided
from kbwiki.moderation.models import Decision
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.review import ReviewView
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, answer, look, open_reviews, save
from kbwiki.wiki import Wiki

LATE = SECOND_MODERATOR
Way = Callable[[Wiki, ReviewView, Callable[[], None]], str]


@pytest.fixture
def wiki(database_url: str) -> Iterator[Wiki]:
    """The wiki, whose address the ways need."""
    found = Wiki(database_url)
    yield found
    found.close()


def address_of(wiki: Wiki) -> str:
    return wiki.database.engine.url.render_as_string(hide_password=False)


def by_function(wiki: Wiki, seen: ReviewView, meanwhile: Callable[[], None]) -> str:
    meanwhile()
    with pytest.raises(AlreadyDecided) as raised:
        answer(wiki, seen, "approve", by=LATE)
    assert raised.value.status == 409
    return str(raised.value)


def by_web(wiki: Wiki, seen: ReviewView, meanwhile: Callable[[], None]) -> str:
    app = Flask("host")
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=address_of(wiki), TESTING=True)
    KBWiki(app, actor=lambda: LATE)
    client = app.test_client()
    page = client.get(f"/wiki/-/reviews/{seen.id}").get_data(as_text=True)
    fields = dict(part.split('" value="')[:2] for part in page.split('<input type="hidden" name="')[1:])
    sent = {name: value.split('"')[0] for name, value in fields.items()}
    meanwhile()
    response = client.post(f"/wiki/-/reviews/{seen.id}/decide", data={**sent, "verdict": "approve"})
    app.extensions["kbwiki"]["main"].wiki.close()
    assert response.status_code == 409
    return response.get_data(as_text=True)


def by_command_line(wiki: Wiki, seen: ReviewView, meanwhile: Callable[[], None]) -> str:
    meanwhile()
    shown = seen.shown
    words = ["--database", address_of(wiki), "reviews", "decide", str(seen.id), "approve", "--base", str(shown.base)]
    words += ["--head", str(shown.head), "--digest", shown.digest.hex()]
    words += ["--actor", LATE.id, "--actor-name", LATE.name, "--in-group", "moderators"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    return result.output


def by_batch(wiki: Wiki, seen: ReviewView, meanwhile: Callable[[], None]) -> str:
    plan = plan_batch(wiki, LATE, Selection(review_ids=(seen.id,)), Verdict.APPROVE)
    meanwhile()
    done = run_batch(wiki, LATE, plan.batch_id)
    (item,) = done.items
    assert item.outcome == "refused"
    return item.why


WAYS: dict[str, Way] = {
    "function": by_function,
    "web": by_web,
    "command line": by_command_line,
    "batch": by_batch,
}


@pytest.mark.parametrize("way", WAYS)
def test_whoever_comes_second_by_whatever_way_learns_who_was_first(wiki: Wiki, way: str) -> None:
    save(wiki, "page", "One.\n")
    seen = look(wiki, open_reviews(wiki)[0].id, by=Actor(LATE.id, LATE.name, LATE.groups))

    told = WAYS[way](wiki, seen, lambda: decide_first(wiki, seen))

    assert MODERATOR.name in told
    with wiki.read() as connection:
        assert connection.execute(select(Decision.verdict)).scalars().all() == ["revert"]


def decide_first(wiki: Wiki, seen: ReviewView) -> None:
    answer(wiki, look(wiki, seen.id), "revert", reason="wrong")
