"""A repository can name programs in its settings and bring hooks along. Reading it runs none of them."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from kbwiki.transfer.git import Reason, open_history
from tests.transfer.git_repositories import Repository, git


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "wiki.git")
    repository.commit({"a.md": "a"})
    repository.commit({"b.md": "b"})
    return repository


def paths_in(source: Path) -> list[str]:
    with open_history(source) as history:
        return [change.path for commit in history.commits() for change in commit.changes]


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """A program, and the file that exists once it has run."""
    sprung = tmp_path / "sprung"
    program = tmp_path / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch '{sprung}'\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, sprung


def read_all(source: Path) -> list[str | Reason]:
    with open_history(source) as history:
        blobs = [change.blob for commit in history.commits() for change in commit.changes]
        return list(history.texts(blob for blob in blobs if blob is not None))


def test_programs_in_its_settings_attributes_and_hooks_do_not_run(tmp_path: Path, trap: tuple[Path, Path]) -> None:
    program, sprung = trap
    repository = Repository(tmp_path / "tree", bare=False)
    repository.commit({".gitattributes": "*.md diff=trap filter=trap\n", "a.md": "a\n" * 9})
    repository.commit({"a.md": None, "b.md": "a\n" * 9 + "b\n"})
    for setting in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "filter.trap.smudge",
        "filter.trap.clean",
        "filter.trap.process",
        "gpg.program",
        "pager.log",
        "uploadpack.packObjectsHook",
    ):
        git("config", setting, program, at=repository.path)
    git("config", "log.showSignature", "true", at=repository.path)
    git("config", "core.hooksPath", tmp_path / "hooks", at=repository.path)
    for folder in (tmp_path / "hooks", repository.path / ".git" / "hooks"):
        folder.mkdir(exist_ok=True)
        for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
            shutil.copy(program, folder / hook)

    texts = read_all(repository.path)

    assert texts[-1] == "a\n" * 9 + "b\n"
    assert not sprung.exists()
    git("status", at=repository.path)
    assert sprung.exists(), "the trap works for those who walk into it"


def test_content_that_is_missing_is_not_fetched_from_where_it_says(tmp_path: Path, trap: tuple[Path, Path]) -> None:
    program, sprung = trap
    repository = Repository(tmp_path / "wiki.git")
    repository.commit({"a.md": "a"})
    repository.commit({"b.md": "b"})
    blob = repository.tree()["a.md"]
    os.unlink(repository.path / "objects" / blob[:2] / blob[2:])
    settings = {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.uploadpack": str(program),
        "protocol.ext.allow": "always",
    }
    for name, value in settings.items():
        git("config", name, value, at=repository.path)

    texts = read_all(repository.path)

    assert texts == [Reason.MISSING, "b"]
    assert not sprung.exists()
    with pytest.raises(AssertionError):
        git("cat-file", "blob", blob, at=repository.path)
    assert sprung.exists(), "the trap works for those who walk into it"


def test_settings_that_change_what_git_prints_do_not_change_what_is_read(repository: Repository) -> None:
    repository.commit({"b.md": None, "c.md": "b"})
    for name, value in {
        "diff.renames": "false",
        "diff.noprefix": "true",
        "log.showRoot": "false",
        "log.follow": "true",
        "log.mailmap": "true",
        "color.ui": "always",
        "core.abbrev": "4",
        "core.quotePath": "true",
        "i18n.logOutputEncoding": "UTF-16",
    }.items():
        git("config", name, value, at=repository.path)

    with open_history(repository.path) as history:
        kinds = [change.kind for commit in history.commits() for change in commit.changes]

    assert kinds == ["write", "write", "move"]


def test_replaced_and_grafted_commits_do_not_rewrite_the_history(repository: Repository) -> None:
    tip = git("rev-parse", "main", at=repository.path).strip()
    git("replace", "--graft", tip, at=repository.path)

    assert paths_in(repository.path) == ["a.md", "b.md"]


def test_the_callers_git_variables_and_settings_do_not_reach_the_reading(
    repository: Repository, tmp_path: Path, trap: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, sprung = trap
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f"[diff]\n\texternal = {program}\n[log]\n\tshowRoot = false\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))

    assert paths_in(repository.path) == ["a.md", "b.md"]
    assert not sprung.exists()
    assert not (tmp_path / "trace").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_that_belongs_to_somebody_else_can_be_read(repository: Repository) -> None:
    for path in [repository.path, *repository.path.rglob("*")]:
        os.chown(path, 12345, 12345)

    assert paths_in(repository.path) == ["a.md", "b.md"]
