"""A new index is built beside the old one and takes its place as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from search_builders import found, index_of, page, search

from kbwiki.search.engines.whoosh.index import BATCH, WhooshIndex


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("index-*"))


def test_the_old_index_is_searched_until_the_new_one_is_complete(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "old")], position=1)

    with index.rebuild(position=9) as rebuild:
        rebuild.add([page(2, "new")])

        assert (found(index, "old"), found(index, "new"), index.position()) == ({1}, set(), 1)
    assert (found(index, "old"), found(index, "new"), index.position()) == (set(), {2}, 9)


def test_an_index_opened_before_follows_to_the_new_one(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "old")])
    other = WhooshIndex(tmp_path)
    assert found(other, "old") == {1}

    index_of(tmp_path, [page(2, "new")])

    assert (found(other, "old"), found(other, "new")) == (set(), {2})
    assert found(index, "new") == {2}


def test_the_index_that_was_replaced_is_removed(tmp_path: Path) -> None:
    index_of(tmp_path, [page(1, "old")])
    first = generations(tmp_path)

    index_of(tmp_path, [page(1, "new")])

    assert len(generations(tmp_path)) == 1
    assert generations(tmp_path) != first


def test_a_rebuild_that_fails_leaves_the_old_index_and_nothing_of_its_own(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "old")])
    before = generations(tmp_path)

    def fail() -> None:
        with index.rebuild() as rebuild:
            rebuild.add([page(2, "new")])
            raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        fail()
    assert generations(tmp_path) == before
    assert (found(index, "old"), found(index, "new")) == ({1}, set())


def test_what_a_rebuild_that_died_left_behind_goes_with_the_next_one(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "word")])
    (tmp_path / "index-deadbeef").mkdir()
    (tmp_path / "index-deadbeef" / "half.seg").write_bytes(b"half")

    with index.rebuild() as rebuild:
        rebuild.add([page(1, "word")])

    assert len(generations(tmp_path)) == 1
    assert "index-deadbeef" not in generations(tmp_path)


def test_an_empty_wiki_has_an_index_too(tmp_path: Path) -> None:
    index = index_of(tmp_path, [], position=4)

    assert index.is_usable()
    assert (search(index, "word").total, index.page_count(), index.position()) == (0, 0, 4)


def test_more_pages_than_are_held_at_a_time_are_all_taken_in(tmp_path: Path) -> None:
    index = index_of(tmp_path, (page(number, f"word n{number}") for number in range(BATCH + 50)))

    assert index.page_count() == BATCH + 50
    assert search(index, "word").total == BATCH + 50
    assert found(index, f"n{BATCH + 7}") == {BATCH + 7}


def test_a_page_given_in_two_batches_counts_as_it_came_last(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)

    with index.rebuild() as rebuild:
        rebuild.add([page(1, "first"), page(2, "first")])
        rebuild.add([page(1, "second")])

    assert (found(index, "first"), found(index, "second"), index.page_count()) == ({2}, {1}, 2)


def test_updates_go_on_after_a_rebuild(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "old"), page(2, "old")])

    index.update([page(1, "new")], position=5)

    assert (found(index, "old"), found(index, "new"), index.position()) == ({2}, {1}, 5)
