"""P5: everything that happened is an entry, and nobody can change one, drop one or move one unnoticed."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from kbwiki.db import table_of
from kbwiki.journal.models import Entry
from kbwiki.moderation.models import Decision, Review
from kbwiki.pages.models import Page, Revision, Text
from kbwiki.testing import MODERATOR, WRITER, answer, look, make_space, open_reviews, save
from kbwiki.wiki import Wiki

from .histories import Town, examples, found

ON_BOTH = examples(8)
LIES: dict[str, Any] = {
    "kind": "approve",
    "batch": "f" * 32,
    "subject_kind": "file",
    "subject_id": 999_999,
    "number": 999_999,
    "exempt": "because-i-say-so",
    "payload": {"path": "elsewhere"},
    "digest": b"\1" * 32,
    "chain": b"\2" * 32,
}


def a_town(wiki: Wiki, seed: int = 7, steps: int = 25) -> Town:
    town = found(wiki, seed)
    town.live(steps)
    return town


def entries(wiki: Wiki) -> list[Any]:
    with wiki.read() as connection:
        return list(connection.execute(select(Entry).where(Entry.wiki_id == wiki.id).order_by(Entry.position)))


def alter(wiki: Wiki, at: int, /, **values: Any) -> None:
    with wiki.database.write() as connection:
        connection.execute(
            update(table_of(Entry)).where(Entry.wiki_id == wiki.id, Entry.position == at).values(**values)
        )


def named(wiki: Wiki) -> set[int]:
    return {fault.position for fault in wiki.verify().faults}


@given(st.data())
@ON_BOTH
def test_any_lie_about_any_entry_is_found_and_named(wiki: Wiki, data: st.DataObject) -> None:
    town = a_town(wiki, data.draw(st.integers()))
    head = town.wiki.verify().head
    position = data.draw(st.integers(1, head.position))
    column = data.draw(st.sampled_from(sorted(LIES)))
    alter(town.wiki, position, **{column: LIES[column]})
    found_at = named(town.wiki)
    # A link that was changed shows where it is, and where the next one was to follow it.
    assert position in found_at
    assert found_at <= {position, position + 1}
    town.wiki.close()


@given(st.data())
@ON_BOTH
def test_any_entry_that_is_dropped_is_missed(wiki: Wiki, data: st.DataObject) -> None:
    town = a_town(wiki, data.draw(st.integers()))
    head = town.wiki.verify().head
    position = data.draw(st.integers(1, head.position))
    with town.wiki.database.write() as connection:
        connection.execute(
            text("DELETE FROM kbwiki_entry WHERE wiki_id = :wiki AND position = :position"),
            {"wiki": town.wiki.id, "position": position},
        )
    assert position in {fault.position for fault in town.wiki.verify(head).faults}
    town.wiki.close()


@given(st.data())
@ON_BOTH
def test_any_two_entries_that_change_places_are_found(wiki: Wiki, data: st.DataObject) -> None:
    town = a_town(wiki, data.draw(st.integers()))
    head = town.wiki.verify().head
    one, other = data.draw(st.lists(st.integers(1, head.position), min_size=2, max_size=2, unique=True))
    alter(town.wiki, one, position=999_999)
    alter(town.wiki, other, position=one)
    alter(town.wiki, 999_999, position=other)
    assert {one, other} <= named(town.wiki)
    town.wiki.close()


@given(st.data())
@ON_BOTH
def test_a_journal_that_was_cut_off_anywhere_is_found_against_an_exported_head(
    wiki: Wiki, data: st.DataObject
) -> None:
    town = a_town(wiki, data.draw(st.integers()))
    head = town.wiki.verify().head
    kept = data.draw(st.integers(0, head.position - 1))
    with town.wiki.database.write() as connection:
        connection.execute(
            text("DELETE FROM kbwiki_entry WHERE wiki_id = :wiki AND position > :kept"),
            {"wiki": town.wiki.id, "kept": kept},
        )
    assert town.wiki.verify().intact
    outcome = town.wiki.verify(head)
    assert [fault.position for fault in outcome.faults] == [kept + 1]
    town.wiki.close()


def test_every_change_and_every_decision_is_an_entry(wiki: Wiki) -> None:
    town = found(wiki, 5)
    town.live(120)
    with town.wiki.read() as connection:
        revisions = connection.execute(
            select(func.count()).select_from(Revision).join(Page, Page.id == Revision.page_id).where(
                Page.wiki_id == town.wiki.id
            )
        ).scalar_one()
        decisions = connection.execute(
            select(func.count()).where(Decision.wiki_id == town.wiki.id)
        ).scalar_one()
        by_decision = select(Decision.review_id).where(Decision.verdict == "hand-over")
        handed_over = connection.execute(
            select(func.count()).where(
                Review.wiki_id == town.wiki.id, Review.state == "handed-over", Review.id.not_in(by_decision)
            )
        ).scalar_one()
    kinds = [entry.kind for entry in entries(town.wiki)]
    assert decisions > 5
    assert kinds.count("decide") == decisions
    assert kinds.count("hand-over") == handed_over
    assert kinds.count("set-space") == 3
    assert len(kinds) == revisions + decisions + handed_over + 3
    town.wiki.close()


def test_an_entry_says_who_did_what_when_and_to_what(wiki: Wiki) -> None:
    saved = save(wiki, "page", "One.\n", title="Title", comment="why")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve", note="Thank you.")
    created, decision = entries(wiki)
    assert (created.kind, created.subject_kind, created.number) == ("create", "page", 1)
    assert created.subject_id == saved.page_id
    assert (decision.kind, decision.subject_kind, decision.payload["verdict"]) == ("decide", "review", "approve")
    assert (decision.payload["base"], decision.payload["head"]) == (0, 1)
    assert created.at < decision.at
    assert created.actor_id != decision.actor_id
    assert MODERATOR.id != WRITER.id


def test_the_words_people_wrote_stand_in_no_entry(wiki: Wiki) -> None:
    """They may have to be redacted, and the journal can never be: it holds their digests."""
    save(wiki, "page", "Secret text.\n", title="Secret title", tags=("secret tag",), comment="secret comment")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "hide", reason="other", note="secret note")
    assert "ecret" not in str([dict(entry._mapping) for entry in entries(wiki)])


def test_redacting_all_words_leaves_the_chain_whole(wiki: Wiki) -> None:
    town = a_town(wiki, steps=60)
    head = town.wiki.verify().head
    with town.wiki.database.write() as connection:
        connection.execute(update(table_of(Text)).values(body=None))
        connection.execute(update(table_of(Revision)).values(comment="", title="", tags=[]))
        connection.execute(update(table_of(Decision)).values(note=""))
    outcome = town.wiki.verify(head)
    assert outcome.intact
    assert outcome.head == head
    town.wiki.close()


def test_what_an_entry_says_of_a_text_proves_the_text(wiki: Wiki) -> None:
    save(wiki, "page", "The text.\n")
    assert entries(wiki)[0].payload["text"] == sha256(b"The text.\n").hexdigest()


def test_setting_up_a_space_is_an_entry_with_all_it_changed(wiki: Wiki) -> None:
    make_space(wiki, "a", readers=("x",), reviewers=("y",))
    (entry,) = entries(wiki)
    assert entry.payload["readers"] == ["x"]
    assert entry.payload["reviewers"] == ["y"]
    assert entry.exempt == "administration"


@pytest.mark.parametrize("steps", [1, 40])
def test_the_same_head_follows_from_reading_the_journal_twice(wiki: Wiki, steps: int) -> None:
    town = a_town(wiki, steps=steps)
    first = town.wiki.verify()
    assert first == town.wiki.verify(first.head)
    assert first.intact
    town.wiki.close()
