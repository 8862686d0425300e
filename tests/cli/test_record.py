"""Evidence on the command line: what is exported holds, what was changed is named, and the exit code says which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kbwiki import Wiki
from kbwiki.cli import main
from kbwiki.testing import save
from tests.moderation.conftest import decided


@pytest.fixture
def wiki(sqlite_url: str) -> Iterator[Wiki]:
    """A wiki with an approval and a revert in its record."""
    wiki = Wiki(sqlite_url)
    for path, verdict in (("alpha", "approve"), ("beta", "revert")):
        save(wiki, path, "One.\n")
        decided(wiki, path, verdict)
    yield wiki
    wiki.close()


@pytest.fixture
def url(wiki: Wiki, sqlite_url: str) -> str:
    return sqlite_url


def run(url: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["--database", url, *words])


def test_an_export_holds_until_the_journal_or_the_file_is_changed(wiki: Wiki, url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "record.csv")
    assert run(url, "record", "export", "--format", "csv", "--output", file).exit_code == 0
    held = run(url, "record", "check", file)
    assert (held.exit_code, held.output.splitlines()[-1]) == (0, "2 rows, exported as entry 6: the file holds")

    changed = tmp_path / "changed.csv"
    changed.write_bytes(Path(file).read_bytes().replace(b'"revert"', b'"approve"'))
    named = run(url, "record", "check", str(changed))
    assert named.exit_code == 1
    assert "row 2 (entry 5): verdict is 'approve' in the file and 'revert' in the journal" in named.output

    with wiki.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM kbwiki_entry WHERE position = 2")
    named = run(url, "record", "check", file)
    assert named.exit_code == 1
    assert "row 1 (entry 2): the journal has no such entry any more" in named.output
    assert "entry 2: entry 2 is missing" in named.output


def test_an_export_can_be_narrowed_and_goes_to_standard_output(url: str) -> None:
    lines = run(url, "record", "export", "--format", "jsonl", "--verdict", "revert", "--since", "2020-01-01").output
    assert [('"path": "beta"' in line, '"row": "end"' in line) for line in lines.splitlines()] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("kept", ["csv", "jsonl", "head"])
def test_a_file_that_was_kept_finds_what_was_cut_off(wiki: Wiki, url: str, tmp_path: Path, kept: str) -> None:
    file = tmp_path / "kept"
    words = ("journal", "head") if kept == "head" else ("record", "export", "--format", kept)
    file.write_text(run(url, *words).output)
    assert run(url, "journal", "verify", "--head", str(file)).exit_code == 0
    with wiki.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM kbwiki_entry WHERE position > 3")
    assert run(url, "journal", "verify").exit_code == 0
    named = run(url, "journal", "verify", "--head", str(file))
    assert named.exit_code == 1
    assert "entry 4: entries 4 to 5 are missing at the end" in named.output


def test_what_is_no_head_is_a_mistake_of_the_command_line(url: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("nothing of the kind\n")
    assert run(url, "journal", "verify", "--head", str(file)).exit_code == 2
    assert run(url, "journal", "verify", "--head", "12:ab").exit_code == 2
    assert run(url, "record", "check", str(tmp_path / "missing")).exit_code == 2
