"""Checks that the index changes as a whole, with its position, by updates and by rebuilds."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ...documents import Document
from ..protocol import IndexUnusable
from .subject import Subject, fill, found, page, search

_VOCABULARY = ("alarm", "brigade", "cellar", "door", "exit", "flood", "gate", "hose", "indoor", "jacket")


def before_the_first_rebuild_there_is_no_index(subject: Subject) -> None:
    index = subject.open()
    assert not index.is_usable()
    assert _raises(IndexUnusable, lambda: search(index, "word"))
    assert _raises(IndexUnusable, index.position)
    assert _raises(IndexUnusable, lambda: index.update([page(1)]))
    index.remove()


def an_empty_wiki_has_an_index_too(subject: Subject) -> None:
    index = subject.index_of([], position=4)
    assert index.is_usable()
    assert (search(index, "word").total, index.page_count(), index.position()) == (0, 0, 4)
    assert index.size() > 0


def an_update_replaces_adds_and_removes_in_one_commit(subject: Subject) -> None:
    index = subject.index_of([page(1, "old"), page(2, "old"), page(3, "old")])
    index.update([page(1, "new"), page(4, "new")], delete=[2], position=7)
    assert (found(index, "new"), found(index, "old")) == ({1, 4}, {3})
    assert (index.position(), index.page_count()) == (7, 3)


def of_two_documents_of_a_page_the_later_counts(subject: Subject) -> None:
    index = subject.index_of([page(1, "first"), page(1, "second")])
    index.update([page(2, "first"), page(2, "second")])
    assert (found(index, "second"), found(index, "first")) == ({1, 2}, set())


def a_page_both_given_and_deleted_is_deleted(subject: Subject) -> None:
    index = subject.index_of([page(1, "old")])
    index.update([page(1, "new")], delete=[1])
    assert index.page_count() == 0


def deleting_what_is_not_there_changes_nothing(subject: Subject) -> None:
    index = subject.index_of([page(1, "word")])
    index.update([], delete=[5, 6])
    assert found(index, "word") == {1}


def a_position_moves_alone_and_stays_when_none_is_named(subject: Subject) -> None:
    index = subject.index_of([page(1, "word")], position=3)
    index.update([page(2, "word")])
    assert index.position() == 3
    index.update([], position=4)
    assert (index.position(), found(index, "word")) == (4, {1, 2})


def a_page_that_moves_to_another_space_is_found_there(subject: Subject) -> None:
    index = subject.index_of([page(1, "word", space=1, path="here/page")])
    index.update([page(1, "word", space=2, path="there/page")])
    assert (search(index, "word", spaces=[1]).total, search(index, "word", spaces=[2]).ids) == (0, (1,))
    assert (found(index, "in:here"), found(index, "in:there")) == (set(), {1})


def another_object_sees_each_commit_at_once(subject: Subject) -> None:
    writing = subject.index_of([])
    reading = subject.open()
    for number in range(1, 12):
        writing.update([page(number, "word")], position=number)
        assert (search(reading, "word").total, reading.position()) == (number, number)


def a_source_of_documents_that_fails_leaves_the_index_as_it_was(subject: Subject) -> None:
    index = subject.index_of([page(1, "old")], position=1)

    def failing() -> Iterator[Document]:
        yield page(1, "poison")
        raise _Failure

    assert _raises(_Failure, lambda: index.update(failing(), position=2))
    index.update([page(2, "new")])
    assert found(index, "poison") == set()
    assert (found(index, "old"), found(index, "new"), index.position()) == ({1}, {2}, 1)


def great_and_negative_numbers_come_back_as_they_went_in(subject: Subject) -> None:
    numbers = [0, -1, (1 << 63) - 1, -(1 << 63)]
    index = subject.index_of([page(number, "word", space=number) for number in numbers])
    assert found(index, "word") == set(numbers)
    assert search(index, "word", spaces=[numbers[2]]).ids == (numbers[2],)
    assert search(index, "word", without=numbers[:3]).ids == (numbers[3],)
    index.update([], delete=[numbers[3]])
    assert found(index, "word") == set(numbers[:3])


def texts_that_are_no_texts_are_taken_in(subject: Subject) -> None:
    odd = page(1, "word \ud800 \0", tags=("\ud800",), path="a/\udfff", title="\ud812", headings=("\0",))
    index = subject.index_of([odd, page(2, "x" * 100_000 + " word"), page(3, "a_" * 5_000 + " word")])
    assert found(index, "word") == {1, 2, 3}
    index.update([page(1, "gone")])
    assert found(index, "word") == {2, 3}


def after_any_history_a_page_is_found_by_its_present_words_alone(subject: Subject) -> None:
    chance = random.Random(5)
    index = subject.index_of([])
    present: dict[int, set[str]] = {}
    for _ in range(20):
        changed = {chance.randrange(40): set(chance.sample(_VOCABULARY, 3)) for _ in range(chance.randrange(8))}
        gone = [chance.randrange(40) for _ in range(chance.randrange(3))]
        index.update([page(number, " ".join(words)) for number, words in changed.items()], delete=gone)
        present.update(changed)
        for number in gone:
            present.pop(number, None)
        for word in _VOCABULARY:
            assert found(index, word) == {number for number, words in present.items() if word in words}
    assert index.page_count() == len(present)


def the_old_index_is_searched_until_the_new_one_is_complete(subject: Subject) -> None:
    index = subject.index_of([page(1, "old")], position=1)
    other = subject.open()
    with index.rebuild(position=9) as filling:
        filling.add([page(2, "new")])
        for each in (index, other):
            assert (found(each, "old"), found(each, "new"), each.position()) == ({1}, set(), 1)
    for each in (index, other):
        assert (found(each, "old"), found(each, "new"), each.position()) == (set(), {2}, 9)


def a_rebuild_that_fails_leaves_the_old_index(subject: Subject) -> None:
    index = subject.index_of([page(1, "old")], position=3)
    size = index.size()

    def fail() -> None:
        with index.rebuild() as filling:
            filling.add([page(2, "new")])
            raise _Failure

    assert _raises(_Failure, fail)
    assert (found(index, "old"), found(index, "new"), index.position()) == ({1}, set(), 3)
    assert index.size() == size


def many_pages_in_many_batches_are_all_taken_in(subject: Subject) -> None:
    index = subject.open()
    with index.rebuild() as filling:
        for start in range(0, 2_200, 500):
            filling.add(page(number, f"word n{number}") for number in range(start, min(start + 500, 2_200)))
        filling.add([page(1, "word again")])
    assert (index.page_count(), search(index, "word").total) == (2_200, 2_200)
    assert (found(index, "n2107"), found(index, "n1"), found(index, "again")) == ({2107}, set(), {1})


def updates_go_on_after_a_rebuild(subject: Subject) -> None:
    index = subject.index_of([page(1, "old"), page(2, "old")])
    fill(index, [page(1, "old"), page(2, "old")])
    index.update([page(1, "new")], position=5)
    assert (found(index, "old"), found(index, "new"), index.position()) == ({2}, {1}, 5)


def an_index_that_was_taken_away_can_be_built_again(subject: Subject) -> None:
    index = subject.index_of([page(1, "old")])
    other = subject.open()
    assert found(other, "old") == {1}
    index.remove()
    index.remove()
    assert not index.is_usable()
    assert not other.is_usable()
    assert _raises(IndexUnusable, lambda: search(other, "old"))
    fill(index, [page(2, "new")])
    assert found(other, "new") == {2}


def a_closed_object_can_be_used_again(subject: Subject) -> None:
    index = subject.index_of([page(1, "word")])
    index.close()
    assert found(index, "word") == {1}
    index.close()
    index.update([page(2, "word")])
    assert found(index, "word") == {1, 2}


class _Failure(Exception):
    """The database went away."""


def _raises(kind: type[BaseException], work: object) -> bool:
    assert callable(work)
    try:
        work()
    except kind:
        return True
    return False


CHECKS = (
    before_the_first_rebuild_there_is_no_index,
    an_empty_wiki_has_an_index_too,
    an_update_replaces_adds_and_removes_in_one_commit,
    of_two_documents_of_a_page_the_later_counts,
    a_page_both_given_and_deleted_is_deleted,
    deleting_what_is_not_there_changes_nothing,
    a_position_moves_alone_and_stays_when_none_is_named,
    a_page_that_moves_to_another_space_is_found_there,
    another_object_sees_each_commit_at_once,
    a_source_of_documents_that_fails_leaves_the_index_as_it_was,
    great_and_negative_numbers_come_back_as_they_went_in,
    texts_that_are_no_texts_are_taken_in,
    after_any_history_a_page_is_found_by_its_present_words_alone,
    the_old_index_is_searched_until_the_new_one_is_complete,
    a_rebuild_that_fails_leaves_the_old_index,
    many_pages_in_many_batches_are_all_taken_in,
    updates_go_on_after_a_rebuild,
    an_index_that_was_taken_away_can_be_built_again,
    a_closed_object_can_be_used_again,
)
