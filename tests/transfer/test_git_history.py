"""The history of a repository as a line of commits: order, authors, merges, names, and going on where one stopped."""

from __future__ import annotations

import os
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kbwiki.transfer.git import Commit, FileChange, Reason, TransferError, open_history
from tests.transfer.git_repositories import Link, Repository, Submodule, git, lines


def commits_of(repository: Repository, after: str | None = None) -> list[Commit]:
    with open_history(repository.path) as history:
        return list(history.commits(after))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "wiki.git")


def test_commits_come_oldest_first_with_author_time_and_message(repository: Repository) -> None:
    first = repository.commit({"a.md": "a"}, message="Begin\n\nWith a body.\n", at="1700000000 +0200")
    second = repository.commit({"b.md": "b"}, author="Zoë <zoe@example.org>".encode(), message="Go on")

    commits = commits_of(repository)

    assert [commit.id for commit in commits] == [first, second]
    assert commits[0].at == datetime.fromtimestamp(1700000000, UTC)
    assert commits[0].message == "Begin\n\nWith a body."
    assert (commits[1].author_name, commits[1].author_email) == ("Zoë", "zoe@example.org")


def test_the_first_commit_writes_every_file_it_holds(repository: Repository) -> None:
    repository.commit({"a.md": "a", "deep/er/b.md": "b"})

    (commit,) = commits_of(repository)

    tree = repository.tree()
    assert commit.changes == tuple(FileChange("write", path, blob=tree[path]) for path in ("a.md", "deep/er/b.md"))


def test_commits_that_change_nothing_and_say_nothing_are_still_there(repository: Repository) -> None:
    repository.commit({"a.md": "a"})
    empty = repository.commit({}, message="")
    repository.commit({"a.md": "aa"}, message="")
    last = repository.commit({}, message="Nothing")

    commits = commits_of(repository)

    assert [(commit.message, len(commit.changes)) for commit in commits] == [
        ("Change", 1),
        ("", 0),
        ("", 1),
        ("Nothing", 0),
    ]
    assert (commits[1].id, commits[3].id) == (empty, last)


def test_a_rename_within_one_commit_is_a_move_even_when_the_text_changed_with_it(repository: Repository) -> None:
    repository.commit({"old.md": lines(20)})
    repository.commit({"old.md": None, "new.md": lines(20, changed=2)})

    (change,) = commits_of(repository)[1].changes

    assert (change.kind, change.old_path, change.path) == ("move", "old.md", "new.md")
    assert change.blob == repository.tree()["new.md"]
    assert change.similarity is not None
    assert 50 <= change.similarity < 100


def test_a_rename_spread_over_two_commits_is_a_deletion_and_a_new_file(repository: Repository) -> None:
    repository.commit({"old.md": lines(20)})
    repository.commit({"old.md": None})
    repository.commit({"new.md": lines(20)})

    kinds = [change.kind for commit in commits_of(repository) for change in commit.changes]

    assert kinds == ["write", "delete", "write"]


def test_two_thousand_changed_renames_in_one_commit_are_all_found(repository: Repository) -> None:
    names = [f"page{number:04}" for number in range(2000)]
    repository.commit({f"{name}.md": f"{name}\n" * 30 for name in names})
    repository.commit(
        {f"{name}.md": None for name in names} | {f"in/{name[::-1]}.md": f"{name}\n" * 29 for name in names}
    )

    changes = commits_of(repository)[1].changes

    moved = {(change.old_path, change.path) for change in changes if change.kind == "move"}
    assert moved == {(f"{name}.md", f"in/{name[::-1]}.md") for name in names}


def test_times_that_step_back_and_times_no_calendar_knows_keep_the_order_of_the_commits(
    repository: Repository,
) -> None:
    repository.commit({"a.md": "1"}, at="1500000000 +0000")
    repository.commit({"a.md": "2"}, at="1400000000 +0000")
    repository.commit({"a.md": "3"}, at="99999999999999 +0000")

    commits = commits_of(repository)

    assert [commit.at.timestamp() for commit in commits] == [1500000000, 1400000000, 0]
    assert all(commit.at.tzinfo is UTC for commit in commits)


def test_names_and_messages_in_an_older_encoding_are_read_as_it_says(repository: Repository) -> None:
    repository.commit(
        {"a.md": "a"},
        author="Jürgen <j@example.org>".encode("latin-1"),
        message="Größer".encode("latin-1"),
        encoding="ISO-8859-1",
    )

    (commit,) = commits_of(repository)

    assert (commit.author_name, commit.message) == ("Jürgen", "Größer")


def test_bytes_that_are_no_text_in_names_and_messages_do_not_stop_the_reading(repository: Repository) -> None:
    repository.commit({"a.md": "a"}, author=b"J\xfcrgen <j@example.org>", message=b"Gr\xf6\xdfer")

    (commit,) = commits_of(repository)

    assert (commit.author_name, commit.message) == ("J�rgen", "Gr��er")


