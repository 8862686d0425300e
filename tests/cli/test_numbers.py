"""`kbwiki numbers`: what the screen says, printed."""

from __future__ import annotations

import csv
import io

from click.testing import CliRunner, Result

from kbwiki import Wiki
from kbwiki.cli import main
from kbwiki.testing import MODERATOR, WRITER, save
from tests.moderation.conftest import decided


def run(url: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["--database", url, "numbers", *words])


def test_the_numbers_are_printed_for_a_period_and_name_nobody(sqlite_wiki: Wiki, sqlite_url: str) -> None:
    for number in range(3):
        save(sqlite_wiki, f"page-{number}", "Words.\n")
    decided(sqlite_wiki, "page-0", "revert")

    said = run(sqlite_url, "--days", "7").output

    assert "waiting\tfor the group\t2 of 2" in said
    assert "taken-out\tcount\t1 of 1" in said
    assert "first-look\tmedian\tcannot be told (3)" in said
    assert [one.name for one in (WRITER, MODERATOR) if one.name in said] == []


def test_as_csv_they_have_every_group_and_the_course(sqlite_wiki: Wiki, sqlite_url: str) -> None:
    save(sqlite_wiki, "page", "Words.\n")

    rows = list(csv.DictReader(io.StringIO(run(sqlite_url, "--csv").stdout)))

    assert {row["part"] for row in rows} == {"all", "group", "space", "course"}
    assert {row["name"] for row in rows if row["part"] == "group"} == {"moderators"}


def test_a_period_that_makes_no_sense_is_said(sqlite_wiki: Wiki, sqlite_url: str) -> None:
    refused = run(sqlite_url, "--from", "2026-02-03", "--to", "2026-02-01")

    assert refused.exit_code == 1
    assert "The last day is before the first" in refused.output
