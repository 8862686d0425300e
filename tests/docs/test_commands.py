"""Every command line in the documentation can be typed as it stands."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from kbwiki.cli.flask_commands import group
from kbwiki.cli.standalone import main
from tests.docs.reading import REPOSITORY, all_pages, blocks_of


def lines_of(page: Path, program: str) -> list[str]:
    """What follows the program's name on each line that calls it."""
    lines = [line for block in blocks_of(page, "console") for line in block.text.splitlines()]
    return [line.removeprefix(f"$ {program} ") for line in lines if line.startswith(f"$ {program} ")]


PAGES = [page for page in all_pages() if blocks_of(page, "console")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_kbwiki_exists_with_its_options(page: Path) -> None:
    calls = [(group(), line) for line in lines_of(page, "flask kbwiki")]
    calls += [(main, line) for line in lines_of(page, "kbwiki")]

    for command, line in calls:
        assert unknown_words(command, shlex.split(line, comments=True)) == [], line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_target_of_make_exists(page: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")

    assert [line for line in lines_of(page, "make") if f"\n{line.split()[0]}:" not in makefile] == []


def test_commands_are_found_at_all() -> None:
    assert sum(len(lines_of(page, "flask kbwiki")) for page in PAGES) > 10


def unknown_words(command: click.Command, words: list[str]) -> list[str]:
    """Of a command line's words, the commands and options that do not exist."""
    unknown = []
    for word in words:
        if word.startswith("-"):
            if word not in {spelling for one in command.params for spelling in (*one.opts, *one.secondary_opts)}:
                unknown.append(word)
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return [*unknown, word]
            command = command.commands[word]
    return unknown if not isinstance(command, click.Group) else [*unknown, "(no command)"]
