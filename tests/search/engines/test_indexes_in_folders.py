"""What all engines promise that keep their index in a folder."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from engine_openers import IN_FOLDERS, open_engine

from kbwiki.search.engines.conformance.subject import fill, found, page
from kbwiki.search.engines.protocol import Engine


@pytest.fixture(params=IN_FOLDERS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An engine with one page."""
    index = open_engine(request.param, tmp_path)
    fill(index, [page(1, "old")], position=1)
    return index


def generations(folder: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in folder.rglob("index-*")}


def private(path: Path) -> bool:
    return stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights")
def test_nobody_else_may_read_the_index(index: Engine, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    fill(index, [page(1, "new")])

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    folder = next(tmp_path.rglob("CURRENT")).parent

    assert private(folder)
    assert [path for path in files if folder not in path.parents] == []


def test_the_index_that_was_replaced_is_removed(index: Engine, tmp_path: Path) -> None:
    first = generations(tmp_path)

    fill(index, [page(1, "new")])

    assert len(generations(tmp_path)) == 1
    assert generations(tmp_path) != first


def test_what_a_rebuild_that_died_left_behind_goes_with_the_next_one(index: Engine, tmp_path: Path) -> None:
    folder = next(tmp_path.rglob("CURRENT")).parent
    (folder / "index-deadbeef").mkdir()
    (folder / "index-deadbeef" / "half").write_bytes(b"half")
    (folder / "index-feedbeef.db").write_bytes(b"half")

    fill(index, [page(1, "new")])

    assert not {"index-deadbeef", "index-feedbeef"} & {path.name for path in folder.iterdir()}
    assert found(index, "new") == {1}


def test_a_missing_lock_file_does_no_harm(index: Engine, tmp_path: Path) -> None:
    next(tmp_path.rglob("LOCK")).unlink()

    index.update([page(1, "new")])

    assert found(index, "new") == {1}


def test_an_index_that_is_taken_away_leaves_nothing_of_its_pages(index: Engine, tmp_path: Path) -> None:
    index.remove()

    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"LOCK"}


def write_on_a_full_disk(index: Engine, said: Connection) -> None:
    """The system refuses to let any file grow beyond 2,000 bytes, as a full disk would."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
    try:
        index.update([page(n, " ".join(f"w{n}x{k}" for k in range(200))) for n in range(50)], position=2)
    except OSError:
        said.send("refused")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    index.update([page(7, "room again")], position=3)
    said.send("written")


@pytest.mark.skipif(sys.platform != "linux", reason="needs resource limits and fork")
def test_a_full_disk_leaves_the_index_as_it_was_and_the_next_update_succeeds(index: Engine) -> None:
    forking = multiprocessing.get_context("fork")
    ear, mouth = forking.Pipe(duplex=False)
    process = forking.Process(target=write_on_a_full_disk, args=(index, mouth))
    process.start()
    mouth.close()

    assert ear.recv() == "refused"
    assert ear.recv() == "written"
    process.join(60)

    assert (found(index, "old"), found(index, "room"), found(index, "w7x7")) == ({1}, {7}, set())
    assert (index.page_count(), index.position()) == (2, 3)
