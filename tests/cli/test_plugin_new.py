"""`kbwiki plugin new NAME`: what it writes works at once, and nothing that is there is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kbwiki.cli.standalone import main


def test_the_tests_of_a_new_package_pass_at_once(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["plugin", "new", "rain-fall", "--into", str(tmp_path)])
    assert made.exit_code == 0, made.output
    folder = tmp_path / "kbwiki-rain-fall"

    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
    assert {path.name for path in folder.iterdir()} >= {"pyproject.toml", "README.md", "LICENSE", ".gitignore"}
    assert not [
        path
        for path in folder.rglob("*")
        if path.is_file() and "@" in path.read_text("utf-8").replace("@hook", "").replace("@pytest", "")
    ]


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kbwiki-rain").mkdir()

    made = CliRunner().invoke(main, ["plugin", "new", "kbwiki-rain", "--into", str(tmp_path)])

    assert made.exit_code == 1
    assert "is there already" in made.output
    assert list((tmp_path / "kbwiki-rain").iterdir()) == []


@pytest.mark.parametrize("name", ["Rain", "1rain", "../rain", "rain_fall", "r" * 31, "rain-"])
def test_a_name_that_no_plugin_can_have_is_refused(tmp_path: Path, name: str) -> None:
    made = CliRunner().invoke(main, ["plugin", "new", name, "--into", str(tmp_path)])

    assert made.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_other_commands_still_need_a_database() -> None:
    made = CliRunner().invoke(main, ["db", "current"], env={"KBWIKI_DATABASE_URI": ""})

    assert made.exit_code == 2
    assert "--database" in made.output
