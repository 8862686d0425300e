"""The past of a page: any day, any two revisions, a slider over all of it, and who wrote what."""

from __future__ import annotations

import pytest

from kbwiki import ANONYMOUS, Wiki
from kbwiki.testing import READER, SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, save

from .conftest import Visitor

FIRST = "## Keys\n\nThe key to the van hangs in the office beside the door.\n"
SECOND = "## Fuel\n\nFill the tank when it is half empty, and keep the receipt for Ida.\n"


@pytest.fixture
def page(wiki: Wiki) -> Wiki:
    """`vans` with three revisions by two people; in the third a section has moved."""
    wiki.upgrade()
    save(wiki, "vans", f"{FIRST}\n{SECOND}")
    save(wiki, "vans", f"{FIRST}\n{SECOND}\nAsk Ida.\n", base=1, by=SECOND_WRITER, comment="who to ask")
    save(wiki, "vans", f"{SECOND}\nAsk Ida.\n\n{FIRST}", base=2)
    return wiki


def test_a_moved_section_is_called_moved(page: Wiki, visitor: Visitor) -> None:
    for mode in ("side", "inline"):
        html = visitor.text(f"/wiki/-/diff/vans?a=2&b=3&mode={mode}")
        assert "1 passage moved" in html
        assert html.count("moved from line 1") == html.count("moved to line 7") == 1
        assert "words added" not in html


def test_the_text_of_a_day_is_compared_with_the_newest(page: Wiki, visitor: Visitor) -> None:
    today = page.clock().date().isoformat()
    assert "The text is the same on both sides" in visitor.text(f"/wiki/-/diff/vans?on={today}")
    assert "was not there yet" in visitor.text("/wiki/-/diff/vans?on=2001-01-01")
    for nonsense in ("yesterday", "9999-12-31", "2026-02-30", ""):
        assert visitor.get(f"/wiki/-/diff/vans?on={nonsense}").status_code == 200, nonsense


def test_the_slider_works_as_a_form_and_in_parts(page: Wiki, visitor: Visitor) -> None:
    whole = visitor.text("/wiki/-/slider/vans?at=2")
    assert 'type="range"' in whole
    assert 'max="3"' in whole
    assert "who to ask" in whole
    part = visitor.text("/wiki/-/slider/vans?at=2&show=changes&part=")
    assert "<html" not in part
    assert "Ask Ida." in part
    assert "by Sunna Second" in part
    assert 'data-kb-at="3"' in visitor.text("/wiki/-/slider/vans?at=99999&part=")
    assert 'data-kb-at="1"' in visitor.text("/wiki/-/slider/vans?at=-5&part=")


def test_every_passage_names_who_wrote_it(page: Wiki, visitor: Visitor) -> None:
    html = visitor.text("/wiki/-/blame/vans")
    assert html.count(f">{WRITER.name}</strong>") == 2
    assert html.count(f">{SECOND_WRITER.name}</strong>") == 1
    assert "who to ask" in html
    assert "looked through" not in html
    object.__setattr__(page.settings, "blame_revisions", 1)
    assert "its last 1 revision was looked through" in visitor.text("/wiki/-/blame/vans?at=2")


def test_what_is_hidden_or_closed_stays_so(page: Wiki, visitor: Visitor) -> None:
    make_space(page, "closed", readers=("moderators",), writers=("moderators",))
    save(page, "bad", "Nice.\n")
    answer(page, look(page, next(one.id for one in open_reviews(page) if one.path == "bad")), "approve")
    save(page, "bad", "Nice.\nUnspeakable.\n", base=1)
    answer(page, look(page, next(one.id for one in open_reviews(page) if one.path == "bad")), "hide", reason="abuse")
    for who in (READER, ANONYMOUS):
        visitor.actor = who
        for address in ("blame/bad", "slider/bad?at=2", "slider/bad?at=2&show=changes&part="):
            assert "Unspeakable" not in visitor.text(f"/wiki/-/{address}"), address
        assert visitor.get("/wiki/-/blame/bad?at=2").status_code == 404
        for address in ("blame", "slider"):
            assert visitor.get(f"/wiki/-/{address}/nothing-here").status_code == 404
