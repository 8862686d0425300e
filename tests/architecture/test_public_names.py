"""What the package says it has, it has: its public names, and the folders that are installed."""

from __future__ import annotations

import importlib
from configparser import ConfigParser
from pathlib import Path

import kbwiki

REPOSITORY = Path(__file__).parent.parent.parent


def test_every_public_name_can_be_imported() -> None:
    missing = [name for name in kbwiki.__all__ if not hasattr(kbwiki, name)]

    assert missing == []


def test_every_public_name_is_described_in_the_reference() -> None:
    lines = (REPOSITORY / "docs" / "reference" / "python.md").read_text("utf-8").splitlines()
    headings = [line for line in lines if line.startswith("#")]

    undescribed = [name for name in kbwiki.__all__ if not any(f"`{name}" in line for line in headings)]

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


def packages_below(root: Path, folder: str = "kbwiki") -> set[str]:
    """Dotted names of all folders with Python files in them; the top-level migrations are kbwiki's own."""
    folders = {path.parent.relative_to(root) for path in (root / folder).rglob("*.py")}
    names = {".".join(path.parts) for path in folders}
    return names if folder == "kbwiki" else {f"kbwiki.{name}" for name in names}
