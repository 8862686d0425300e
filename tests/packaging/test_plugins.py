"""First-party plugins are packages of their own: built, installed beside kbwiki's wheel, and tried there."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.databases import PostgresServer
from tests.packaging.conftest import NOT_SOURCE, REPOSITORY, Install, environment_of_a_stranger, run

pytestmark = pytest.mark.packaging

PLUGINS = sorted(path for path in (REPOSITORY / "plugins").iterdir() if (path / "pyproject.toml").exists())
PUBLIC = (
    "kbwiki",
    "kbwiki.errors",
    "kbwiki.hooks",
    "kbwiki.hooks.outgoing",
    "kbwiki.search.engines.conformance",
    "kbwiki.search.engines.protocol",
    "kbwiki.signals",
    "kbwiki.testing",
    "kbwiki.testing.fixtures",
)
"""What plugins may import; docs/reference/hooks.md and python.md describe each."""

FOR_ENGINES = (
    "kbwiki.search.documents",
    "kbwiki.search.engines",
    "kbwiki.search.making",
    "kbwiki.search.tree",
    "kbwiki.search.weights",
    "kbwiki.search.words.analysis",
)
"""What search engines may import besides, and what is below it; docs/how-to/choose-a-search-engine.md says so."""


def imports_of(file: Path) -> set[str]:
    """The modules of kbwiki that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name for name in found if name == "kbwiki" or name.startswith("kbwiki.")}


def test_there_are_the_seven_plugins() -> None:
    assert {path.name for path in PLUGINS} >= {
        "kbwiki-diagram",
        "kbwiki-glossary",
        "kbwiki-linkcheck",
        "kbwiki-mail",
        "kbwiki-math",
        "kbwiki-tantivy",
        "kbwiki-webhooks",
    }


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_imports_nothing_that_is_not_public(plugin: Path) -> None:
    used = {name: file.name for file in plugin.rglob("*.py") for name in imports_of(file)}

    engine = "kbwiki.search_engines" in (plugin / "pyproject.toml").read_text("utf-8")
    private = {name: file for name, file in used.items() if name not in PUBLIC}
    if engine:
        below = tuple(f"{one}." for one in FOR_ENGINES)
        private = {name: file for name, file in private.items() if not f"{name}.".startswith(below)}
    assert private == {}


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A wheel of each plugin, built from a copy with the tools that are here already."""
    tree, built = tmp_path_factory.mktemp("plugins"), tmp_path_factory.mktemp("plugin-wheels")
    for plugin in PLUGINS:
        shutil.copytree(plugin, tree / plugin.name, ignore=NOT_SOURCE)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", built)
    run(*pip, *(tree / plugin.name for plugin in PLUGINS))
    return sorted(built.glob("*.whl"))


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_the_wheel_of_a_plugin_holds_every_file_of_it(wheels: list[Path], plugin: Path) -> None:
    name = plugin.name.replace("-", "_")
    (wheel,) = [one for one in wheels if one.name.startswith(f"{name}-")]
    source = plugin / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".egg-info" not in path.as_posix()
    }

    with zipfile.ZipFile(wheel) as held:
        assert {one for one in held.namelist() if ".dist-info/" not in one} == wanted


def test_every_plugin_passes_its_own_tests_where_only_wheels_are_installed(
    distributions: object, install: Install, wheels: list[Path], tmp_path: Path, postgresql: PostgresServer
) -> None:
    programs = install(distributions.wheel)  # type: ignore[attr-defined]
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-compile")
    run(*pip, "pytest", "psycopg[binary]", *wheels)
    for plugin in PLUGINS:
        shutil.copytree(plugin / "tests", tmp_path / plugin.name, ignore=NOT_SOURCE)

    address = postgresql.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [programs / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", tmp_path],
        cwd=tmp_path,
        env={**environment_of_a_stranger(), "KBWIKI_TEST_POSTGRESQL": address, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " skipped" not in done.stdout
