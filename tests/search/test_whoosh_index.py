"""The index finds what it should, in the order it should, and changes as a whole."""

from __future__ import annotations

import random
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_builders import found, index_of, page, search

from kbwiki.search.documents import Document
from kbwiki.search.engines.protocol import IndexUnusable
from kbwiki.search.engines.whoosh.index import WhooshIndex
from kbwiki.search.words.analysis import places

VOCABULARY = ["alarm", "brigade", "cellar", "door", "exit", "flood", "gate", "hose", "indoor", "jacket"]


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    """A small handbook that the tests only read."""
    pages = [
        page(1, "Leave the house. Meet at the gate.", title="Fire drill", path="safety/fire", tags=("Urgent",)),
        page(2, "A drill makes holes in walls.", title="Tools", path="workshop/tools", space=2),
        page(3, "The fire brigade is called by the alarm.", title="Alarm", path="safety/alarm", tags=("First Aid",)),
        page(4, "Payroll is run on the 25th. Reported fires are not.", title="Payroll", path="hr/payroll", space=3),
        page(5, "Holidays in brief", title="Leave", path="hr/payroll/leave", headings=("Carrying over",), space=3),
        page(6, "void SDL_GetWindowSize(int *w); see std::vector", title="Window API", path="dev/SDL_GetWindowSize"),
        page(7, "get the size of a window", title="Sizes", path="dev/sizes"),
        page(8, "设置窗口大小的方法", title="窗口", path="dev/zh"),
        page(9, "Die Häuser der Straße", title="Häuser", path="de/haus", language="de"),
        page(10, "nothing in here", title="Empty", path="Hr-other"),
    ]
    return index_of(tmp_path_factory.mktemp("handbook") / "search", pages)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("holes", {2}),
        ("hole", {2}),
        ("fire", {1, 3, 4}),
        ("fire drill", {1}),
        ("reporting", {4}),
        ('"fire brigade"', {3}),
        ('"brigade fire"', set()),
        ('"payroll leave"', {5}),
        ("fire -alarm", {1, 4}),
        ('fire -"fire brigade"', {1, 4}),
        ("-fire -drill -window -size", {5, 8, 9, 10}),
        ("holes OR gate", {1, 2}),
        ("fire OR holes drill", {1, 2}),
        ("holi*", {5}),
        ("holid* OR ho*", {1, 2, 5}),
        ("title:leave", {5}),
        ('title:"fire drill"', {1}),
        ("tag:urgent", {1}),
        ('tag:"first aid"', {3}),
        ("tag:first", set()),
        ("in:hr", {4, 5}),
        ("in:HR/Payroll", {4, 5}),
        ("in:hr/payroll/leave", {5}),
        ("in:safety fire -tag:urgent", {3}),
        ("carrying", {5}),
        ("SDL_GetWindowSize", {6}),
        ("sdl_getwindowsize()", {6}),
        ("GetWindowSize", {6}),
        ("getWindow", {6}),
        ("window size", {6, 7}),
        ("std::vector", {6}),
        ("vector", {6}),
        ("窗口", {8}),
        ("大小", {8}),
        ("窗口方法", set()),
        ("窗口 方法", {8}),
        ("法", {8}),
        ("strasse", {9}),
        ("nothingofthekind", set()),
    ],
)
def test_a_query_finds_the_pages_it_asks_for(handbook: WhooshIndex, text: str, pages: set[int]) -> None:
    assert found(handbook, text) == pages


def test_a_title_counts_more_than_a_body(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, [page(1, "harbour " + "word " * 20, title="Else"), page(2, "word " * 20, title="Harbour")]
    )

    assert search(index, "harbour").ids == (2, 1)


def test_a_rare_word_counts_more_than_a_common_one(tmp_path: Path) -> None:
    pages = [page(number, "common") for number in range(1, 40)]
    index = index_of(tmp_path, [*pages, page(40, "common other"), page(41, "rare other")])

    assert search(index, "common OR rare").ids[0] == 41


