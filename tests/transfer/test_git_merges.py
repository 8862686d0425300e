"""Merged histories: every author keeps their commits, the end is git's tree, and a stopped reading goes on exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbwiki.transfer.git import Commit, TransferError, open_history
from tests.transfer.git_repositories import Link, Repository, git, lines


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "wiki.git")


def commits_of(repository: Repository) -> list[Commit]:
    with open_history(repository.path) as history:
        return list(history.commits())


class TestMerges:
    """Every commit keeps its author; what a merge itself decided is its own change; the end is git's tree."""

    def test_commits_of_a_side_branch_keep_their_authors_and_the_merge_adds_nothing(
        self, repository: Repository
    ) -> None:
        base = repository.commit({"a.md": "a"})
        side = repository.commit({"side.md": "s"}, author=b"Sid <s@example.org>", parents=(base,), branch="side")
        main = repository.commit({"main.md": "m"})
        merge = repository.commit({"side.md": "s"}, parents=(main, side))

        commits = commits_of(repository)

        assert [commit.id for commit in commits] == [base, main, side, merge]
        assert [(commit.author_name, [c.path for c in commit.changes]) for commit in commits[1:]] == [
            ("Ada", ["main.md"]),
            ("Sid", ["side.md"]),
            ("Ada", []),
        ]

    def test_a_page_edited_on_both_sides_ends_as_the_merge_decided(self, repository: Repository) -> None:
        base = repository.commit({"a.md": "a"})
        side = repository.commit({"a.md": "from the side"}, parents=(base,), branch="side")
        main = repository.commit({"a.md": "from main"})
        repository.commit({"a.md": "both"}, parents=(main, side))

        commits = commits_of(repository)

        assert [len(commit.changes) for commit in commits] == [1, 1, 1, 1]
        assert commits[-1].changes[0].blob == repository.tree()["a.md"]

    def test_a_merge_that_keeps_our_side_undoes_what_the_other_side_wrote(self, repository: Repository) -> None:
        base = repository.commit({"a.md": "a"})
        side = repository.commit({"a.md": "theirs", "new.md": "n"}, parents=(base,), branch="side")
        main = repository.commit({"b.md": "b"})
        repository.commit({}, parents=(main, side))

        *_, merge = commits_of(repository)

        assert [(change.kind, change.path) for change in merge.changes] == [
            ("write", "a.md"),
            ("delete", "new.md"),
        ]

    def test_a_rename_on_one_side_and_an_edit_on_the_other_come_together(self, repository: Repository) -> None:
        base = repository.commit({"a.md": lines(20)})
        side = repository.commit({"a.md": None, "b.md": lines(20)}, parents=(base,), branch="side")
        main = repository.commit({"a.md": lines(20, changed=1)})
        repository.commit({"a.md": None, "b.md": lines(20, changed=1)}, parents=(main, side))

        tree = replayed(commits_of(repository))

        assert tree == repository.tree()

    def test_two_histories_without_a_common_beginning_can_be_merged(self, repository: Repository) -> None:
        main = repository.commit({"a.md": "a"})
        other = repository.commit({"b.md": "b"}, parents=(), branch="other")
        repository.commit({"b.md": "b"}, parents=(main, other))

        commits = commits_of(repository)

        assert len(commits) == 3
        assert replayed(commits) == repository.tree()

    def test_a_page_that_the_merge_itself_moves_is_moved(self, repository: Repository) -> None:
        base = repository.commit({"a.md": lines(20)})
        side = repository.commit({"s.md": "s"}, parents=(base,), branch="side")
        main = repository.commit({"a.md": "all is new\n" * 20})
        repository.commit({"a.md": None, "b.md": lines(20), "s.md": "s"}, parents=(main, side))

        *_, merge = commits_of(repository)

        assert [(change.kind, change.old_path, change.path) for change in merge.changes] == [("move", "a.md", "b.md")]

    def test_a_page_moved_where_the_other_side_has_written_one_leaves_its_old_path(
        self, repository: Repository
    ) -> None:
        base = repository.commit({"a.md": lines(20)})
        side = repository.commit({"a.md": None, "b.md": lines(20)}, parents=(base,), branch="side")
        main = repository.commit({"b.md": "written on main"})
        repository.commit({"a.md": None, "b.md": lines(20)}, parents=(main, side))

        moved = commits_of(repository)[2]

        assert moved.id == side
        assert [(change.kind, change.path) for change in moved.changes] == [("delete", "a.md"), ("write", "b.md")]

    def test_what_cannot_be_read_on_a_side_branch_is_reported_once(self, repository: Repository) -> None:
        base = repository.commit({"a.md": "a"})
        side = repository.commit({"link.md": Link("a.md")}, parents=(base,), branch="side")
        main = repository.commit({"b.md": "b"})
        repository.commit({"link.md": Link("a.md")}, parents=(main, side))

        reported = [one.commit for commit in commits_of(repository) for one in commit.unreadable]

        assert reported == [side]

    def test_a_merge_of_which_git_could_print_only_half_is_not_handed_out(self, repository: Repository) -> None:
        base = repository.commit({"a.md": "a"})
        side = repository.commit({"lost.md": lines(20)}, parents=(base,), branch="side")
        lost = repository.tree("side")["lost.md"]
        main = repository.commit({"b.md": lines(20, changed=2)})
        repository.commit({"c.md": lines(20, changed=3)}, parents=(main, side))
        (repository.path / "objects" / lost[:2] / lost[2:]).unlink()

        read: list[str] = []
        with open_history(repository.path) as history, pytest.raises(TransferError):
            read.extend(commit.id for commit in history.commits())

        assert read == [base, main, side]

    def test_reading_that_stopped_within_a_side_branch_goes_on_within_it(self, repository: Repository) -> None:
        base = repository.commit({"a.md": "a"})
        one = repository.commit({"one.md": "1"}, parents=(base,), branch="side")
        two = repository.commit({"two.md": "2"}, branch="side")
        main = repository.commit({"main.md": "m"})
        merge = repository.commit({"one.md": "1", "two.md": "2"}, parents=(main, two))
        order = [base, main, one, two, merge]

        commits = commits_of(repository)
        with open_history(repository.path) as history:
            rest = [list(history.commits(commit.bookmark)) for commit in commits]

        assert [commit.id for commit in commits] == order
        assert [commit.bookmark for commit in commits] == [base, main, f"{main} {one}", f"{main} {two}", merge]
        assert rest == [commits[number + 1 :] for number in range(5)]


