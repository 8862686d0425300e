"""What an auditor can prove: a record exported, checked a year later, and every way of tampering with either side."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, delete, select, update

from kbwiki.db import table_of
from kbwiki.errors import Conflict
from kbwiki.journal.chain import Head
from kbwiki.journal.models import Entry
from kbwiki.journal.verify import verify
from kbwiki.moderation.batches.plan import plan_batch
from kbwiki.moderation.batches.run import run_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.desk.next import next_review
from kbwiki.moderation.export.check import Checked, Finding, check_file
from kbwiki.moderation.export.files import head_of_file, read_rows, written
from kbwiki.moderation.export.rows import COLUMNS, FIRST_SEAL, Row, sealed
from kbwiki.moderation.export.write import export_record
from kbwiki.moderation.looks import look_at_hidden
from kbwiki.moderation.models import Decision
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.log import ALL, RecordFilter
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.models import Revision, Text
from kbwiki.testing import ADMIN, MODERATOR, SECOND_MODERATOR, SECOND_WRITER, WRITER, answer, look, open_reviews, save
from kbwiki.wiki import Wiki
from tests.promises.histories import examples

ON_BOTH = examples(8)
FORMATS = ("csv", "jsonl")
LIES: dict[str, Any] = {
    "kind": "edit",
    "at": datetime(2001, 1, 1, tzinfo=UTC),
    "batch": "f" * 32,
    "subject_kind": "file",
    "subject_id": 999_999,
    "number": 999_999,
    "exempt": "because-i-say-so",
    "payload": {"verdict": "approve", "decision": 1},
    "digest": b"\1" * 32,
    "chain": b"\2" * 32,
}


def live(wiki: Wiki, changes: int, days: int) -> None:
    """Changes by two people and decisions by two others over so many days; hides with looks, take-backs, batches."""
    chance, started = random.Random(11), datetime(2026, 1, 5, 9, tzinfo=UTC)
    numbers: dict[str, int] = {}
    for step in range(changes):
        now = started + timedelta(days=days * step / changes)
        wiki.clock = lambda now=now: now  # type: ignore[misc]
        path = f"page-{step % 7}"
        saved = save(
            wiki, path, f"What {path} says since step {step}.\n",
            by=chance.choice([WRITER, SECOND_WRITER]), base=numbers.get(path),
        )  # fmt: skip
        numbers[path] = saved.number
        if step % 20 == 19:
            at_once(wiki)
        elif step % 2:
            numbers[path] = decide_something(wiki, chance, path, numbers[path])


def at_once(wiki: Wiki) -> None:
    """Approve everything that waits."""
    plan = plan_batch(wiki, MODERATOR, Selection(group="moderators"), Verdict.APPROVE)
    run_batch(wiki, MODERATOR, plan.batch_id)


def decide_something(wiki: Wiki, chance: random.Random, path: str, number: int) -> int:
    """One decision about the page, and sometimes what follows; the page's number then."""
    by = chance.choice([MODERATOR, SECOND_MODERATOR])
    with wiki.begin(by) as tx:
        next_review(tx)
    (line,) = [line for line in open_reviews(wiki) if line.path == path]
    verdict = chance.choice(["approve", "approve", "revert", "hide"])
    reason = "" if verdict == "approve" else "private"
    made = answer(wiki, look(wiki, line.id), verdict, by=by, reason=reason, note="=1+1, she said: “well”\r\nand left")
    if verdict == "hide":
        with wiki.begin(by) as tx:
            look_at_hidden(tx, made.page_id, line.head)
    elif chance.random() < 0.4:
        try:
            with wiki.begin(by) as tx:
                return take_back(tx, made.decision_id).number
        except Conflict:
            pass
    return made.number


def export(wiki: Wiki, file: Path, wanted: RecordFilter = ALL) -> Path:
    """Export the record as an administrator, in the format that the file's name ends with."""
    file.write_bytes(b"".join(written(export_record(wiki, ADMIN, wanted), file.suffix[1:])))
    return file


@dataclass
class Kept:
    """A wiki that has lived, and its record as it was exported, as a file of each format."""

    wiki: Wiki
    files: dict[str, Path]

    @property
    def head(self) -> Head:
        return head_of_file(self.files["csv"])


def checked(connection: Connection, wiki: Wiki, file: Path) -> tuple[Checked, list[Finding]]:
    findings: list[Finding] = []
    return check_file(connection, wiki.id, file, findings.append), findings