def test_a_short_page_counts_more_than_a_long_one(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "harbour " + "filler " * 2000), page(2, "harbour and little else")])

    assert search(index, "harbour").ids == (2, 1)


def test_pages_with_all_words_come_before_pages_with_some(handbook: WhooshIndex) -> None:
    hits = search(handbook, "fire brigade holes")

    assert hits.complete == 0
    assert hits.ids[0] == 3
    assert {1, 2, 4} <= set(hits.ids)


def test_where_many_pages_have_all_words_those_with_some_are_left_out(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(n, "fire alarm") for n in range(20)] + [page(99, "fire")])

    hits = search(index, "fire alarm")

    assert (hits.total, hits.complete) == (20, 20)
    assert 99 not in hits.ids


def test_what_is_asked_explicitly_is_never_left_out(handbook: WhooshIndex) -> None:
    assert search(handbook, '"brigade fire" alarm').total == 0
    assert set(search(handbook, "fire nothingofthekind in:safety").ids) == {1, 3}
    assert set(search(handbook, "fire nothingofthekind -alarm").ids) == {1, 4}


def test_an_identifier_nobody_has_finds_pages_with_its_parts(handbook: WhooshIndex) -> None:
    hits = search(handbook, "SDL_SetWindowSize")

    assert hits.complete == 0
    assert set(hits.ids) == {6, 7}


def test_only_the_given_spaces_are_searched(handbook: WhooshIndex) -> None:
    assert set(search(handbook, "fire", spaces=[1]).ids) == {1, 3}
    assert set(search(handbook, "fire", spaces={1, 3}).ids) == {1, 3, 4}
    assert search(handbook, "fire", spaces=()).total == 0
    assert search(handbook, "fire nothingofthekind", spaces={3}).ids == (4,)


def test_pages_that_may_not_be_read_do_not_change_what_is_found_elsewhere(tmp_path: Path) -> None:
    hidden = page(1, "see GetWindowSize", space=2)
    open_to_all = page(2, "get window size", space=1)
    index = index_of(tmp_path, [hidden, open_to_all])

    assert search(index, "GetWindowSize", spaces=[1]).ids == (2,)
    index.update([], delete=[1])
    assert search(index, "GetWindowSize").ids == (2,)


def test_turning_over_pages_of_results_shows_each_page_once(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(number, "fire " * (number % 5 + 1)) for number in range(50)])

    shown = [page for offset in range(0, 60, 7) for page in search(index, "fire", limit=7, offset=offset).ids]

    assert shown == list(search(index, "fire").ids)
    assert sorted(shown) == list(range(50))


def test_turning_over_goes_on_from_pages_with_all_words_to_pages_with_some(handbook: WhooshIndex) -> None:
    whole = search(handbook, "fire alarm").ids

    assert [search(handbook, "fire alarm", limit=1, offset=at).ids[0] for at in range(len(whole))] == list(whole)
    assert search(handbook, "fire alarm", limit=1, offset=len(whole)).ids == ()


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (-1, 0), (10, -5), (10, 1000)])
def test_odd_limits_and_offsets_are_taken_for_what_they_mean(handbook: WhooshIndex, limit: int, offset: int) -> None:
    hits = search(handbook, "fire", limit=limit, offset=offset)

    assert hits.total == 3
    assert len(hits.ids) == (3 if (limit, offset) == (10, -5) else 0)


def test_scores_stand_in_descending_order_beside_their_pages(handbook: WhooshIndex) -> None:
    hits = search(handbook, "fire OR drill OR alarm")

    assert len(hits.scores) == len(hits.ids)
    assert list(hits.scores) == sorted(hits.scores, reverse=True)


def test_a_query_without_anything_to_look_for_finds_nothing(handbook: WhooshIndex) -> None:
    assert search(handbook, '"" tag:').total == 0


def test_an_update_replaces_adds_and_removes_in_one_commit(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "old"), page(2, "old"), page(3, "old")])

    index.update([page(1, "new"), page(4, "new")], delete=[2], position=7)

    assert found(index, "new") == {1, 4}
    assert found(index, "old") == {3}
    assert (index.position(), index.page_count()) == (7, 3)


