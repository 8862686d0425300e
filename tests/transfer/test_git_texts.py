"""Reading file contents in bulk: unchanged, in order, in bounded memory; what is no text is named."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbwiki.transfer.git import (
    Oddity,
    PageTimeline,
    Reason,
    Unreadable,
    open_history,
    read_pages,
)
from tests.transfer.git_repositories import Content, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "wiki.git")


def texts_of(repository: Repository, *names: str, limit: int = 10_000) -> list[str | Reason]:
    tree = repository.tree()
    with open_history(repository.path, limit=limit) as history:
        return list(history.texts(tree[name] for name in names))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "no line end",
        "windows\r\nlines\r\n",
        "\ufeffwith a mark",
        "é e\u0301 日本 🦆",
        "\x01\x7f\u200b",
        "a\n" * 4000,
    ],
)
def test_a_text_arrives_byte_for_byte(repository: Repository, text: str) -> None:
    repository.commit({"a.md": text})

    assert texts_of(repository, "a.md") == [text]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"caf\xe9", Reason.NOT_UTF8),
        (b"\xed\xa0\x80 half a character", Reason.NOT_UTF8),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Reason.BINARY),
        ("utf-16".encode("utf-16"), Reason.BINARY),
        (b"x" * 10_001, Reason.TOO_LARGE),
    ],
)
def test_what_is_no_text_is_named_and_what_comes_after_is_read(
    repository: Repository, content: Content, reason: Reason
) -> None:
    repository.commit({"odd.md": content, "fine.md": "fine"})

    assert texts_of(repository, "odd.md", "fine.md", "odd.md", "fine.md") == [reason, "fine", reason, "fine"]


def test_the_limit_counts_bytes_and_is_inclusive(repository: Repository) -> None:
    repository.commit({"full.md": "é" * 5000, "over.md": "é" * 5000 + "x"})

    assert texts_of(repository, "full.md", "over.md") == ["é" * 5000, Reason.TOO_LARGE]


def test_thousands_of_texts_come_in_the_order_they_were_asked_for_repeats_included(repository: Repository) -> None:
    names = [f"{number}.md" for number in range(1000)]
    repository.commit({name: name * 50 for name in names})
    asked = [*names, *reversed(names), *(names[0] for _ in range(100))]

    assert texts_of(repository, *asked) == [name * 50 for name in asked]


def test_a_file_of_a_hundred_megabytes_is_passed_over_without_being_held(repository: Repository) -> None:
    repository.commit({"huge.md": b"x" * 100_000_000, "small.md": "small"})
    tracemalloc.start()

    texts = texts_of(repository, "huge.md", "small.md")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert texts == [Reason.TOO_LARGE, "small"]
    assert peak < 20_000_000


def test_ids_are_taken_only_a_few_ahead_of_the_texts(repository: Repository) -> None:
    repository.commit({"a.md": "a"})
    blob = repository.tree()["a.md"]
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield blob

    with open_history(repository.path) as history:
        texts = history.texts(endless())
        read = [next(texts) for _ in range(1000)]

    assert read == ["a"] * 1000
    assert taken < 1100


def test_two_readings_at_once_do_not_mix_and_one_left_early_does_not_disturb_the_next(
    repository: Repository,
) -> None:
    names = [f"{number}.md" for number in range(200)]
    repository.commit({name: name for name in names})
    tree = repository.tree()

    with open_history(repository.path) as history:
        one = history.texts(tree[name] for name in names)
        other = history.texts(tree[name] for name in reversed(names))
        mixed = [(next(one), next(other)) for _ in range(100)]
        one.close()
        again = list(history.texts([tree["7.md"]]))

    assert mixed == list(zip(names[:100], reversed(names[100:]), strict=True))
    assert again == ["7.md"]


@pytest.mark.parametrize("harm", ["gone", "garbled", "cut off"])
def test_lost_and_damaged_content_is_named_and_the_rest_is_read(repository: Repository, harm: str) -> None:
    names = [f"{number}.md" for number in range(90)]
    repository.commit({name: name * 400 for name in names})
    tree = repository.tree()
    for name in ("3.md", "4.md", "70.md"):
        file = repository.path / "objects" / tree[name][:2] / tree[name][2:]
        content = file.read_bytes()
        file.chmod(0o600)
        if harm == "gone":
            os.unlink(file)
        else:
            file.write_bytes(content[:-9] if harm == "cut off" else b"garbled" + content)

    texts = texts_of(repository, *names)

    reason = Reason.MISSING if harm == "gone" else Reason.DAMAGED
    lost = [name for name, text in zip(names, texts, strict=True) if isinstance(text, Reason)]
    assert lost == ["3.md", "4.md", "70.md"]
    assert {text for text in texts if isinstance(text, Reason)} <= {reason, Reason.MISSING}
    assert [text for text in texts if not isinstance(text, Reason)] == [
        name * 400 for name in names if name not in lost
    ]


class TestPages:
    """Commits as changes of pages, with their texts."""

    def test_each_change_comes_with_its_text(self, repository: Repository) -> None:
        repository.commit({"Home.md": "Welcome", "logo.png": b"\x00"})
        repository.commit({"Home.md": None, "Start.md": "Welcome"})

        with open_history(repository.path) as history:
            timeline = PageTimeline(["md"])
            read = list(read_pages(history, timeline))

        first, second = read
        assert [(c.kind, c.path, first.texts[c.blob or ""]) for c in first.changes] == [("write", "Home", "Welcome")]
        assert [(c.kind, c.old_path, c.path, c.same_text) for c in second.changes] == [("move", "Home", "Start", True)]
        assert second.texts == {second.changes[0].blob: "Welcome"}
        assert timeline.skipped == {"logo.png": "does not end in .md"}

    def test_an_unreadable_version_is_named_and_the_page_stays_as_it_was(self, repository: Repository) -> None:
        repository.commit({"a.md": "one"})
        bad = repository.commit({"a.md": b"\xff two"})
        repository.commit({"a.md": "three"})

        with open_history(repository.path) as history:
            read = list(read_pages(history, PageTimeline()))

        assert [[change.kind for change in one.changes] for one in read] == [["write"], [], ["write"]]
        assert read[1].unreadable == (Unreadable("a.md", bad, Reason.NOT_UTF8),)

    def test_a_page_moved_with_an_unreadable_text_is_moved_with_the_last_readable_one(
        self, repository: Repository
    ) -> None:
        text = "".join(f"line {number}\n" for number in range(30))
        repository.commit({"a.md": text})
        repository.commit({"a.md": None, "b.md": text.encode() + b"\xff"})
        repository.commit({"b.md": None})

        with open_history(repository.path) as history:
            read = list(read_pages(history, PageTimeline()))

        (moved,) = read[1].changes
        assert (moved.kind, moved.old_path, moved.path, moved.same_text) == ("move", "a", "b", True)
        assert read[1].texts == {moved.blob: text}
        assert [one.reason for one in read[1].unreadable] == [Reason.NOT_UTF8]
        assert [(change.kind, change.path) for change in read[2].changes] == [("delete", "b")]

    def test_a_file_that_was_never_readable_never_becomes_a_page(self, repository: Repository) -> None:
        repository.commit({"a.md": b"\xff" * 200})
        repository.commit({"a.md": None, "b.md": b"\xff" * 200})
        repository.commit({"b.md": None})

        with open_history(repository.path) as history:
            read = list(read_pages(history, PageTimeline()))

        assert [one.changes for one in read] == [(), (), ()]

    def test_a_page_that_falls_back_to_an_older_file_brings_that_files_text(self, repository: Repository) -> None:
        repository.commit({"a.mediawiki": "old"})
        repository.commit({"a.md": "new"})
        repository.commit({"a.md": None})

        with open_history(repository.path) as history:
            *_, last = read_pages(history, PageTimeline())

        (change,) = last.changes
        assert (change.kind, change.file, change.note) == ("write", "a.mediawiki", Oddity.NAME_DROPPED)
        assert last.texts[change.blob or ""] == "old"

    def test_a_resumed_reading_yields_the_same_changes_as_one_in_one_go(self, repository: Repository) -> None:
        commits = [
            {"a.mediawiki": "old", "b.md": "b"},
            {"a.md": "new"},
            {"b.md": b"\xff"},
            {"a.md": None},
            {"b.md": None, "c.md": "b"},
            {"c.md": "c", "d.md": "c"},
        ]
        for changes in commits:
            repository.commit(changes)

        with open_history(repository.path) as history:
            whole = list(read_pages(history, PageTimeline()))
            resumed = [list(read_pages(history, PageTimeline(), one.commit.bookmark)) for one in whole]

        assert resumed == [whole[number + 1 :] for number in range(len(whole))]
