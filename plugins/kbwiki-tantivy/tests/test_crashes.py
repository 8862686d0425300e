"""What is left of others: files of a writer that was killed, and locks that came with a fork."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from kbwiki.search.engines.conformance import Subject, folder_damages
from kbwiki.search.engines.conformance.subject import found, page
from kbwiki_tantivy import TantivyIndex


def test_files_of_a_killed_writer_stand_in_nobodys_way(tmp_path: Path) -> None:
    """It had said which files it was about to write, and had written some, under names that the next writer needs."""
    index = Subject(TantivyIndex, (tmp_path,), folder_damages(tmp_path)).index_of([page(1, "one"), page(2, "two")])
    [meta] = tmp_path.glob("*/meta.json")
    managed = meta.with_name(".managed.json")
    segments = [one["segment_id"].replace("-", "") for one in json.loads(meta.read_bytes())["segments"]]
    names = [f"{segment}.{stamp}.del" for segment in segments for stamp in range(100)]
    managed.write_text(json.dumps([*json.loads(managed.read_bytes()), *names]))
    for name in names:
        meta.with_name(name).write_bytes(b"half of")
    index = TantivyIndex(tmp_path)

    index.update([page(2, "second")], delete=[1])

    assert found(index, "one") == set()
    assert found(index, "second") == {2}
    left = {path.name for path in meta.parent.iterdir()}
    assert len(left & set(names)) <= len(segments)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing forks elsewhere")
def test_a_forked_process_holds_no_lock_of_its_parents_threads(tmp_path: Path) -> None:
    lock = tmp_path / ".tantivy-meta.lock"
    ear, mouth = multiprocessing.Pipe(duplex=False)
    process: Any = multiprocessing.get_context("fork").Process(target=_take, args=(lock, mouth), daemon=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process.start()
    # The parent has closed it. Had the child kept its copy, it would wait for itself.
    said = ear.poll(20) and ear.recv()
    process.kill()
    assert said == "taken"


def _take(lock: Path, mouth: Any) -> None:
    number = os.open(lock, os.O_RDWR)
    fcntl.flock(number, fcntl.LOCK_EX)
    mouth.send("taken")
