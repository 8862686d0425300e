"""Races about the search index: no lock error reaches anybody, nothing is missing at the end, whoever is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kbwiki import Wiki
from kbwiki.testing import READER
from tests.races.playing import REPOSITORY
from tests.races.searchers import open_wiki, word_of

SAVES = int(os.environ.get("KBWIKI_RACE_INDEXED_SAVES", "8"))
KILLS = int(os.environ.get("KBWIKI_RACE_INDEX_KILLS", "2"))
WRITERS = ("red", "blue")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a race is run: a database, a folder, and the engine that keeps the index."""

    url: str
    folder: Path
    engine: str

    def start(self, role: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.races.searchers", role, self.url, str(self.folder), self.engine]
        return subprocess.Popen([*command, *arguments], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)

    def open(self) -> Wiki:
        return open_wiki(self.url, str(self.folder), self.engine)


@pytest.fixture(params=["whoosh", "fts5", "postgresql"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    database = "postgresql" if request.param == "postgresql" else "sqlite"
    return Ground(request.getfixturevalue(f"{database}_url"), tmp_path / "index", request.param)


def said_by(process: subprocess.Popen[str]) -> dict[str, Any]:
    output = process.communicate(timeout=600)[0]
    assert process.returncode == 0
    said: dict[str, Any] = json.loads(output.splitlines()[-1])
    return said


def test_two_processes_save_while_a_third_searches(ground: Ground, tmp_path: Path) -> None:
    done = tmp_path / "done"
    searcher = ground.start("search", str(done))
    writers = [ground.start("write", who, str(SAVES)) for who in WRITERS]

    written = [said_by(writer) for writer in writers]
    done.touch()
    searched = said_by(searcher)

    assert [one["complaints"] for one in (*written, searched)] == [[], [], []]
    assert [one["missed"] for one in written] == [[], []]
    assert searched["searches"] > 0
    assert not searched["lost"]
    wiki = ground.open()
    assert wiki.search(READER, "giraffe").total == len(WRITERS) * SAVES
    missing = [
        (who, number)
        for who in WRITERS
        for number in range(SAVES)
        if wiki.search(READER, word_of(who, number)).total != 1
    ]
    assert missing == []
    assert wiki.search.lag() == 0
    wiki.close()


def test_the_process_that_keeps_the_index_is_killed_again_and_again(ground: Ground) -> None:
    said = said_by(ground.start("kill", str(KILLS)))

    wiki = ground.open()
    found = wiki.search(READER, "giraffe")
    assert found.total == said["saved"] == KILLS * 3
    assert found.notes == ()
    assert wiki.search.lag() == 0
    wiki.close()
