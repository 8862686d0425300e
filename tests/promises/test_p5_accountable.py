"""P5: every change and decision is an entry of one chained journal; tampering with it is found."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from kbwiki import Wiki
from kbwiki.journal.append import head_of
from kbwiki.journal.models import Entry
from kbwiki.testing import answer, look, make_space, open_reviews, save

TAMPERING = {
    "edited": "UPDATE kbwiki_entry SET exempt = 'import' WHERE position = 2",
    "deleted": "DELETE FROM kbwiki_entry WHERE position = 2",
    "payload": "UPDATE kbwiki_entry SET payload = '{}' WHERE position = 3",
    "author": "UPDATE kbwiki_actor SET external_id = 'somebody' WHERE external_id = 'writer'",
    "time": "UPDATE kbwiki_entry SET number = number + 1 WHERE position = 1",
}


@pytest.fixture
def busy_wiki(wiki: Wiki) -> Wiki:
    """A wiki with a space, changes and decisions."""
    make_space(wiki, "lab")
    save(wiki, "lab/notes", "one")
    save(wiki, "lab/notes", "two", base=1)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong", note="No.")
    return wiki


def test_everything_that_happened_is_an_entry(busy_wiki: Wiki) -> None:
    with busy_wiki.read() as connection:
        kinds = list(connection.execute(select(Entry.kind).order_by(Entry.position)).scalars())

    assert kinds == ["set-space", "create", "edit", "revert", "decide"]
    assert busy_wiki.verify().intact


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found(busy_wiki: Wiki, how: str) -> None:
    with busy_wiki.database.write() as connection:
        connection.execute(text(TAMPERING[how]))

    assert not busy_wiki.verify().intact


def test_what_is_cut_off_is_found_against_an_exported_head(busy_wiki: Wiki) -> None:
    with busy_wiki.read() as connection:
        exported = head_of(connection, busy_wiki.id)
    with busy_wiki.database.write() as connection:
        connection.execute(text("DELETE FROM kbwiki_entry WHERE position >= 4"))

    assert busy_wiki.verify().intact
    assert [fault.position for fault in busy_wiki.verify(exported).faults] == [4]


def test_redacting_a_text_leaves_the_chain_whole(busy_wiki: Wiki) -> None:
    with busy_wiki.database.write() as connection:
        connection.execute(text("UPDATE kbwiki_text SET body = NULL"))

    assert busy_wiki.verify().intact
