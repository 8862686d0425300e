"""Search as the wiki offers it: it follows the journal, repairs itself, and shows nothing one may not read."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kbwiki import Actor, Settings, Wiki
from kbwiki.moderation.policy import Verdict
from kbwiki.pages.actions import delete_page, move_page
from kbwiki.testing import READER, WRITER, answer, look, make_space, open_reviews, save

INSIDER = Actor("insider", "Ingo Insider", frozenset({"people"}))


@pytest.fixture
def wiki(database_url: str, tmp_path: Path) -> Iterator[Wiki]:
    """A wiki with an index and patience."""
    wiki = Wiki(database_url, index=tmp_path / "index", settings=Settings(search_catch_up_seconds=60.0))
    yield wiki
    wiki.close()


def found(wiki: Wiki, text: str, by: Actor = READER) -> list[str]:
    return [one.path for one in wiki.search.find(by, text).results]


def test_what_was_just_saved_is_found_with_its_words_marked(wiki: Wiki) -> None:
    save(wiki, "boots", "Wear walking boots on the hill.\n", title="What to wear", tags=["kit"])

    result = wiki.search.find(READER, "walk boot").results[0]

    assert result.path == "boots"
    assert [one.text for one in result.snippet if one.hit] == ["walking", "boots"]
    assert (result.author, result.tags) == (WRITER.name, ("kit",))


def test_only_the_current_text_is_found(wiki: Wiki) -> None:
    save(wiki, "notes", "the word was elephant\n")
    save(wiki, "notes", "the word is giraffe\n", base=1)

    assert found(wiki, "elephant") == []
    assert found(wiki, "giraffe") == ["notes"]


def test_deleted_moved_and_hidden_pages_are_gone_at_the_next_query(wiki: Wiki) -> None:
    for name in ("kept", "deleted", "moved", "hidden"):
        save(wiki, name, "canary\n")
    assert len(found(wiki, "canary")) == 4
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "deleted")
        move_page(tx, "moved", "elsewhere")
    review = next(one for one in open_reviews(wiki) if one.path == "hidden")
    answer(wiki, look(wiki, review.id), Verdict.HIDE, reason="abuse")

    assert sorted(found(wiki, "canary")) == ["elsewhere", "kept"]


def test_a_closed_space_betrays_nothing(wiki: Wiki) -> None:
    make_space(wiki, "hr", readers=("people",), writers=("people",))
    save(wiki, "hr/pay", "canary\n", by=INSIDER)
    save(wiki, "open", "nothing here\n")

    assert found(wiki, "canary", by=INSIDER) == ["hr/pay"]
    outcome = wiki.search.find(READER, "canary")
    assert (outcome.results, outcome.total) == ((), 0)


def test_closing_a_space_later_takes_its_pages_out(wiki: Wiki) -> None:
    save(wiki, "hr/pay", "canary\n")
    assert found(wiki, "canary") == ["hr/pay"]

    make_space(wiki, "hr", readers=("people",))

    outcome = wiki.search.find(READER, "canary")
    assert (outcome.results, outcome.total) == ((), 0)
    assert found(wiki, "canary", by=INSIDER) == ["hr/pay"]


@pytest.mark.parametrize("damage", ["missing", "current", "segments"])
def test_a_lost_or_broken_index_rebuilds_itself(wiki: Wiki, tmp_path: Path, damage: str) -> None:
    save(wiki, "notes", "giraffe\n")
    assert found(wiki, "giraffe") == ["notes"]
    index = tmp_path / "index"
    if damage == "missing":
        shutil.rmtree(index)
    elif damage == "current":
        (index / "CURRENT").write_bytes(b"nonsense")
    else:
        for path in index.rglob("*.seg"):
            path.write_bytes(path.read_bytes()[:10])
        wiki.search.sync.engine._forget_everything()  # type: ignore[union-attr]  # as a new process would

    assert found(wiki, "giraffe") == ["notes"]


def test_a_save_neither_waits_for_the_index_nor_fails_with_it(wiki: Wiki, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")

    save(wiki, "giraffes", "tall\n")

    outcome = wiki.search.find(READER, "giraffes")
    assert [one.path for one in outcome.results] == ["giraffes"]
    assert outcome.note is not None


def test_two_processes_worth_of_searchers_agree(database_url: str, tmp_path: Path) -> None:
    settings = Settings(search_catch_up_seconds=60.0)
    one, two = (Wiki(database_url, index=tmp_path / "index", settings=settings) for _ in range(2))
    for number in range(20):
        save(one if number % 2 else two, f"page{number}", "giraffe\n")
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda wiki=wiki: counts.append(wiki.search.find(READER, "giraffe").total))
        for wiki in (one, two) * 4
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == [20] * 8
    one.close()
    two.close()


def test_odd_queries_are_answered(wiki: Wiki) -> None:
    save(wiki, "notes", "giraffe\n")

    for text in ("", "   ", "NOT NOT", '"', "*", "title:", "((((", "giraffe -giraffe", "\x00", "a" * 10_000):
        wiki.search.find(READER, text)


def test_without_an_index_titles_are_searched(database_url: str) -> None:
    wiki = Wiki(database_url)
    save(wiki, "animals/giraffe", "tall\n")
    save(wiki, "animals/elephant", "heavy\n")

    outcome = wiki.search.find(READER, "giraffe")

    assert [one.path for one in outcome.results] == ["animals/giraffe"]
    assert outcome.total == 1
    wiki.close()


def test_only_the_first_search_waits_for_long_work_elsewhere(database_url: str, tmp_path: Path) -> None:
    patient = Settings(search_catch_up_seconds=0.4)
    with closing(Wiki(database_url, index=tmp_path / "index", settings=patient)) as wiki:
        save(wiki, "before", "a giraffe\n")
        wiki.search.catch_up()
        save(wiki, "after", "an elephant\n")
        with closing(Wiki(database_url, index=tmp_path / "index")) as other:
            assert other.search.sync is not None
            with other.search.sync.engine.writer_lock():
                waits = [seconds_of(lambda: wiki.search.find(READER, "elephant")) for _ in range(3)]

        assert waits[0] >= 0.4
        assert max(waits[1:]) < waits[0] / 2
        wiki.search.catch_up()
        assert found(wiki, "elephant") == ["after"]


def test_whoever_found_the_index_being_written_goes_on_when_it_was_left_without_the_newest(
    database_url: str, tmp_path: Path
) -> None:
    """Another process may have read the journal to its end, and not yet have let go of the index, when one saves."""
    patient = Settings(search_catch_up_seconds=20.0)
    with (
        closing(Wiki(database_url, index=tmp_path / "index", settings=patient)) as wiki,
        closing(Wiki(database_url, index=tmp_path / "index")) as other,
    ):
        save(wiki, "before", "a giraffe\n")
        wiki.search.catch_up()
        save(wiki, "after", "an elephant\n")
        sync = wiki.search.sync
        assert sync is not None
        assert other.search.sync is not None
        late: list[bool] = []
        search = threading.Thread(target=lambda: late.append(sync.catch_up_for_a_moment()))
        with other.search.sync.engine.writer_lock():
            search.start()
            while sync._thread is None or sync._thread.is_alive():
                time.sleep(0.01)
        search.join()

        assert late == [False]
        assert found(wiki, "elephant") == ["after"]


def seconds_of(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started