def test_the_later_of_two_documents_of_a_page_counts(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "first"), page(1, "second")])
    index.update([page(2, "first"), page(2, "second")])

    assert found(index, "second") == {1, 2}
    assert found(index, "first") == set()


def test_a_page_both_given_and_deleted_is_deleted(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "old")])

    index.update([page(1, "new")], delete=[1])

    assert index.page_count() == 0


def test_deleting_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "word")])

    index.update([], delete=[5, 6])

    assert found(index, "word") == {1}


def test_an_update_without_pages_moves_the_position_alone(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "word")], position=3)
    files = sorted(path.name for path in tmp_path.rglob("*"))

    index.update([], position=4)

    assert index.position() == 4
    assert sorted(path.name for path in tmp_path.rglob("*")) == files


def test_an_update_that_names_no_position_leaves_it(tmp_path: Path) -> None:
    index = index_of(tmp_path, [], position=3)

    index.update([page(1, "word")])

    assert index.position() == 3


def test_another_index_on_the_same_folder_sees_each_commit_at_once(tmp_path: Path) -> None:
    writing = index_of(tmp_path, [])
    reading = WhooshIndex(tmp_path)

    for number in range(1, 30):
        writing.update([page(number, "word")], position=number)

        assert (search(reading, "word").total, reading.position()) == (number, number)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", None), ("body", b"x"), ("tags", ["a"]), ("headings", (1,)), ("id", "1"), ("space", None)],
)
def test_a_broken_document_is_refused_before_it_comes_near_the_index(field: str, value: Any) -> None:
    whole = {"id": 1, "title": "", "path": "", "headings": (), "tags": (), "body": "", "space": 1}

    with pytest.raises(TypeError, match=field):
        Document(**{**whole, field: value})


def test_a_number_too_great_for_the_index_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        page(1 << 63)


def test_a_source_of_documents_that_fails_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "old")], position=1)

    def failing() -> Iterator[Document]:
        yield page(1, "poison")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        index.update(failing(), position=2)
    index.update([page(2, "new")])

    assert found(index, "poison") == set()
    assert (found(index, "old"), found(index, "new"), index.position()) == ({1}, {2}, 1)


def test_great_and_negative_numbers_come_back_as_they_went_in(tmp_path: Path) -> None:
    numbers = [0, -1, (1 << 63) - 1, -(1 << 63)]
    index = index_of(tmp_path, [page(number, "word", space=number) for number in numbers])

    assert found(index, "word") == set(numbers)
    assert search(index, "word", spaces=[numbers[2]]).ids == (numbers[2],)


def test_tags_and_paths_with_lone_surrogates_are_taken_in(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "word \ud800", tags=("\ud800",), path="a/\udfff", title="\ud812")])

    assert found(index, "word") == {1}


def test_the_folder_is_private_to_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "search"
    folder.mkdir(mode=0o755)

    index_of(folder, [page(1, "word")])

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_many_small_updates_leave_few_files_and_every_page(tmp_path: Path) -> None:
    index = index_of(tmp_path, [])
    for number in range(200):
        index.update([page(number % 90, f"word round{number // 90}")])

    assert len(list(tmp_path.rglob("*.seg"))) < 24
    assert index.page_count() == 90
    assert found(index, "word") == set(range(90))
    assert found(index, "round2") == set(range(20))
    assert found(index, "round1") == set(range(20, 90))
    assert found(index, "round0") == set()


def test_emptying_the_index_leaves_nothing_of_the_pages(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(number, "secret") for number in range(10)])

    index.update([], delete=range(10))

    assert index.page_count() == 0
    assert list(tmp_path.rglob("*.seg")) == []


