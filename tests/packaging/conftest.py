"""Built distributions and empty environments to install them into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.egg-info")


@dataclass(frozen=True, slots=True)
class Distributions:
    """What `python -m build` made: the sdist of the working tree, and the wheel of that sdist."""

    sdist: Path
    wheel: Path


def source_files() -> dict[str, Path]:
    """Every file that belongs into an installation, under its name there."""
    roots = {"kbwiki": REPOSITORY / "src" / "kbwiki", "kbwiki/migrations": REPOSITORY / "migrations"}
    return {
        f"{name}/{path.relative_to(root).as_posix()}": path
        for name, root in roots.items()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Build once, from a copy: setuptools leaves folders beside the source that the next build would find."""
    tree, built = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("built")
    for folder in ("src", "migrations"):
        shutil.copytree(REPOSITORY / folder, tree / folder, ignore=NOT_SOURCE)
    for file in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / file, tree)
    run(sys.executable, "-m", "build", "--outdir", built, tree)
    (sdist,), (wheel,) = built.glob("*.tar.gz"), built.glob("*.whl")
    return Distributions(sdist, wheel)


Install = Callable[[Path], Path]


@pytest.fixture(scope="session")
def install(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Put a distribution into an environment that has what the wheel asks for; gives the folder of its programs.

    The distribution replaces the one put there before: what the wheel asks for needs installing only once.
    """
    environment = tmp_path_factory.mktemp("environment")
    programs = environment / "bin"
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-compile")
    run(*pip, f"{distributions.wheel}[demo]")
    there = [distributions.wheel]

    def install_instead(distribution: Path) -> Path:
        if there != [distribution]:
            run(*pip, "--no-deps", "--force-reinstall", distribution)
            there[:] = [distribution]
        return programs

    return install_instead


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run the command and return what it printed; if it fails, so does the test, with all it said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment_of_a_stranger(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


def environment_of_a_stranger() -> dict[str, str]:
    """Our environment without what would let an installation find the working tree or our settings."""
    private = ("PYTHONPATH", "VIRTUAL_ENV", "FLASK_", "KBWIKI_")
    return {name: value for name, value in os.environ.items() if not name.startswith(private)}
