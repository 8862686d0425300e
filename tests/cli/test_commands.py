"""The commands as people type them, in a host app and without one."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from kbwiki import Wiki
from kbwiki.cli import main
from kbwiki.testing import save
from tests.transfer.git_repositories import Repository


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["kbwiki", *arguments])


def test_upgrading_makes_the_tables_and_says_so(app: Flask, tmp_path: Path) -> None:
    assert run(app, "db", "upgrade").exit_code == 0

    assert (tmp_path / "instance" / "kbwiki.db").exists()
    current = run(app, "db", "current")
    assert current.exit_code == 0
    assert "newest" in current.output


def test_a_wiki_that_is_not_there_is_named(app: Flask) -> None:
    answer = run(app, "--wiki", "other", "db", "current")

    assert answer.exit_code == 1
    assert "'other'" in answer.output


def test_verifying_says_intact_and_finds_tampering(app: Flask, wiki: Wiki) -> None:
    save(wiki, "notes", "one")
    head = run(app, "journal", "head").output.strip()
    assert run(app, "journal", "verify", "--head", head).exit_code == 0

    with wiki.database.write() as connection:
        connection.execute(text("UPDATE kbwiki_entry SET kind = 'edit'"))
    answer = run(app, "journal", "verify")

    assert answer.exit_code == 1
    assert "entry 1" in answer.output


def test_a_head_that_is_none_is_explained(app: Flask, wiki: Wiki) -> None:
    answer = run(app, "journal", "verify", "--head", "nonsense")

    assert answer.exit_code == 2
    assert "POSITION" in answer.output


def test_spaces_are_set_and_listed(app: Flask) -> None:
    assert run(app, "spaces", "set", "hr", "--title", "People", "--reader", "staff", "--reviewer", "hr").exit_code == 0

    listed = run(app, "spaces", "list").output
    assert "hr\tPeople" in listed
    assert "looked at by: hr" in listed


def test_an_import_reports_and_can_be_searched(app: Flask, wiki: Wiki, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "history.git")
    repository.commit({"guide.md": "Walking boots\n", "picture.png": b"\x89"})

    answer = run(app, "import", "git", str(repository.path), "--space", "old")

    assert answer.exit_code == 0, answer.output
    assert "1 revisions written" in answer.output
    assert "picture.png" in answer.output
    found = run(app, "search", "find", "walking", "boot")
    assert "old/guide" in found.output
    assert run(app, "work", "--once").exit_code == 0
    assert run(app, "search", "rebuild").exit_code == 0


def test_importing_what_is_no_repository_is_explained(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()

    answer = run(app, "import", "git", str(tmp_path / "nothing"))

    assert answer.exit_code == 1
    assert "Error:" in answer.output
    assert "Traceback" not in answer.output


def test_the_standalone_command_works_on_a_database(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'wiki.db'}"

    before = CliRunner().invoke(main, ["--database", address, "journal", "verify"])
    made = CliRunner().invoke(main, ["--database", address, "db", "upgrade"])
    after = CliRunner().invoke(main, ["--database", address, "journal", "verify"])

    assert before.exit_code == 1
    assert "db upgrade" in before.output
    assert made.exit_code == after.exit_code == 0
