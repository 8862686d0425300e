"""P5 from close by: whatever is done to sealed entries, verification finds it and says where."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import select, text

from kbwiki.journal.chain import EMPTY, Head, link
from kbwiki.journal.models import Entry
from kbwiki.testing import WRITER, save
from kbwiki.wiki import Wiki

from .conftest import tamper

EDITS = {
    "kind": "UPDATE kbwiki_entry SET kind = 'move' WHERE position = 3",
    "moment": "UPDATE kbwiki_entry SET at = '2001-01-01 00:00:00.000000' WHERE position = 3",
    "batch": "UPDATE kbwiki_entry SET batch = 'another' WHERE position = 3",
    "author": "UPDATE kbwiki_entry SET actor_id = (SELECT actor_id FROM kbwiki_entry WHERE position = 1)"
    " WHERE position = 3",
    "subject": "UPDATE kbwiki_entry SET subject_id = subject_id + 100 WHERE position = 3",
    "kind of subject": "UPDATE kbwiki_entry SET subject_kind = 'space' WHERE position = 3",
    "number": "UPDATE kbwiki_entry SET number = number + 1 WHERE position = 3",
    "exemption": "UPDATE kbwiki_entry SET exempt = 'import' WHERE position = 3",
    "payload": "UPDATE kbwiki_entry SET payload = '{}' WHERE position = 3",
}


def positions(wiki: Wiki, exported: Head | None = None) -> list[int]:
    """Where verification finds something wrong."""
    return sorted({fault.position for fault in wiki.verify(exported).faults})


def payload_text(wiki: Wiki) -> str:
    """The payload of the third entry as it is stored."""
    stored = text("SELECT CAST(payload AS TEXT) FROM kbwiki_entry WHERE position = 3")
    with wiki.read() as connection:
        return str(connection.execute(stored).scalar_one())


def test_an_untouched_journal_is_intact_and_leads_to_its_head(storied: Wiki) -> None:
    outcome = storied.verify()
    assert outcome.intact
    assert outcome.entries == 6
    assert outcome.head.position == 6
    assert storied.verify(outcome.head).intact


def test_an_empty_journal_is_intact(wiki: Wiki) -> None:
    outcome = wiki.verify()
    assert outcome.intact
    assert outcome.head == EMPTY
    assert wiki.verify(EMPTY).intact


@pytest.mark.parametrize("what", sorted(EDITS))
def test_an_edited_entry_is_found_and_named(storied: Wiki, what: str) -> None:
    tamper(storied, EDITS[what])
    assert positions(storied) == [3]


def test_an_edited_entry_with_a_new_digest_of_its_own_is_found_and_named(storied: Wiki) -> None:
    tamper(storied, "UPDATE kbwiki_entry SET digest = :forged WHERE position = 3", forged=hashlib.sha256(b"x").digest())
    assert positions(storied) == [3]


def test_an_edited_entry_whose_own_link_was_computed_anew_is_found_at_the_next(storied: Wiki) -> None:
    forged = hashlib.sha256(b"what the forger says").digest()
    with storied.read() as connection:
        before = connection.execute(select(Entry.chain).where(Entry.position == 2)).scalar_one()
    assert before is not None
    chain = link(Head(2, before), forged).chain
    tamper(
        storied,
        "UPDATE kbwiki_entry SET digest = :forged, chain = :chain WHERE position = 3",
        forged=forged,
        chain=chain,
    )
    assert 4 in positions(storied)


def test_an_author_renamed_in_the_table_of_actors_is_found_at_all_their_entries(storied: Wiki) -> None:
    tamper(storied, "UPDATE kbwiki_actor SET external_id = 'scapegoat' WHERE external_id = :id", id=WRITER.id)
    assert positions(storied) == [1, 2, 5, 6]


def test_a_new_display_name_of_an_author_is_no_tampering(storied: Wiki) -> None:
    tamper(storied, "UPDATE kbwiki_actor SET name = 'Wim W. Writer' WHERE external_id = :id", id=WRITER.id)
    assert storied.verify().intact


def test_a_deleted_entry_is_found_and_named(storied: Wiki) -> None:
    tamper(storied, "DELETE FROM kbwiki_entry WHERE position = 3")
    faults = storied.verify().faults
    assert faults[0].position == 3
    assert "missing" in faults[0].problem


def test_the_first_entry_cannot_be_deleted_unnoticed(storied: Wiki) -> None:
    tamper(storied, "DELETE FROM kbwiki_entry WHERE position = 1")
    assert positions(storied)[0] == 1


def test_a_gap_closed_by_moving_the_later_entries_up_is_found(storied: Wiki) -> None:
    tamper(
        storied,
        "DELETE FROM kbwiki_entry WHERE position = 3",
        "UPDATE kbwiki_entry SET position = 3 WHERE position = 4",
        "UPDATE kbwiki_entry SET position = 4 WHERE position = 5",
        "UPDATE kbwiki_entry SET position = 5 WHERE position = 6",
    )
    assert positions(storied)[0] == 3


def test_two_entries_in_each_others_place_are_found_and_named(storied: Wiki) -> None:
    tamper(
        storied,
        "UPDATE kbwiki_entry SET position = 99 WHERE position = 3",
        "UPDATE kbwiki_entry SET position = 3 WHERE position = 4",
        "UPDATE kbwiki_entry SET position = 4 WHERE position = 99",
    )
    assert {3, 4} <= set(positions(storied))


def test_an_entry_that_says_what_another_says_is_found_and_named(storied: Wiki) -> None:
    said = "kind = other.kind, actor_id = other.actor_id, number = other.number, payload = other.payload"
    tamper(
        storied,
        f"UPDATE kbwiki_entry SET {said} FROM (SELECT * FROM kbwiki_entry WHERE position = 1) AS other"
        " WHERE kbwiki_entry.position = 3",
    )
    assert positions(storied) == [3]


def test_an_entry_inserted_in_the_middle_is_found_and_named(storied: Wiki) -> None:
    columns = "wiki_id, kind, actor_id, at, batch, subject_kind, subject_id, number, exempt, payload, digest, chain"
    tamper(
        storied,
        "UPDATE kbwiki_entry SET position = position + 100 WHERE position > 3",
        f"INSERT INTO kbwiki_entry (position, {columns}) SELECT 4, {columns} FROM kbwiki_entry WHERE position = 2",
        "UPDATE kbwiki_entry SET position = position - 99 WHERE position > 100",
    )
    assert 4 in positions(storied)


def test_entries_cut_off_at_the_end_are_found_against_an_exported_head(storied: Wiki) -> None:
    exported = storied.verify().head
    tamper(storied, "DELETE FROM kbwiki_entry WHERE position > 4")
    assert storied.verify().intact, "from inside, a shorter journal looks whole"
    outcome = storied.verify(exported)
    assert [fault.position for fault in outcome.faults] == [5]
    assert "5 to 6" in outcome.faults[0].problem


def test_a_journal_emptied_as_a_whole_is_found_against_an_exported_head(storied: Wiki) -> None:
    exported = storied.verify().head
    tamper(storied, "DELETE FROM kbwiki_entry")
    assert positions(storied, exported) == [1]


def test_entries_cut_off_and_replaced_by_new_ones_are_found_against_an_exported_head(storied: Wiki) -> None:
    exported = storied.verify().head
    tamper(storied, "DELETE FROM kbwiki_entry WHERE position > 4")
    save(storied, "delta", "Something else happened.\n")
    save(storied, "epsilon", "And this.\n")
    save(storied, "zeta", "And more than before.\n")
    assert storied.verify().intact
    assert positions(storied, exported) == [6]


def test_an_exported_head_still_holds_when_the_journal_has_grown(storied: Wiki) -> None:
    exported = storied.verify().head
    save(storied, "delta", "Later.\n")
    outcome = storied.verify(exported)
    assert outcome.intact
    assert outcome.head.position == 7


def test_several_faults_are_all_named(storied: Wiki) -> None:
    tamper(storied, EDITS["kind"], "UPDATE kbwiki_entry SET kind = 'move' WHERE position = 5")
    assert positions(storied) == [3, 5]


def test_redacting_a_text_leaves_the_journal_intact(storied: Wiki) -> None:
    head = storied.verify().head
    tamper(storied, "UPDATE kbwiki_text SET body = NULL")
    outcome = storied.verify(head)
    assert outcome.intact
    assert outcome.head == head


def test_redacting_comments_titles_and_tags_leaves_the_journal_intact(storied: Wiki) -> None:
    tamper(storied, "UPDATE kbwiki_revision SET comment = '', title = '', tags = '[]'")
    assert storied.verify().intact


def test_a_payload_that_says_one_thing_twice_is_found_and_named(storied: Wiki) -> None:
    """Python would take the last, and find all well; the database takes the first."""
    said = payload_text(storied)
    twice = said.replace("{", '{"path":"elsewhere",', 1)
    tamper(storied, "UPDATE kbwiki_entry SET payload = :twice WHERE position = 3", twice=twice)
    assert positions(storied) == [3]


def test_what_no_longer_can_be_read_is_found_and_named(storied: Wiki) -> None:
    """Only SQLite lets such things be written."""
    if storied.database.dialect == "postgresql":
        return
    for column in ("payload", "at", "kind", "digest", "chain", "batch", "number"):
        with storied.database.write() as connection:
            kept = connection.execute(text(f"SELECT {column} FROM kbwiki_entry WHERE position = 3")).scalar_one()
        tamper(storied, f"UPDATE kbwiki_entry SET {column} = 'gibberish' WHERE position = 3")
        assert positions(storied) == [3], column
        tamper(storied, f"UPDATE kbwiki_entry SET {column} = :kept WHERE position = 3", kept=kept)
    assert storied.verify().intact


def test_entries_written_before_payloads_were_stored_in_order_are_intact(storied: Wiki) -> None:
    said = payload_text(storied)
    loose = json.dumps(dict(reversed(json.loads(said).items())))
    assert loose != said
    tamper(storied, "UPDATE kbwiki_entry SET payload = :loose WHERE position = 3", loose=loose)
    assert storied.verify().intact


def test_progress_is_told_for_long_journals_only(storied: Wiki) -> None:
    told: list[tuple[int, int]] = []
    storied.verify(progress=lambda read, total: told.append((read, total)))
    assert told == []


def test_two_wikis_in_one_database_have_chains_of_their_own(storied: Wiki) -> None:
    url = storied.database.engine.url.render_as_string(hide_password=False)
    second = Wiki(url, name="second")
    second.upgrade()
    save(second, "alpha", "Another wiki.\n")
    assert second.verify().head.position == 1
    assert storied.verify().head.position == 6
    second.close()
