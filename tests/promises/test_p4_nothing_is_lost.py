"""P4: revisions and decisions are append-only, every text that was acknowledged stays, and hiding can be taken back."""

from __future__ import annotations

from sqlalchemy import func, select

from kbwiki import Wiki
from kbwiki.moderation.decide import restore_hidden
from kbwiki.moderation.models import Decision
from kbwiki.pages.actions import bring_back, delete_page, move_page, undo_change
from kbwiki.pages.models import Page, Revision
from kbwiki.pages.texts import load_texts
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, WRITER, answer, look, open_reviews, read, save


def texts_ever(wiki: Wiki) -> set[str]:
    with wiki.read() as connection:
        digests = set(connection.execute(select(Revision.text_digest)).scalars())
        return set(load_texts(connection, digests).values())


def test_whatever_happens_to_a_page_its_texts_stay(wiki: Wiki) -> None:
    for number, text in enumerate(("one\n", "two\n", "three\n")):
        save(wiki, "notes", text, base=number or None)
    with wiki.begin(WRITER) as tx:
        move_page(tx, "notes", "elsewhere")
        undo_change(tx, "elsewhere", 3)
        delete_page(tx, "elsewhere")
        bring_back(tx, "elsewhere")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong")

    assert {"one\n", "two\n", "three\n"} <= texts_ever(wiki)


def test_no_action_takes_a_revision_or_decision_away(wiki: Wiki) -> None:
    save(wiki, "notes", "one")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "notes", "two", base=1)
    decided = answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="abuse")
    with wiki.begin(MODERATOR) as tx:
        restore_hidden(tx, decided.decision_id)

    with wiki.read() as connection:
        numbers = list(connection.execute(select(Revision.number).order_by(Revision.number)).scalars())
        newest = connection.execute(select(Page.number)).scalar_one()
        decisions = connection.execute(select(func.count()).select_from(Decision)).scalar_one()
    assert numbers == list(range(1, newest + 1))
    assert decisions == 3
    assert read(wiki, "notes", by=READER) == "two"


def test_two_editors_of_different_parts_both_find_their_words(wiki: Wiki) -> None:
    save(wiki, "notes", "first\n\nmiddle\n\nlast\n")
    save(wiki, "notes", "FIRST\n\nmiddle\n\nlast\n", base=1)

    saved = save(wiki, "notes", "first\n\nmiddle\n\nLAST\n", base=1, by=SECOND_WRITER)

    assert saved.merged
    assert read(wiki, "notes") == "FIRST\n\nmiddle\n\nLAST\n"
