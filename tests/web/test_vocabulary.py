"""What things are called: chosen by administrators, looked at before, reviewed and undone like any other change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from kbwiki import ANONYMOUS, KBWiki, Wiki
from kbwiki.db import table_of
from kbwiki.testing import ADMIN, MODERATOR, WRITER, answer, look, open_reviews, save
from kbwiki.vocabulary.models import ChosenTerms

from .conftest import Visitor

SCREEN = "/wiki/-/vocabulary"


@pytest.fixture
def administrator(visitor: Visitor, wiki: Wiki) -> Visitor:
    """Somebody who may choose."""
    save(wiki, "home", "words")
    visitor.actor = ADMIN
    return visitor


def test_only_administrators_choose(visitor: Visitor, wiki: Wiki) -> None:
    for actor in (ANONYMOUS, WRITER, MODERATOR):
        visitor.actor = actor
        assert visitor.get(SCREEN).status_code == 403


def test_new_words_are_looked_at_before_they_hold(administrator: Visitor) -> None:
    looked = administrator.post(SCREEN, preset="Handbook", do="look", **{"en-page-singular": "entry"})

    assert "An entry lives in a chapter. Entries with the same keyword belong together." in looked.text
    assert "New page" in administrator.text("/wiki/")


def test_what_was_chosen_holds_at_once_is_looked_at_and_can_be_undone(administrator: Visitor, wiki: Wiki) -> None:
    chosen = administrator.post(SCREEN, preset="Knowledge base", do="save", comment="as we say")
    assert chosen.status_code == 303
    assert "New article" in administrator.text("/wiki/")
    assert [one.title for one in open_reviews(wiki) if not one.path] == ["What things are called"]

    administrator.post(f"{SCREEN}/undo/1", form=chosen.location)
    assert "New page" in administrator.text("/wiki/")


def test_a_moderator_can_revert_it(administrator: Visitor, wiki: Wiki) -> None:
    administrator.post(SCREEN, preset="Handbook", do="save")
    (waiting,) = [one for one in open_reviews(wiki) if not one.path]

    answer(wiki, look(wiki, waiting.id), "revert", reason="other", note="nobody says guide")

    assert "New page" in administrator.text("/wiki/")


def test_whoever_was_second_is_told(administrator: Visitor) -> None:
    administrator.post(SCREEN, preset="Handbook", do="save")

    late = administrator.post(SCREEN, preset="Help centre", do="save", number="0")

    assert late.status_code == 409
    assert "Somebody else changed the terms meanwhile" in late.text


@pytest.mark.parametrize("word", ["<b>x</b>", "[page]", "x" * 61])
def test_a_word_that_breaks_sentences_is_refused(administrator: Visitor, word: str) -> None:
    assert administrator.post(SCREEN, do="save", **{"en-page-singular": word}).status_code == 422


def test_the_application_says_what_holds_again_after_a_reset(administrator: Visitor) -> None:
    administrator.post(SCREEN, preset="Handbook", do="save")
    administrator.post(SCREEN, do="reset")

    assert "New page" in administrator.text("/wiki/")


def test_addresses_follow_the_setting_and_the_usual_ones_go_on_working(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_VOCABULARY="Handbook")
    KBWiki(app, actor=lambda: MODERATOR)
    client = app.test_client()

    assert client.get("/wiki/-/checks").status_code == 200
    assert client.get("/wiki/-/reviews").status_code == 200
    shown = client.get("/wiki/").get_data(as_text=True)
    assert 'href="/wiki/-/checks"' in shown
    assert "/-/reviews" not in shown
    app.extensions["kbwiki"]["main"].wiki.close()


def test_every_segment_of_an_address_that_is_a_term_follows_it(tmp_path: Path) -> None:
    terms = {"search": "lookup", "rule": "guideline", "decision": "verdict", "appeal": "complaint", "message": "notice"}
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_VOCABULARY={**terms, "report": "alert", "history": ["log", "logs"]})
    mount = KBWiki().init_app(app, actor=lambda: ADMIN)

    addresses = app.extensions["kbwiki"]["main"].rules
    assert addresses["change_search"] == "/-/kept-lookups/{id}"
    assert addresses["appeal"] == "/-/verdicts/{id}/complaint"
    assert addresses["history"] == "/-/log/{path}"
    assert addresses["search_json"] == "/-/search.json"
    usual = re.compile(r"/(kept-)?(search|searches|rules?|decisions|appeal|messages|report|history)(/|$)")
    assert [rule for rule in addresses.values() if usual.search(rule)] == []
    client = app.test_client()
    for one in ("lookup", "search", "kept-lookups", "guidelines", "verdicts", "notices", "messages", "recent"):
        assert client.get(f"/wiki/-/{one}").status_code == 200
    mount.close()


def test_a_preset_that_this_version_does_not_know_breaks_nothing(
    administrator: Visitor, app: Flask, wiki: Wiki
) -> None:
    administrator.post(SCREEN, preset="Handbook", do="save")
    with wiki.database.write() as connection:
        connection.execute(update(table_of(ChosenTerms)).values(said={"preset": "Of a newer version"}))

    assert "New page" in administrator.text("/wiki/")
    assert app.test_cli_runner().invoke(args=["kbwiki", "journal", "verify"]).exit_code == 0
    administrator.post(SCREEN, preset="Knowledge base", do="save")
    assert "New article" in administrator.text("/wiki/")
