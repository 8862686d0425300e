"""Checks that a damaged index says that it is unusable and nothing else, and can be rebuilt."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from ..protocol import Engine, IndexUnusable
from .subject import Subject, fill, found, page, search


def folder_damages(folder: Path) -> Mapping[str, Callable[[], object]]:
    """What may happen to an index that is kept in files below a folder."""
    damages: dict[str, Callable[[], object]] = {"the folder is gone": partial(shutil.rmtree, folder)}
    for which, choose in (("greatest", _greatest), ("smallest", _smallest)):
        for what, harm in _HARMS.items():
            damages[f"the {which} file is {what}"] = partial(_harm, folder, choose, harm)
    return damages


def a_damaged_index_says_so_and_can_be_rebuilt(subject: Subject) -> None:
    for what, harm in subject.damages.items():
        index = subject.index_of([page(n, f"word body{n} " * 20, title=f"Page {n}") for n in range(40)])
        index.update([page(3, "word again")], delete=[5], position=9)
        index.close()
        harm()
        _assert_unusable_and_repairable(subject.open(), what)


def an_index_that_others_repaired_is_used_again(subject: Subject) -> None:
    for what, harm in list(subject.damages.items())[:2]:
        watching = subject.index_of([page(1, "word")])
        assert found(watching, "word") == {1}
        watching.close()
        harm()
        assert not watching.is_usable(), what
        fill(subject.open(), [page(2, "word")])
        assert found(watching, "word") == {2}, what


def _assert_unusable_and_repairable(index: Engine, what: str) -> None:
    assert not index.is_usable(), what
    for attempt in (
        lambda: search(index, "word"),
        lambda: search(index, '"word body1" -x title:page pa* tag:x in:y'),
        index.position,
        index.page_count,
        lambda: index.update([page(1, "new")], position=10),
        lambda: index.update([], position=10),
    ):
        try:
            attempt()
        except IndexUnusable:
            continue
        raise AssertionError(f"{what}, and {attempt} went through")
    fill(index, [page(1, "repaired")], position=11)
    assert index.is_usable(), what
    assert (found(index, "repaired"), index.position()) == ({1}, 11), what
    index.close()


def _harm(folder: Path, choose: Callable[[Path], Path], harm: Callable[[Path], object]) -> None:
    harm(choose(folder))


def _files(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    return sorted(files, key=lambda path: (path.stat().st_size, path.name))


def _greatest(folder: Path) -> Path:
    return _files(folder)[-1]


def _smallest(folder: Path) -> Path:
    return _files(folder)[0]


def _cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _fill_with_zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _fill_with_chance(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


_HARMS: Mapping[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": partial(Path.write_bytes, data=b""),
    "cut in half": _cut_in_half,
    "full of zeros, as a power cut leaves it": _fill_with_zeros,
    "full of chance": _fill_with_chance,
}

CHECKS = (a_damaged_index_says_so_and_can_be_rebuilt, an_index_that_others_repaired_is_used_again)