IN_THE_DATABASE = ("lie_about_an_entry", "entry_that_is_removed", "entries_that_change_places", "journal_cut_off")
"""Tests that tamper with the database, on both kinds; the others tamper with files."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kept" in metafunc.fixturenames:
        both = any(words in metafunc.function.__name__ for words in IN_THE_DATABASE)
        metafunc.parametrize("kept", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """Some changes in two months."""
    wiki = Wiki(request.getfixturevalue(f"{request.param}_url"))
    live(wiki, 24, 60)
    yield Kept(wiki, {format: export(wiki, tmp_path / f"record.{format}") for format in FORMATS})
    wiki.close()


class Undone(Exception):
    """Nothing of what was tampered with stays."""


@contextmanager
def tampering(wiki: Wiki) -> Iterator[Connection]:
    """A connection to tamper with: the next example finds everything as it was."""
    try:
        with wiki.database.write() as connection:
            yield connection
            raise Undone
    except Undone:
        pass


def alter(connection: Connection, wiki: Wiki, position: int, /, **values: Any) -> None:
    at = (Entry.wiki_id == wiki.id) & (Entry.position == position)
    assert connection.execute(update(table_of(Entry)).where(at).values(**values)).rowcount == 1


def drop(connection: Connection, wiki: Wiki, position: int, *, all_after: bool = False) -> None:
    gone = Entry.position >= position if all_after else Entry.position == position
    connection.execute(delete(table_of(Entry)).where(Entry.wiki_id == wiki.id, gone))


def positions(kept: Kept) -> list[int]:
    """The entries that rows of the file are about."""
    return [int(row["position"]) for row in list(read_rows(kept.files["csv"]))[:-1]]


def rewritten(kept: Kept, format: str, rows: list[Row]) -> Path:
    """A file with these rows instead."""
    file = kept.files[format].with_name(f"changed.{format}")
    file.write_bytes(b"".join(written(iter(rows), format)))
    return file


def test_a_year_of_decisions_is_exported_and_holds_a_year_later(wiki: Wiki, tmp_path: Path) -> None:
    live(wiki, 90, 365)
    files = [export(wiki, tmp_path / f"record.{format}") for format in FORMATS]
    heads = [head_of_file(file) for file in files]
    wiki.clock = lambda: datetime(2028, 1, 1, tzinfo=UTC)
    save(wiki, "later", "The wiki went on.\n")

    assert wiki.verify(heads[0]).intact
    for file in files:
        rows = list(read_rows(file))
        with wiki.read() as connection:
            outcome, findings = checked(connection, wiki, file)
        assert findings == []
        assert outcome.holds
        assert outcome.rows == len(rows) - 1 > 80
        assert {row["kind"] for row in rows} >= {"decide", "look", "take", "export"}
        assert {row["verdict"] for row in rows} >= {"approve", "revert", "hide", "take-back"}
        assert any(row["batch"] for row in rows)
        assert rows[-1]["row"] == "end"


def test_both_formats_say_the_same(kept: Kept) -> None:
    by_format = {format: list(read_rows(file)) for format, file in kept.files.items()}
    common = len(by_format["csv"]) - 1
    assert by_format["csv"][:common] == by_format["jsonl"][:common]
    last = kept.files["jsonl"].read_text("utf-8").splitlines()[-1]
    assert json.loads(last)["row"] == "end"


@given(st.data())
@ON_BOTH
def test_any_lie_about_an_entry_of_the_record_is_named_by_both_commands(kept: Kept, data: st.DataObject) -> None:
    position, column = data.draw(st.sampled_from(positions(kept))), data.draw(st.sampled_from(sorted(LIES)))
    with tampering(kept.wiki) as connection:
        alter(connection, kept.wiki, position, **{column: LIES[column]})
        faults = verify(connection, kept.wiki.id, exported=kept.head).faults
        outcome, findings = checked(connection, kept.wiki, kept.files["csv"])
    assert position in {fault.position for fault in faults}
    assert {fault.position for fault in faults} <= {position, position + 1}
    assert not outcome.holds
    assert {finding.position for finding in findings} <= {position}


@given(st.data())
@ON_BOTH
def test_an_entry_that_is_removed_is_named_by_both_commands(kept: Kept, data: st.DataObject) -> None:
    position = data.draw(st.sampled_from(positions(kept)))
    with tampering(kept.wiki) as connection:
        drop(connection, kept.wiki, position)
        outcome, findings = checked(connection, kept.wiki, kept.files["jsonl"])
    assert outcome.journal is not None
    assert position in {fault.position for fault in outcome.journal.faults}
    assert position in {finding.position for finding in findings}


@given(st.data())
@ON_BOTH
def test_entries_that_change_places_are_named_by_both_commands(kept: Kept, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.sampled_from(positions(kept)), min_size=2, max_size=2, unique=True))
    with tampering(kept.wiki) as connection:
        for at, to in ((one, 999_999), (other, one), (999_999, other)):
            alter(connection, kept.wiki, at, position=to)
        outcome, findings = checked(connection, kept.wiki, kept.files["csv"])
    assert outcome.journal is not None
    assert {one, other} <= {fault.position for fault in outcome.journal.faults}
    assert {finding.position for finding in findings} == {one, other}


@given(st.data())
@ON_BOTH
def test_a_journal_cut_off_anywhere_is_named_by_the_head_that_a_file_ends_with(kept: Kept, data: st.DataObject) -> None:
    position = data.draw(st.integers(1, kept.head.position))
    with tampering(kept.wiki) as connection:
        drop(connection, kept.wiki, position, all_after=True)
        assert verify(connection, kept.wiki.id).intact, "from inside, a shorter journal looks whole"
        outcome, findings = checked(connection, kept.wiki, kept.files["csv"])
    assert outcome.journal is not None
    assert [fault.position for fault in outcome.journal.faults] == [position]
    gone = [at for at in positions(kept) if at >= position]
    assert {finding.position for finding in findings} - {0} == set(gone)


@given(st.data())
@ON_BOTH
def test_any_cell_that_is_edited_in_a_file_names_its_row(kept: Kept, data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(FORMATS))
    rows = list(read_rows(kept.files[format]))
    at = data.draw(st.integers(0, len(rows) - 2))
    column = data.draw(st.sampled_from([name for name in COLUMNS if name not in ("row", "position", "taken_back")]))
    numbers = {"subject", "base", "head", "revision", "decision", "review", "takes_back"}
    rows[at][column] = "4711" if column in numbers else f"{rows[at][column]} or so"
    with kept.wiki.read() as connection:
        outcome, findings = checked(connection, kept.wiki, rewritten(kept, format, rows))
    assert not outcome.holds
    assert at + 1 in {finding.row for finding in findings}
    assert {finding.row for finding in findings} <= {at + 1, at + 2, len(rows)}


@given(st.data())
@ON_BOTH
def test_rows_removed_moved_or_cut_off_in_a_file_are_named(kept: Kept, data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(FORMATS))
    rows = list(read_rows(kept.files[format]))
    at = data.draw(st.integers(0, len(rows) - 3))
    how = data.draw(st.sampled_from(["removed", "moved", "cut off"]))
    if how == "removed":
        del rows[at]
    elif how == "moved":
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
    else:
        del rows[at + 1 :]
    with kept.wiki.read() as connection:
        outcome, findings = checked(connection, kept.wiki, rewritten(kept, format, rows))
    assert not outcome.holds
    named = {finding.row for finding in findings}
    assert named == ({at + 2} if how == "cut off" else {at + 1})


@pytest.mark.parametrize("how", ["edited", "removed"])
def test_a_file_changed_and_sealed_anew_is_no_export_that_the_journal_knows(kept: Kept, how: str) -> None:
    """Also where what was changed is not in the journal, such as a title: the journal has the last seal."""
    rows = list(read_rows(kept.files["csv"]))
    if how == "edited":
        rows[3]["title"] = "Another title"
    else:
        del rows[3]
    seal = FIRST_SEAL
    for number, row in enumerate(rows[:-1], 1):
        rows[number - 1] = sealed(row | {"row": str(number)}, seal)
        seal = rows[number - 1]["seal"]
    rows[-1]["seal"] = seal
    with kept.wiki.read() as connection:
        outcome, findings = checked(connection, kept.wiki, rewritten(kept, "csv", rows))
    assert outcome.export is None
    assert not outcome.holds
    assert ["no export" in finding.problem for finding in findings] == [True]


def test_a_note_that_was_rewritten_in_the_table_shows_in_the_next_export(kept: Kept, tmp_path: Path) -> None:
    (decision,) = [row["decision"] for row in read_rows(kept.files["csv"]) if row["note"] and row["decision"]][:1]
    with kept.wiki.database.write() as connection:
        connection.execute(
            update(table_of(Decision)).where(Decision.id == bindparam("decision")).values(note="All well."),
            {"decision": int(decision)},
        )
    file = export(kept.wiki, tmp_path / "next.csv")
    with kept.wiki.read() as connection:
        _, findings = checked(connection, kept.wiki, file)
    assert [finding.problem for finding in findings] == ["the note is not the one whose digest the journal has"]


def test_redacting_what_was_hidden_leaves_journal_and_files_whole(kept: Kept) -> None:
    with kept.wiki.database.write() as connection:
        hidden = select(Revision.text_digest).where(Revision.hidden)
        assert connection.execute(update(table_of(Text)).where(Text.digest.in_(hidden)).values(body=None)).rowcount > 0
        connection.execute(update(table_of(Revision)).where(Revision.hidden).values(comment="", title="", tags=[]))
    assert kept.wiki.verify(kept.head).intact
    for file in kept.files.values():
        with kept.wiki.read() as connection:
            outcome, findings = checked(connection, kept.wiki, file)
        assert (outcome.holds, findings) == (True, [])


def test_no_cell_of_a_csv_is_taken_for_a_formula_and_all_come_back_as_they_were(kept: Kept) -> None:
    with kept.files["csv"].open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.reader(opened, strict=True))
    cells = [cell for line in lines for cell in line]
    assert "'=1+1, she said: “well”\r\nand left" in cells
    assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r")]
    notes = {row["note"] for row in list(read_rows(kept.files["csv"]))[:-1]}
    assert "=1+1, she said: “well”\r\nand left" in notes


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "'quoted", "''", "\t=1", " +1", "＝1", 'a "b", c;d\r\ne', "\r"])
def test_any_text_comes_back_from_a_file_as_it_went_in(tmp_path: Path, format: str, text: str) -> None:
    row = sealed(dict.fromkeys(COLUMNS, "") | {"row": "1", "position": "1", "subject": "1", "note": text}, FIRST_SEAL)
    file = tmp_path / "file"
    file.write_bytes(b"".join(written([row], format)))
    assert list(read_rows(file)) == [row]


def test_an_export_holds_what_its_filter_shows_and_is_itself_in_the_record(sqlite_wiki: Wiki, tmp_path: Path) -> None:
    live(sqlite_wiki, 8, 8)
    file = export(sqlite_wiki, tmp_path / "record.jsonl", RecordFilter(kind="decide", by=MODERATOR.id))
    again = list(read_rows(export(sqlite_wiki, tmp_path / "again.jsonl", RecordFilter(kind="export"))))
    rows = list(read_rows(file))
    assert {(row["kind"], row["by"]) for row in rows[:-1]} == {("decide", MODERATOR.id)}
    assert json.loads(rows[-1]["note"]) == {"rows": len(rows) - 1, "filter": {"kind": "decide", "by": MODERATOR.id}}
    assert [row["by"] for row in again[:-1]] == [ADMIN.id]


def test_an_export_is_read_some_rows_at_a_time(sqlite_wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    live(sqlite_wiki, 12, 8)
    whole = list(export_record(sqlite_wiki, ADMIN, ALL))
    monkeypatch.setattr("kbwiki.moderation.export.write._AT_ONCE", 2)
    again = list(export_record(sqlite_wiki, ADMIN, ALL))
    assert [row["position"] for row in again[:-2]] == [row["position"] for row in whole[:-1]]


def test_who_goes_away_before_the_end_of_an_export_is_recorded_with_what_they_got(sqlite_wiki: Wiki) -> None:
    live(sqlite_wiki, 12, 8)
    rows = export_record(sqlite_wiki, ADMIN, ALL)
    last = [next(rows), next(rows)][-1]
    rows.close()  # type: ignore[attr-defined]
    with sqlite_wiki.read() as connection:
        (payload,) = connection.execute(select(Entry.payload).where(Entry.kind == "export")).scalars()
    assert (payload["rows"], payload["seal"]) == (2, last["seal"])


def test_what_is_no_exported_record_is_refused_with_the_line(sqlite_wiki: Wiki, tmp_path: Path) -> None:
    for said, about in [("a,b\n1,2\n", "first line"), ("{}\n", "Line 1"), ('{"row": 1', "Line 1"), ("\xff", "UTF-8")]:
        file = tmp_path / "file"
        file.write_bytes(said.encode("latin-1"))
        with sqlite_wiki.read() as connection:
            outcome, findings = checked(connection, sqlite_wiki, file)
        assert not outcome.holds
        assert about in findings[0].problem
