"""Segments are merged so that there are few of them and nothing is copied too often."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from kbwiki.search.engines.whoosh.merging import FAN_IN, LARGEST_MERGE, Extent, due

EXTENTS = st.lists(st.builds(Extent, st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 10**9)), max_size=40)


def merged(extents: list[Extent], chosen: list[int]) -> Extent:
    return Extent(sum(extents[at].live for at in chosen), 0, sum(extents[at].size for at in chosen))


def test_few_segments_are_left_as_they_are() -> None:
    assert due([Extent(1, 0, 100)] * (FAN_IN - 1)) == []


def test_a_full_size_class_is_merged() -> None:
    assert due([Extent(1, 0, 100)] * FAN_IN) == list(range(FAN_IN))


def test_large_segments_are_left_alone_when_small_ones_are_merged() -> None:
    assert due([Extent(5_000, 10, 10**7), *[Extent(1, 0, 100)] * FAN_IN]) == list(range(1, FAN_IN + 1))


def test_a_segment_more_than_half_dead_is_copied_without_its_dead() -> None:
    assert due([Extent(100, 101, 10**6), Extent(100, 100, 10**6)]) == [0]


def test_no_more_is_merged_at_a_time_than_fits_into_memory() -> None:
    extents = [Extent(3_000, 0, 10**7 + at) for at in range(FAN_IN)]

    assert due(extents) == [0, 1, 2]


def test_segments_too_large_to_merge_stay() -> None:
    assert due([Extent(3_000, 0, LARGEST_MERGE)] * 20) == []


@given(EXTENTS)
def test_no_segment_is_chosen_twice(extents: list[Extent]) -> None:
    chosen = due(extents)

    assert len(set(chosen)) == len(chosen)


def test_ten_thousand_single_updates_leave_few_segments_and_copy_each_document_a_few_times() -> None:
    chance = random.Random(1)
    extents = [Extent(7_500, 0, 2 * 10**7)]
    copied = 0
    for _ in range(10_000):
        # Every update takes a document out of some segment and writes it anew.
        victim = chance.choices(range(len(extents)), [extent.live for extent in extents])[0]
        before = extents[victim]
        extents[victim] = Extent(before.live - 1, before.dead + 1, before.size)
        extents = [extent for extent in extents if extent.live]
        chosen = due(extents)
        copied += sum(extents[at].live for at in chosen)
        new = merged(extents, chosen)
        extents = [extent for at, extent in enumerate(extents) if at not in chosen]
        extents.append(Extent(new.live + 1, 0, new.size + 2_700))

        assert len(extents) < 4 * FAN_IN
    assert copied < 10_000 * 6