@pytest.mark.parametrize(
    "name",
    [
        "tab\there.md",
        "line\nbreak.md",
        ":100644 100644 A.md",
        "quotes \"and\" 'such'.md",
        "back\\slash.md",
        " spaces  around .md",
        "-dash.md",
        unicodedata.normalize("NFD", "Müller é.md"),
        "日本語/ページ.md",
        "emoji 🦆.md",
    ],
)
def test_unusual_names_arrive_unchanged(repository: Repository, name: str) -> None:
    repository.commit({name: lines(9)})
    repository.commit({name: None, f"moved {name}": lines(9)})

    changes = [change for commit in commits_of(repository) for change in commit.changes]

    assert [(change.kind, change.old_path, change.path) for change in changes] == [
        ("write", None, name),
        ("move", name, f"moved {name}"),
    ]


def test_a_name_that_is_not_utf8_is_reported_and_moving_there_and_back_loses_nothing_else(
    repository: Repository,
) -> None:
    repository.commit({"good.md": lines(9), "other.md": "o"})
    bad = repository.commit({"good.md": None, b"b\xe4d.md": lines(9)})
    repository.commit({b"b\xe4d.md": None, "good again.md": lines(9)})
    repository.commit({b"gone \xff.md": "x"})
    repository.commit({b"gone \xff.md": None})

    commits = commits_of(repository)

    assert [(change.kind, change.path) for commit in commits[1:] for change in commit.changes] == [
        ("delete", "good.md"),
        ("write", "good again.md"),
    ]
    reported = [one for commit in commits for one in commit.unreadable]
    assert [(one.path, one.reason) for one in reported] == [
        ("b\\xe4d.md", Reason.NAME_NOT_UTF8),
        ("gone \\xff.md", Reason.NAME_NOT_UTF8),
    ]
    assert reported[0].commit == bad


def test_symlinks_and_submodules_are_reported_by_name_and_leave_the_page_as_it_was(repository: Repository) -> None:
    repository.commit({"page.md": "text", "link.md": Link("page.md"), "lib": Submodule()})
    repository.commit({"page.md": Link("elsewhere.md")})
    repository.commit({"page.md": "text again", "link.md": None})

    commits = commits_of(repository)

    assert [(one.path, one.reason) for one in commits[0].unreadable] == [
        ("lib", Reason.SUBMODULE),
        ("link.md", Reason.SYMLINK),
    ]
    assert [(change.kind, change.path) for change in commits[0].changes] == [("write", "page.md")]
    assert (commits[1].changes, commits[1].unreadable[0].reason) == ((), Reason.SYMLINK)
    assert [(change.kind, change.path) for change in commits[2].changes] == [("write", "page.md")]


def test_a_repository_with_sha256_ids_is_read_as_well(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "wiki.git", object_format="sha256")
    commit = repository.commit({"a.md": "a"})

    (found,) = commits_of(repository)

    assert found.id == commit
    assert len(found.id) == 64


def test_in_a_history_without_merges_the_bookmark_is_the_commit(repository: Repository) -> None:
    for number in range(3):
        repository.commit({"a.md": str(number)})

    commits = commits_of(repository)

    assert [commit.bookmark for commit in commits] == [commit.id for commit in commits]
    assert commits_of(repository, commits[1].id) == commits[2:]
    assert commits_of(repository, commits[2].id) == []


@pytest.mark.parametrize("bookmark", ["f" * 40, "main", "--all", "0"])
def test_a_bookmark_that_is_not_on_the_branch_is_refused_with_what_to_do(repository: Repository, bookmark: str) -> None:
    repository.commit({"a.md": "a"})

    with pytest.raises(TransferError, match=r"not part of the branch main.*new space"):
        commits_of(repository, bookmark)


def test_total_counts_every_commit_and_count_those_still_to_come(repository: Repository) -> None:
    first = repository.commit({"a.md": "a"})
    repository.commit({})
    repository.commit({"a.md": "b"})

    with open_history(repository.path) as history:
        counted = (history.total, history.count(first))

    assert counted == (3, 2)


def test_a_damaged_history_ends_with_an_error_that_names_it_and_never_with_half_a_commit(
    repository: Repository,
) -> None:
    repository.commit({"a.md": "a"})
    repository.commit({"b.md": "b"})
    damaged = repository.commit({"c.md": "c"})
    tree = git("rev-parse", "main^{tree}", at=repository.path).strip()
    os.unlink(repository.path / "objects" / tree[:2] / tree[2:])

    read: list[Commit] = []
    with open_history(repository.path) as history, pytest.raises(TransferError, match="cannot read its history"):
        read.extend(history.commits())

    assert read
    assert damaged not in [commit.id for commit in read]
    assert all(commit.changes for commit in read)


def test_leaving_early_ends_git_and_removes_the_private_folder(repository: Repository, tmp_path: Path) -> None:
    for number in range(50):
        repository.commit({f"{number}.md": lines(200)})

    with open_history(repository.path) as history:
        some = history.commits()
        next(some)
        folder = history._git.home
        assert folder.is_dir()

    assert not folder.exists()
