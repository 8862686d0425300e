"""What the package says it has, it has: its public names, and the folders that are installed."""

from __future__ import annotations

import importlib
from configparser import ConfigParser
from dataclasses import fields
from pathlib import Path

import pytest

import kbwiki

REPOSITORY = Path(__file__).parent.parent.parent
REFERENCE = REPOSITORY / "docs" / "reference"


def test_every_public_name_can_be_imported() -> None:
    missing = [name for name in kbwiki.__all__ if not hasattr(kbwiki, name)]

    assert missing == []


def test_every_public_name_is_described_in_the_reference() -> None:
    headings = headings_of("python.md")

    undescribed = [name for name in kbwiki.__all__ if not any(f"`{name}" in line for line in headings)]

    assert undescribed == []


def test_every_setting_is_described_in_the_reference() -> None:
    headings = headings_of("settings.md")
    keys = [f"KBWIKI_{field.name.upper()}" for field in fields(kbwiki.Settings)]

    undescribed = [key for key in keys if not any(f"`{key}`" in line for line in headings)]

    assert undescribed == []


def test_setup_cfg_lists_exactly_the_folders_that_hold_code() -> None:
    setup = ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    listed = setup["options"]["packages"].split()

    assert listed == sorted(packages_below(REPOSITORY / "src") | packages_below(REPOSITORY, "migrations"))


def test_every_listed_package_can_be_imported() -> None:
    setup = ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")

    origins = {name: importlib.import_module(name).__file__ for name in setup["options"]["packages"].split()}

    assert [name for name, origin in origins.items() if origin is None] == []


def headings_of(page: str) -> list[str]:
    """The headings of a page of the reference; names are described under one each, in backquotes."""
    path = REFERENCE / page
    if not path.exists():
        pytest.skip(f"docs/reference/{page} is not written yet")
    return [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]


def packages_below(root: Path, folder: str = "kbwiki") -> set[str]:
    """Dotted names of all folders with Python files in them; the top-level migrations are kbwiki's own."""
    folders = {path.parent.relative_to(root) for path in (root / folder).rglob("*.py")}
    names = {".".join(path.parts) for path in folders}
    return names if folder == "kbwiki" else {f"kbwiki.{name}" for name in names}
