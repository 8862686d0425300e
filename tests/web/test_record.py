"""The record in the browser: filtered in the address, and taken along as a file by those who may see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbwiki import Wiki
from kbwiki.moderation.export.check import Finding, check_file
from kbwiki.moderation.export.files import read_rows
from kbwiki.moderation.export.write import export_record
from kbwiki.moderation.queries.log import RecordFilter
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_MODERATOR, SECOND_WRITER, WRITER, save
from tests.moderation.conftest import decided

from .conftest import Visitor

RECORD, EXPORT = "/wiki/-/decisions", "/wiki/-/decisions/export"


@pytest.fixture
def decided_twice(wiki: Wiki, visitor: Visitor) -> Wiki:
    """One change approved by one moderator, another reverted by a second one."""
    wiki.upgrade()
    save(wiki, "alpha", "One.\n", title="Alpha")
    save(wiki, "beta", "One.\n", title="Beta", by=SECOND_WRITER)
    decided(wiki, "alpha", "approve")
    decided(wiki, "beta", "revert", by=SECOND_MODERATOR)
    visitor.actor = MODERATOR
    return wiki


def test_the_address_says_what_is_shown(decided_twice: Wiki, visitor: Visitor) -> None:
    shown = {
        "?verdict=revert": (False, True),
        f"?by={MODERATOR.id}": (True, False),
        f"?author={SECOND_WRITER.id}": (False, True),
        "?reason=wrong": (False, True),
        "?taken_back=no": (True, True),
        "?taken_back=yes": (False, False),
        "?since=2001-01-01&until=2001-01-02": (False, False),
        "?since=no-day&verdict=no-verdict": (True, True),
        "?kind=all": (True, True),
        "?kind=look": (False, False),
    }
    found = {}
    for query in shown:
        said = visitor.text(RECORD + query)
        found[query] = ('dir="auto">Alpha</a>' in said, 'dir="auto">Beta</a>' in said)
    assert found == shown


def test_what_is_shown_can_be_taken_along_and_checked(decided_twice: Wiki, visitor: Visitor, tmp_path: Path) -> None:
    for format, mimetype in (("csv", "text/csv"), ("jsonl", "application/jsonl")):
        answer = visitor.post(EXPORT, form=f"{RECORD}?verdict=revert", format=format)
        assert answer.mimetype == mimetype
        assert f".{format}" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        file = tmp_path / "file"
        file.write_bytes(answer.get_data())
        assert [(row["row"], row["verdict"], row["path"]) for row in read_rows(file)] == [
            ("1", "revert", "beta"),
            ("end", "", ""),
        ]
        findings: list[Finding] = []
        with decided_twice.read() as connection:
            assert check_file(connection, decided_twice.id, file, findings.append).holds, findings


def test_an_export_is_an_entry_that_only_the_admin_group_sees(decided_twice: Wiki, visitor: Visitor) -> None:
    assert visitor.post(EXPORT, form=RECORD, format="csv").get_data()
    assert "exported" not in visitor.text(f"{RECORD}?kind=export").split('<ol class="kb-log">')[-1].split("</ol>")[0]
    visitor.actor = ADMIN
    assert "Mona Moderator" in visitor.text(f"{RECORD}?kind=export")
    (row,) = [row for row in export_record(decided_twice, ADMIN, RecordFilter(kind="export")) if row["row"] != "end"]
    assert row["by"] == MODERATOR.id


def test_others_neither_see_the_record_nor_take_it_along(decided_twice: Wiki, visitor: Visitor) -> None:
    for visitor.actor in (WRITER, READER):
        assert visitor.get(RECORD).status_code == 403
        assert visitor.post(EXPORT, form="/wiki/-/new", format="csv").status_code == 403


def test_nobody_exports_by_a_link_alone(decided_twice: Wiki, visitor: Visitor) -> None:
    assert visitor.get(EXPORT).status_code in (404, 405)
    assert visitor.client.post(EXPORT, data={"format": "csv"}).status_code != 200
