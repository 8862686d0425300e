"""Opening repositories, work trees and bundles: what is read, what is refused, and what a hostile one cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbwiki.errors import Invalid
from kbwiki.transfer.git import History, TransferError, open_history
from tests.transfer.git_repositories import Repository, git


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "wiki.git")
    repository.commit({"a.md": "a"})
    repository.commit({"b.md": "b"})
    return repository


def paths_in(history: History) -> list[str]:
    return [change.path for commit in history.commits() for change in commit.changes]


def opened(source: Path, branch: str | None = None) -> tuple[str, list[str]]:
    with open_history(source, branch=branch) as history:
        return history.branch, paths_in(history)


def refusal(source: Path, branch: str | None = None) -> TransferError:
    with pytest.raises(TransferError) as caught, open_history(source, branch=branch) as history:
        list(history.commits())
    return caught.value


class TestWhatCanBeRead:
    def test_a_bare_repository(self, repository: Repository) -> None:
        assert opened(repository.path) == ("main", ["a.md", "b.md"])

    def test_a_work_tree_by_its_top_folder_or_its_git_folder(self, tmp_path: Path) -> None:
        tree = Repository(tmp_path / "tree", bare=False)
        tree.commit({"a.md": "a"})
        (tree.path / "not committed.md").write_text("x")

        assert opened(tree.path) == ("main", ["a.md"])
        assert opened(tree.path / ".git") == ("main", ["a.md"])

    def test_a_second_work_tree_whose_git_is_a_file(self, tmp_path: Path) -> None:
        tree = Repository(tmp_path / "tree", bare=False)
        tree.commit({"a.md": "a"})
        git("worktree", "add", "-q", "-b", "other", tmp_path / "second", "main", at=tree.path)

        assert opened(tmp_path / "second") == ("other", ["a.md"])

    def test_a_path_with_spaces_colons_and_quotes(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / 'a "b": c' / "wiki.git")
        repository.commit({"a.md": "a"})

        assert opened(repository.path) == ("main", ["a.md"])
        assert opened(repository.bundle(tmp_path / 'x "y": z.bundle')) == ("main", ["a.md"])

    def test_a_relative_path(self, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(repository.path.parent)

        assert opened(Path("wiki.git")) == ("main", ["a.md", "b.md"])

    def test_a_bundle_of_all_branches(self, repository: Repository, tmp_path: Path) -> None:
        assert opened(repository.bundle(tmp_path / "wiki.bundle")) == ("main", ["a.md", "b.md"])

    def test_a_bundle_without_a_head_has_only_one_branch_to_choose(
        self, repository: Repository, tmp_path: Path
    ) -> None:
        assert opened(repository.bundle(tmp_path / "wiki.bundle", "main")) == ("main", ["a.md", "b.md"])

    def test_a_bundle_of_nothing_but_head(self, repository: Repository, tmp_path: Path) -> None:
        assert opened(repository.bundle(tmp_path / "wiki.bundle", "HEAD")) == ("HEAD", ["a.md", "b.md"])

    def test_a_bundle_with_sha256_ids(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "wiki.git", object_format="sha256")
        repository.commit({"a.md": "a"})

        assert opened(repository.bundle(tmp_path / "wiki.bundle")) == ("main", ["a.md"])

    def test_a_repository_that_borrows_its_objects_from_another(self, repository: Repository, tmp_path: Path) -> None:
        git("clone", "-q", "--bare", "--shared", repository.path, tmp_path / "borrower.git")

        assert opened(tmp_path / "borrower.git") == ("main", ["a.md", "b.md"])

    def test_the_source_is_not_written_to(self, repository: Repository, tmp_path: Path) -> None:
        def state() -> dict[Path, float]:
            return {path: path.stat().st_mtime_ns for path in repository.path.rglob("*")}

        before = state()
        with open_history(repository.path) as history:
            blobs = [change.blob or "" for commit in history.commits() for change in commit.changes]
            assert list(history.texts(blobs)) == ["a", "b"]

        assert state() == before


class TestWhichBranch:
    def test_the_one_that_head_names(self, repository: Repository) -> None:
        repository.commit({"c.md": "c"}, branch="other", parents=())

        assert opened(repository.path) == ("main", ["a.md", "b.md"])

    def test_the_one_that_was_asked_for(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit({"c.md": "c"}, branch="topic/other", parents=())

        assert opened(repository.path, "topic/other") == ("topic/other", ["c.md"])
        assert opened(repository.bundle(tmp_path / "b.bundle"), "topic/other") == ("topic/other", ["c.md"])

    def test_the_only_one_when_head_names_a_branch_that_does_not_exist(self, repository: Repository) -> None:
        git("symbolic-ref", "HEAD", "refs/heads/master", at=repository.path)

        assert opened(repository.path) == ("main", ["a.md", "b.md"])

    def test_a_detached_head_is_read_up_to_its_commit(self, repository: Repository) -> None:
        first = git("rev-parse", "main~1", at=repository.path).strip()
        git("update-ref", "--no-deref", "HEAD", first, at=repository.path)

        assert opened(repository.path)[1] == ["a.md"]

    def test_a_clones_remote_branch_can_be_asked_for(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit({"c.md": "c"}, branch="other", parents=())
        git("clone", "-q", "--no-checkout", repository.path, tmp_path / "clone")

        assert opened(tmp_path / "clone", "other") == ("other", ["c.md"])

    def test_an_unknown_one_is_refused_with_the_names_there_are(self, repository: Repository) -> None:
        repository.commit({"c.md": "c"}, branch="other", parents=())

        refused = refusal(repository.path, "master")

        assert refused.wrong == "there is no branch called master"
        assert refused.remedy == "It has main, other."

    def test_several_without_a_head_ask_for_a_choice(self, repository: Repository) -> None:
        repository.commit({"c.md": "c"}, branch="other", parents=())
        git("symbolic-ref", "HEAD", "refs/heads/master", at=repository.path)

        refused = refusal(repository.path)

        assert "--branch" in refused.remedy
        assert "main, other" in refused.remedy


class TestWhatIsRefused:
    """Each refusal is one of the wiki's own errors, names the source, and says what to do."""

    def test_a_path_where_nothing_is(self, tmp_path: Path) -> None:
        refused = refusal(tmp_path / "nowhere")

        assert isinstance(refused, Invalid)
        assert str(refused) == f"{tmp_path / 'nowhere'}: there is no such file or folder. Check the path."

    def test_a_folder_that_is_no_repository(self, tmp_path: Path) -> None:
        assert refusal(tmp_path).wrong == "this folder is not a git repository"

    def test_a_folder_inside_a_work_tree_rather_than_the_repository_around_it(self, tmp_path: Path) -> None:
        tree = Repository(tmp_path / "tree", bare=False)
        tree.commit({"docs/a.md": "a"})
        (tree.path / "docs").mkdir()

        assert refusal(tree.path / "docs").wrong == "this folder is not a git repository"

    def test_a_file_that_is_no_bundle(self, tmp_path: Path) -> None:
        file = tmp_path / "notes.txt"
        file.write_text("# v2 git bundle, or so")

        assert refusal(file).wrong == "this file is not a git bundle"

    def test_a_repository_without_a_commit(self, tmp_path: Path) -> None:
        assert refusal(Repository(tmp_path / "new.git").path).wrong == "it has no commits yet"

    @pytest.mark.parametrize("keep", [40, 150, -30])
    def test_a_bundle_that_was_cut_off(self, repository: Repository, tmp_path: Path, keep: int) -> None:
        bundle = repository.bundle(tmp_path / "wiki.bundle")
        bundle.write_bytes(bundle.read_bytes()[:keep])

        refused = refusal(bundle)

        assert refused.source == bundle
        assert refused.remedy

    def test_a_bundle_with_a_wrong_byte(self, repository: Repository, tmp_path: Path) -> None:
        bundle = repository.bundle(tmp_path / "wiki.bundle")
        content = bytearray(bundle.read_bytes())
        content[-30] ^= 0xFF
        bundle.write_bytes(content)

        assert "this bundle is broken" in refusal(bundle).wrong

    def test_a_bundle_that_builds_on_commits_it_does_not_contain(self, repository: Repository, tmp_path: Path) -> None:
        first = git("rev-parse", "main~1", at=repository.path).strip()

        refused = refusal(repository.bundle(tmp_path / "rest.bundle", "main", "^main~1"))

        assert first in refused.wrong
        assert "git bundle create" in refused.remedy

    def test_a_bundle_made_with_a_filter(self, repository: Repository, tmp_path: Path) -> None:
        bundle = tmp_path / "part.bundle"
        git("bundle", "create", "--quiet", bundle, "--filter=blob:none", "--all", at=repository.path)

        assert "filter" in refusal(bundle).wrong

    def test_a_bundle_whose_branch_names_a_commit_it_does_not_hold(
        self, repository: Repository, tmp_path: Path
    ) -> None:
        bundle = repository.bundle(tmp_path / "wiki.bundle", "main")
        tip = git("rev-parse", "main", at=repository.path).strip().encode()
        bundle.write_bytes(bundle.read_bytes().replace(tip + b" refs", b"1" * 40 + b" refs"))

        assert refusal(bundle).remedy

    def test_a_bundle_in_a_format_git_does_not_know(self, tmp_path: Path) -> None:
        bundle = tmp_path / "odd.bundle"
        bundle.write_bytes(b"# v3 git bundle\n@object-format=rot13\n" + b"1" * 40 + b" refs/heads/main\n\nPACK")

        assert "broken" in refusal(bundle).wrong

    def test_a_shallow_clone(self, repository: Repository, tmp_path: Path) -> None:
        git("clone", "-q", "--bare", "--depth=1", f"file://{repository.path}", tmp_path / "shallow.git")

        refused = refusal(tmp_path / "shallow.git")

        assert "shallow" in refused.wrong
        assert "--unshallow" in refused.remedy

    def test_a_partial_clone(self, repository: Repository, tmp_path: Path) -> None:
        git("config", "uploadpack.allowFilter", "true", at=repository.path)
        source = f"file://{repository.path}"
        git("clone", "-q", "--bare", "--filter=blob:none", source, tmp_path / "partial.git")

        assert "partial" in refusal(tmp_path / "partial.git").wrong

    def test_a_machine_without_git(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

        refused = refusal(repository.path)

        assert "none was found on the PATH" in refused.wrong
        assert "Install git" in refused.remedy

    def test_a_repository_with_settings_that_git_cannot_read(self, repository: Repository) -> None:
        (repository.path / "config").write_text("[core\nnonsense")

        assert refusal(repository.path).remedy
