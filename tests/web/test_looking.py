"""The screen with hidden text: for those who may, by a button, recorded, and kept nowhere."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from kbwiki import Wiki
from kbwiki.journal.models import Entry
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_MODERATOR, WRITER, open_reviews, save

from .conftest import Visitor

SECRET = "xylophone"


@pytest.fixture
def hidden(wiki: Wiki, visitor: Visitor) -> str:
    """A page whose second revision is hidden, by the form, from all but the moderators."""
    save(wiki, "page", "Clean.\n")
    (line,) = open_reviews(wiki)
    visitor.actor = MODERATOR
    review = f"/wiki/-/reviews/{line.id}"
    assert visitor.post(f"{review}/decide", form=review, verdict="approve").status_code == 303
    save(wiki, "page", f"Clean.\n\nAnd a {SECRET}.\n", base=1, comment="a comment", title=f"About {SECRET}")
    (line,) = open_reviews(wiki)
    review = f"/wiki/-/reviews/{line.id}"
    sent = visitor.post(
        f"{review}/decide", form=review, verdict="hide", reason="private", parts="words", only_group="1"
    )
    assert sent.status_code == 303
    return "page"


def looks(wiki: Wiki) -> int:
    with wiki.read() as connection:
        return connection.execute(select(func.count()).where(Entry.kind == "look")).scalar_one()


def test_the_history_offers_a_look_to_those_who_may(visitor: Visitor, hidden: str) -> None:
    button = f'formaction="/wiki/-/look/2/{hidden}"'

    for actor, offered in ((MODERATOR, True), (SECOND_MODERATOR, True), (WRITER, False), (READER, False)):
        visitor.actor = actor
        assert (button in visitor.text(f"/wiki/-/history/{hidden}")) is offered


def test_a_look_shows_everything_says_that_it_was_recorded_and_is_not_to_be_kept(
    visitor: Visitor, wiki: Wiki, hidden: str
) -> None:
    visitor.actor = SECOND_MODERATOR
    with wiki.read() as connection:
        kept = connection.execute(text("SELECT count(*) FROM kbwiki_rendered")).scalar_one()

    answer = visitor.post(f"/wiki/-/look/2/{hidden}", form=f"/wiki/-/history/{hidden}")

    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f"And a {SECRET}" in shown
    assert f"About {SECRET}" in shown
    assert "a comment" in shown
    assert WRITER.name in shown
    assert "You are looking at hidden text; this was recorded" in shown
    assert answer.headers["Cache-Control"] == "no-store"
    assert looks(wiki) == 1
    with wiki.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM kbwiki_rendered")).scalar_one() == kept


def test_after_a_look_no_screen_shows_it_not_even_to_who_looked(visitor: Visitor, hidden: str) -> None:
    visitor.actor = MODERATOR
    visitor.post(f"/wiki/-/look/2/{hidden}", form=f"/wiki/-/history/{hidden}")

    for address in (hidden, f"-/history/{hidden}", f"-/revision/2/{hidden}", f"-/diff/{hidden}?a=1&b=2", "-/recent"):
        assert SECRET not in visitor.get(f"/wiki/{address}").get_data(as_text=True)
    assert visitor.get(f"/wiki/-/look/2/{hidden}").status_code == 404


@pytest.mark.parametrize("actor", [WRITER, READER, ADMIN])
def test_nobody_else_gets_to_look(visitor: Visitor, wiki: Wiki, hidden: str, actor: object) -> None:
    visitor.actor = actor  # type: ignore[assignment]

    answer = visitor.post(f"/wiki/-/look/2/{hidden}", form="/wiki/-/edit/page")

    assert answer.status_code in (400, 403)
    assert SECRET not in answer.get_data(as_text=True)
    assert looks(wiki) == 0