def replayed(commits: list[Commit], tree: dict[str, str] | None = None) -> dict[str, str]:
    """The tree that the changes build; every move and deletion must find what it names, every move a free place."""
    tree = {} if tree is None else tree
    for commit in commits:
        for change in commit.changes:
            if change.kind == "move":
                assert change.old_path is not None
                assert change.path not in tree
                del tree[change.old_path]
            if change.kind == "delete":
                del tree[change.path]
            else:
                assert change.blob is not None
                tree[change.path] = change.blob
    return tree


# A history as numbers: for each commit how far back its parents are (a second one makes it a merge), and the texts it
# sets. A merge's tree is its first parent's with these texts, so that merges often decide against the other side.
Plan = list[tuple[int, int | None, dict[str, int | None]]]
texts = st.dictionaries(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(0, 3)), max_size=3)
forks = st.tuples(st.integers(1, 3), st.none(), texts)
merges = st.tuples(st.integers(1, 2), st.integers(2, 4), texts)
plans = st.lists(st.one_of(forks, merges), min_size=5, max_size=10)


def grown(path: Path, plan: Plan) -> tuple[Repository, list[str]]:
    """The repository of the plan and its commits; commit n is the end of the branch called bn."""
    repository = Repository(path)
    made: list[str] = []
    for first, second, setting in plan:
        picked = [len(made) - back for back in (first, second) if back is not None]
        parents = tuple(dict.fromkeys(made[at] for at in picked if at >= 0))
        changes = {f"{name}.md": None if text is None else lines(30 + text) for name, text in setting.items()}
        made.append(repository.commit(changes, parents=parents, branch=f"b{len(made)}"))
    return repository, made


@settings(max_examples=15)
@given(plan=plans)
def test_whatever_was_merged_the_line_ends_with_gits_tree(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    repository, made = grown(tmp_path_factory.mktemp("merged") / "wiki.git", plan)

    with open_history(repository.path, branch=f"b{len(made) - 1}") as history:
        commits = list(history.commits())

    assert replayed(commits) == repository.tree(made[-1])
    assert sorted(commit.id for commit in commits) == sorted(git("rev-list", made[-1], at=repository.path).split())


@settings(max_examples=15)
@given(plan=plans, stop=st.integers(0, 9), then=st.integers(2, 9))
def test_reading_goes_on_exactly_where_it_stopped_even_when_the_branch_has_grown_since(
    tmp_path_factory: pytest.TempPathFactory,
    plan: Plan,
    stop: int,
    then: int,
) -> None:
    repository, made = grown(tmp_path_factory.mktemp("grown") / "wiki.git", plan)
    earlier = min(then, len(made) - 1)
    if made[earlier] not in git("rev-list", made[-1], at=repository.path).split():
        earlier = len(made) - 1
    with open_history(repository.path, branch=f"b{earlier}") as history:
        first = list(history.commits())[: stop + 1]

    with open_history(repository.path, branch=f"b{len(made) - 1}") as history:
        second = list(history.commits(first[-1].bookmark))
        announced = history.count(first[-1].bookmark)

    ids = [commit.id for commit in first + second]
    assert sorted(ids) == sorted(git("rev-list", made[-1], at=repository.path).split())
    assert announced == len(second)
    assert replayed(first + second) == repository.tree(made[-1])
