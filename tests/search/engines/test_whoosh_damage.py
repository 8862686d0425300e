"""Whatever happened to its files, the index says that it is unusable and nothing else, and can be rebuilt."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kbwiki.search.engines.conformance.subject import fill, found, page, search
from kbwiki.search.engines.protocol import IndexUnusable
from kbwiki.search.engines.whoosh import current
from kbwiki.search.engines.whoosh.index import WhooshIndex

KINDS = ["CURRENT", "*.toc", "*.seg"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of two segments, one of which has a deletion."""
    index = WhooshIndex(tmp_path / "search")
    fill(index, [page(n, f"word body{n} " * 20, title=f"Page {n}") for n in range(40)])
    index.update([page(3, "word again")], delete=[5], position=9)
    return index.folder


def file_of(folder: Path, kind: str) -> Path:
    return max(folder.rglob(kind), key=lambda path: path.stat().st_size)


def assert_unusable_and_repairable(folder: Path) -> None:
    index = WhooshIndex(folder)
    assert not index.is_usable()
    for attempt in (
        lambda: search(index, "word"),
        lambda: search(index, '"word body1" -x title:page pa* tag:x in:y'),
        index.position,
        index.page_count,
        lambda: index.update([page(1, "new")], position=10),
        lambda: index.update([], position=10),
    ):
        with pytest.raises(IndexUnusable):
            attempt()

    with index.rebuild(position=11) as rebuild:
        rebuild.add([page(1, "repaired")])

    assert (found(index, "repaired"), index.position()) == ({1}, 11)


def cut_to_nothing(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_by_a_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def fill_with_zeros(path: Path) -> None:
    """What a power cut leaves of a file whose length was written before its content."""
    path.write_bytes(bytes(path.stat().st_size))


def fill_with_chance(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def remove(path: Path) -> None:
    path.unlink()


DAMAGES = [
    cut_to_nothing,
    cut_in_half,
    cut_by_a_byte,
    lengthen,
    fill_with_zeros,
    fill_with_chance,
    remove,
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_makes_the_index_unusable(folder: Path, kind: str, damage: Callable[[Path], None]) -> None:
    damage(file_of(folder, kind))

    assert_unusable_and_repairable(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_byte_that_changed_is_noticed_wherever_it_is(folder: Path, kind: str) -> None:
    path = file_of(folder, kind)
    whole = path.read_bytes()
    chance = random.Random(2)

    for at in {0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(30))}:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])

        assert not WhooshIndex(folder).is_usable(), f"byte {at} of {len(whole)}"


def test_a_missing_generation_makes_the_index_unusable(folder: Path) -> None:
    shutil.rmtree(next(folder.glob("index-*")))

    assert_unusable_and_repairable(folder)


def test_a_missing_folder_makes_the_index_unusable(folder: Path) -> None:
    shutil.rmtree(folder)

    assert_unusable_and_repairable(folder)


def test_a_file_that_vanishes_under_an_open_index_is_noticed_at_the_next_commit(folder: Path) -> None:
    index = WhooshIndex(folder)
    assert index.is_usable()
    (folder / "CURRENT").unlink()

    assert_unusable_and_repairable(folder)
    assert found(index, "repaired") == {1}


def test_an_open_index_goes_on_when_its_files_are_removed(folder: Path) -> None:
    index = WhooshIndex(folder)
    before = search(index, "word")

    shutil.rmtree(next(folder.glob("index-*")))

    assert search(index, "word") == before
    assert found(index, "body7") == {7}


def test_an_open_index_whose_files_are_cut_short_says_so_and_does_not_kill_the_process(folder: Path) -> None:
    index = WhooshIndex(folder)
    assert index.is_usable()

    os.truncate(file_of(folder, "*.seg"), 100)

    with pytest.raises(IndexUnusable):
        search(index, "word body7")


def test_files_that_do_not_belong_there_are_passed_over_and_cleared_up(folder: Path) -> None:
    generation = next(folder.glob("index-*"))
    (generation / "_MAIN_99.toc").write_bytes(b"torn")
    (generation / "MAIN_abc.trm").write_bytes(b"half")
    (generation / "MAIN.tmp").mkdir(exist_ok=True)
    (generation / "MAIN.tmp" / "x").write_bytes(b"half")

    index = WhooshIndex(folder)
    index.update([page(1, "new")])

    assert found(index, "new") == {1}
    assert {path.suffix for path in generation.iterdir()} == {".toc", ".seg"}


def test_an_index_made_by_another_analysis_is_unusable(folder: Path) -> None:
    record = current.parse(current.read(folder))
    current.write(folder, replace(record, analysis="another version"))

    assert_unusable_and_repairable(folder)
