"""Whatever befalls the index, searching answers, says so quietly, and the index comes back without anybody's doing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from kbwiki import Settings, Wiki
from kbwiki.search.engines import open_engine
from kbwiki.search.engines.conformance import folder_damages
from kbwiki.testing import READER, save
from tests.search.engines.postgresql_damages import postgresql_damages

Damages = Mapping[str, Callable[[], object]]
ENGINES = ("whoosh", "fts5", "postgresql")


def open_wiki(url: str, folder: Path, engine: str, patience: float = 60.0) -> Wiki:
    return Wiki(url, index=folder, settings=Settings(search_engine=engine, search_catch_up_seconds=patience))


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path, str]:
    """Address of the database, folder of the index, name of the engine."""
    database = "postgresql" if request.param == "postgresql" else "sqlite"
    return request.getfixturevalue(f"{database}_url"), tmp_path / "index", request.param


@pytest.fixture
def wiki(place: tuple[str, Path, str]) -> Iterator[Wiki]:
    wiki = open_wiki(*place)
    yield wiki
    wiki.close()


@pytest.fixture
def damages(place: tuple[str, Path, str]) -> Damages:
    """What may befall the index once it is there."""
    url, folder, engine = place
    return postgresql_damages(url) if engine == "postgresql" else folder_damages(folder)


def found(wiki: Wiki, text: str) -> list[str]:
    return sorted(one.path for one in wiki.search(READER, text).results)


def test_a_damaged_index_is_repaired_by_searching(place: tuple[str, Path, str], damages: Damages) -> None:
    for number, (what, harm) in enumerate(list(damages.items())[::3]):
        wiki = open_wiki(*place)
        save(wiki, f"page{number}", "giraffe\n")
        assert len(found(wiki, "giraffe")) == number + 1
        wiki.close()
        harm()

        again = open_wiki(*place)
        outcome = again.search(READER, "giraffe")

        assert len(outcome.results) == number + 1, what
        assert outcome.notes == (), what
        again.close()


def test_while_it_is_repaired_titles_are_searched_with_a_quiet_note(place: tuple[str, Path, str], wiki: Wiki) -> None:
    save(wiki, "giraffe", "Tall.\n")
    assert found(wiki, "tall") == ["giraffe"]
    impatient = open_wiki(*place, patience=0.0)
    holder = open_engine(place[2], wiki.search_place)
    assert holder is not None
    holder.remove()

    with holder.writer_lock():  # whoever repairs it takes long
        outcome = impatient.search(READER, "giraffe")

    assert [one.path for one in outcome.results] == ["giraffe"]
    assert len(outcome.notes) == 1
    assert found(wiki, "tall") == ["giraffe"]
    impatient.close()


def test_a_writer_that_never_lets_go_keeps_nobody_from_searching_or_saving(
    place: tuple[str, Path, str], wiki: Wiki
) -> None:
    save(wiki, "giraffe", "Tall.\n")
    assert found(wiki, "tall") == ["giraffe"]
    impatient = open_wiki(*place, patience=0.05)
    holder = open_engine(place[2], wiki.search_place)
    assert holder is not None

    with holder.writer_lock():
        save(impatient, "tower", "Tall, too.\n")
        outcome = impatient.search(READER, "tall")

    assert [one.path for one in outcome.results] == ["giraffe"]
    assert len(outcome.notes) == 1
    assert found(wiki, "tall") == ["giraffe", "tower"]
    impatient.close()


FAKES = {
    "it is not installed": "raise ImportError('no module of that name')",
    "another package has its name": "VERSION = 'a board game'",
    "it breaks on this Python": "raise SyntaxError('from the age of Python 2')",
}
PROGRAM = """
import json, sys
from pathlib import Path
from kbwiki import Wiki
from kbwiki.testing import READER, save
wiki = Wiki(sys.argv[1], index=Path(sys.argv[2]))
save(wiki, "towers", "Tall.")
found = wiki.search(READER, "towers")
print(json.dumps([[one.path for one in found.results], list(found.notes)]))
wiki.close()
"""


@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES.keys())
def test_without_whoosh_the_wiki_starts_saves_and_finds_titles(sqlite_url: str, tmp_path: Path, fake: str) -> None:
    (tmp_path / "packages" / "whoosh").mkdir(parents=True)
    (tmp_path / "packages" / "whoosh" / "__init__.py").write_text(fake)

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, sqlite_url, str(tmp_path / "index")],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "packages")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    paths, notes = json.loads(ran.stdout)
    assert paths == ["towers"]
    assert len(notes) == 1
    assert "cannot be loaded" in ran.stderr  # whoever looks into the log learns why
    wiki = open_wiki(sqlite_url, tmp_path / "index", "whoosh")
    assert found(wiki, "tall") == ["towers"]  # once it is there again, nothing needs doing
    wiki.close()
