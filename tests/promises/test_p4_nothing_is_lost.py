"""P4: revisions and decisions are only ever added; what an author sent is in the history, or in their hands again."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from kbwiki.db import table_of
from kbwiki.errors import Conflict
from kbwiki.journal.models import Entry
from kbwiki.moderation.models import Decision, Review
from kbwiki.pages.actions import Edit, EditConflict, delete_page, save_page
from kbwiki.pages.merge import Clash, resolve
from kbwiki.pages.models import Page, Revision
from kbwiki.pages.texts import load_texts
from kbwiki.testing import SECOND_WRITER, WRITER, answer, look, open_reviews, read, save
from kbwiki.wiki import Wiki

from .histories import Town, examples, found
from .invariants import MARKERS, faults

PAGES = count()
ON_BOTH = examples(10)
MAY_CHANGE = {"kbwiki_revision": {"hidden"}, "kbwiki_decision": set[str](), "kbwiki_entry": {"position", "chain"}}
WORDS = st.text(st.sampled_from("abc \n"), max_size=40)


def records(wiki: Wiki) -> dict[tuple[str, int], dict[str, Any]]:
    """Every revision, decision and entry of the wiki, without what may change about them."""
    revisions = select(Revision).join(Page, Page.id == Revision.page_id).where(Page.wiki_id == wiki.id)
    decisions = select(Decision).join(Review, Review.id == Decision.review_id).where(Review.wiki_id == wiki.id)
    statements = {
        "kbwiki_revision": revisions,
        "kbwiki_decision": decisions,
        "kbwiki_entry": select(Entry).where(Entry.wiki_id == wiki.id),
    }
    kept = {}
    with wiki.read() as connection:
        for table, statement in statements.items():
            for row in connection.execute(statement):
                facts = {name: value for name, value in row._mapping.items() if name not in MAY_CHANGE[table]}
                kept[table, row.id] = facts
    return kept


def lost(town: Town) -> list[tuple[int, int]]:
    """Page and number of every acknowledged save whose text is not what the history says."""
    with town.wiki.read() as connection:
        rows = connection.execute(select(Revision.page_id, Revision.number, Revision.text_digest)).all()
        texts = load_texts(connection, {row.text_digest for row in rows})
    history = {(row.page_id, row.number): texts[row.text_digest] for row in rows}
    return [key for key, text in town.acknowledged.items() if history.get(key) != text]


@given(seed=st.integers(), steps=st.integers(5, 50))
@ON_BOTH
def test_every_acknowledged_text_is_in_the_history_for_good(wiki: Wiki, seed: int, steps: int) -> None:
    town = found(wiki, seed)
    town.live(steps)
    assert lost(town) == []
    town.wiki.close()


@given(seed=st.integers())
@ON_BOTH
def test_whatever_happens_adds_to_the_records_and_changes_none(wiki: Wiki, seed: int) -> None:
    town = found(wiki, seed)
    before = records(town.wiki)
    for _ in range(12):
        town.live(4)
        after = records(town.wiki)
        assert {key: after.get(key) for key in before} == before
        before = after
    town.wiki.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_long_history_loses_no_text_and_gives_every_refused_one_back(wiki: Wiki, seed: int) -> None:
    town = found(wiki, seed)
    town.live(200)
    assert len(town.acknowledged) > 40
    assert lost(town) == []
    sent = [(text, conflict) for text, conflict in town.conflicts if text]
    for text, conflict in sent:
        clashes = sum(isinstance(chunk, Clash) for chunk in conflict.merge.chunks)
        assert clashes > 0
        whole = resolve(conflict.merge, ["both"] * clashes)
        assert [line for line in text.splitlines() if "token" in line and line not in whole] == []
    assert faults(town.wiki) == []
    town.wiki.close()


@given(base=WORDS, mine=WORDS, theirs=WORDS)
@examples(25)
def test_two_editors_are_merged_or_both_texts_are_shown_and_no_markers_arise(
    wiki: Wiki, base: str, mine: str, theirs: str
) -> None:
    path = f"page-{next(PAGES)}"
    save(wiki, path, base)
    number = save(wiki, path, theirs, base=1).number
    merge = None
    try:
        save(wiki, path, mine, base=1, by=SECOND_WRITER)
    except EditConflict as conflict:
        merge = conflict.merge
    now = read(wiki, path)
    assert not MARKERS.search(now)
    if merge is not None:
        assert now == (theirs if number == 2 else base)
        clashes = sum(isinstance(chunk, Clash) for chunk in merge.chunks)
        assert resolve(merge, ["theirs"] * clashes) != resolve(merge, ["mine"] * clashes)
    elif theirs == base:
        assert now == mine
    elif mine == base:
        assert now == theirs


def test_a_text_with_marks_like_those_of_a_conflict_is_kept_as_its_author_wrote_it(wiki: Wiki) -> None:
    text = "<<<<<<< ours\nOne.\n=======\nTwo.\n>>>>>>> theirs\n"
    save(wiki, "page", text)
    assert read(wiki, "page") == text


def test_a_failed_transaction_loses_nothing_that_was_there(wiki: Wiki) -> None:
    save(wiki, "page", "Kept.\n")
    before = records(wiki)

    def interrupted() -> None:
        with wiki.begin(WRITER) as tx:
            save_page(tx, Edit("page", "Half of it.\n", base=1))
            delete_page(tx, "page")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert read(wiki, "page") == "Kept.\n"
    assert records(wiki) == before


@pytest.mark.parametrize("verdict", ["revert", "hide"])
def test_a_decision_that_takes_a_text_away_keeps_it_in_the_database(wiki: Wiki, verdict: str) -> None:
    saved = save(wiki, "page", "Still there for those who may look.\n")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), verdict, reason="abuse")
    with wiki.read() as connection:
        digest = connection.execute(
            select(Revision.text_digest).where(Revision.page_id == saved.page_id, Revision.number == 1)
        ).scalar_one()
        assert load_texts(connection, [digest])[digest] == "Still there for those who may look.\n"


def test_a_large_text_comes_back_whole(wiki: Wiki) -> None:
    text = "".join(f"Line {number} 漢字 🧶\n" for number in range(60_000))
    save(wiki, "page", text)
    assert read(wiki, "page") == text


def test_revisions_without_their_text_cannot_be_written(wiki: Wiki) -> None:
    save(wiki, "page", "One.\n")
    with pytest.raises(Conflict), wiki.database.write() as connection:
        connection.execute(update(table_of(Revision)).values(text_digest=bytes(32)))
    assert read(wiki, "page") == "One.\n"