def test_after_any_history_of_changes_a_page_is_found_by_its_present_words_alone(tmp_path: Path) -> None:
    chance = random.Random(5)
    index = index_of(tmp_path, [])
    present: dict[int, set[str]] = {}
    for _ in range(40):
        changed = {chance.randrange(40): set(chance.sample(VOCABULARY, 3)) for _ in range(chance.randrange(8))}
        gone = [chance.randrange(40) for _ in range(chance.randrange(3))]
        index.update([page(number, " ".join(words)) for number, words in changed.items()], delete=gone)
        present.update(changed)
        for number in gone:
            present.pop(number, None)

        for word in VOCABULARY:
            assert found(index, word) == {number for number, words in present.items() if word in words}
    assert index.page_count() == len(present)


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory: pytest.TempPathFactory) -> tuple[WhooshIndex, dict[int, str]]:
    """Pages of random words in several segments, with deletions, and what each of them says."""
    chance = random.Random(7)
    texts = {n: " ".join(chance.choices(VOCABULARY, k=chance.randrange(1, 12))) for n in range(120)}
    index = index_of(tmp_path_factory.mktemp("shuffled"), [page(n, "alarm brigade") for n in range(150)])
    for start in range(0, 120, 30):
        index.update([page(n, texts[n]) for n in range(start, start + 30)], delete=[120 + start // 4])
    index.update([], delete=range(120, 150))
    return index, texts


@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4, unique=True))
def test_words_are_found_exactly_where_they_stand(
    shuffled: tuple[WhooshIndex, dict[int, str]], words: list[str]
) -> None:
    index, texts = shuffled

    assert found(index, " ".join(words)) == {n for n, text in texts.items() if set(words) <= set(text.split())}


@given(st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3))
def test_phrases_are_found_exactly_where_they_stand(
    shuffled: tuple[WhooshIndex, dict[int, str]], words: list[str]
) -> None:
    index, texts = shuffled
    phrase = " ".join(words)

    assert found(index, f'"{phrase}"') == {n for n, text in texts.items() if f" {phrase} " in f" {text} "}


@given(st.sampled_from(VOCABULARY), st.sampled_from(VOCABULARY), st.sampled_from(VOCABULARY))
def test_exclusions_and_alternatives_are_found_exactly(
    shuffled: tuple[WhooshIndex, dict[int, str]], one: str, other: str, third: str
) -> None:
    index, texts = shuffled

    assert found(index, f"{one} OR {other} -{third}") == {
        n for n, text in texts.items() if {one, other} & set(text.split()) and third not in text.split()
    }


QUERY_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=80),
    st.lists(
        st.sampled_from(['"', "-", "*", "OR", "NOT", "title:", "tag:", "in:", "窗", "\ud800", *VOCABULARY, " ", " "])
        | st.sampled_from(["SDL_GetWindowSize", "fi*", "a", "the", "-tag:urgent", "in:safety", "窗口大小"]),
        max_size=25,
    ).map("".join),
)


@given(QUERY_TEXT, st.integers(-2, 30), st.integers(-2, 30), st.none() | st.sets(st.integers(0, 4)))
def test_whatever_was_typed_is_searched(
    handbook: WhooshIndex, text: str, limit: int, offset: int, spaces: set[int] | None
) -> None:
    hits = search(handbook, text, spaces=spaces, limit=limit, offset=offset)

    assert len(hits.ids) <= max(limit, 0)
    assert len(set(hits.ids)) == len(hits.ids)
    assert hits.complete <= hits.total <= 10


@given(st.text(st.sampled_from("aB1_.'é窗口 \n"), min_size=1, max_size=30))
def test_a_page_is_found_by_its_own_title(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    if not places(title)[0]:
        return
    index = index_of(tmp_path_factory.mktemp("title"), [page(1, title=title), page(2, title="else")])

    assert 1 in search(index, title).ids


def test_before_the_first_rebuild_there_is_no_index(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path / "nowhere")

    assert not index.is_usable()
    with pytest.raises(IndexUnusable):
        search(index, "word")
    with pytest.raises(IndexUnusable):
        index.position()
    with pytest.raises(IndexUnusable):
        index.update([page(1)])
