"""What the Whoosh engine promises of its files, beyond what every engine does."""

from __future__ import annotations

from pathlib import Path

from kbwiki.search.engines.conformance.subject import fill, found, page, search
from kbwiki.search.engines.whoosh.index import BATCH, WhooshIndex


def index_of(folder: Path, count: int, text: str = "word") -> WhooshIndex:
    index = WhooshIndex(folder)
    fill(index, [page(number, text) for number in range(count)])
    return index


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("index-*"))


def test_an_update_without_pages_touches_no_file_but_current(tmp_path: Path) -> None:
    index = index_of(tmp_path, 1)
    files = sorted(path.name for path in tmp_path.rglob("*"))

    index.update([], position=4)

    assert index.position() == 4
    assert sorted(path.name for path in tmp_path.rglob("*")) == files


def test_many_small_updates_leave_few_files_and_every_page(tmp_path: Path) -> None:
    index = index_of(tmp_path, 0)
    for number in range(200):
        index.update([page(number % 90, f"word round{number // 90}")])

    assert len(list(tmp_path.rglob("*.seg"))) < 24
    assert index.page_count() == 90
    assert found(index, "word") == set(range(90))
    assert found(index, "round2") == set(range(20))
    assert found(index, "round1") == set(range(20, 90))
    assert found(index, "round0") == set()


def test_emptying_the_index_leaves_nothing_of_the_pages(tmp_path: Path) -> None:
    index = index_of(tmp_path, 10, "secret")

    index.update([], delete=range(10))

    assert index.page_count() == 0
    assert list(tmp_path.rglob("*.seg")) == []


def test_more_pages_than_are_held_at_a_time_are_all_taken_in(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)

    fill(index, (page(number, f"word n{number}") for number in range(BATCH + 50)))

    assert (index.page_count(), search(index, "word").total) == (BATCH + 50, BATCH + 50)
    assert found(index, f"n{BATCH + 7}") == {BATCH + 7}
