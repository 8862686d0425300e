"""The instance folder and the secret in it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kbwiki.demo.premises import INSTANCE_VARIABLE, instance_folder, secret_key


def test_the_secret_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    secret_key(tmp_path)

    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_the_secret_stays_the_same_from_start_to_start(tmp_path: Path) -> None:
    assert secret_key(tmp_path) == secret_key(tmp_path)


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert secret_key(tmp_path / "a") != secret_key(tmp_path / "b")


def test_many_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: secret_key(tmp_path), range(64)))

    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_the_folder_named_wins_over_the_environment_and_that_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(INSTANCE_VARIABLE, raising=False)
    assert instance_folder() == tmp_path / "instance" / "demo"

    monkeypatch.setenv(INSTANCE_VARIABLE, str(tmp_path / "environment"))
    assert instance_folder() == tmp_path / "environment"
    assert instance_folder(tmp_path / "named") == tmp_path / "named"
