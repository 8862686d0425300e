"""The layout of the package holds, and every contract that holds it notices a violation."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
LAYERS = "Imports go one way"
FLASK = "Flask is known to web, api, cli, demo and testing alone"
PURE = "What decides is pure: policy, diff, merge, hunks, query and risk know neither database nor web"
MARKUP = "Markup knows no database"
WHOOSH = "Whoosh stands behind one door"

READ_ALREADY = TemporaryDirectory(prefix="kbwiki-imports-")
"""What the linter keeps of the files it has read: of a copy of the house, all but the planted one are the same."""

VIOLATIONS = [
    pytest.param("db.py", "from kbwiki import spaces", {LAYERS}, id="the ground floor imports a feature"),
    pytest.param("journal/planted.py", "from kbwiki import markup", {LAYERS}, id="neighbours meet"),
    pytest.param("pages/planted.py", "from kbwiki import wiki", {LAYERS}, id="a feature imports the wiki"),
    pytest.param("pages/planted.py", "import kbwiki.search", {LAYERS}, id="pages import search"),
    pytest.param("spaces/planted.py", "import kbwiki.pages", {LAYERS}, id="spaces import pages"),
    pytest.param("search/planted.py", "import kbwiki.moderation", {LAYERS}, id="search imports moderation"),
    pytest.param("web/planted.py", "import kbwiki.demo", {LAYERS}, id="a screen imports the demo"),
    pytest.param("demo/planted.py", "import kbwiki.testing", {LAYERS}, id="the demo imports testing"),
    pytest.param("pages/planted.py", "from kbwiki import Wiki", {LAYERS}, id="a feature uses the front door"),
    pytest.param("planted.py", "", {LAYERS}, id="a new name without a place"),
    pytest.param("pages/planted.py", "import flask", {FLASK}, id="a feature imports Flask"),
    pytest.param("wiki.py", "from werkzeug import Request", {FLASK}, id="the wiki imports Werkzeug"),
    pytest.param("spaces/planted.py", "import jinja2", {FLASK}, id="a feature imports Jinja"),
    pytest.param("moderation/policy.py", "import sqlalchemy.orm", {PURE}, id="a policy imports the database"),
    pytest.param("pages/diff.py", "import sqlalchemy", {PURE}, id="the difference imports the database"),
    pytest.param("pages/merge.py", "from kbwiki import db", {PURE}, id="the merge imports our database"),
    pytest.param("pages/hunks.py", "import sqlalchemy", {PURE}, id="the hunks import the database"),
    pytest.param("search/query.py", "import flask", {FLASK, PURE}, id="the query language imports Flask"),
    pytest.param("moderation/risk.py", "import sqlalchemy", {PURE}, id="the risk imports the database"),
    pytest.param("markup/planted.py", "import kbwiki.db", {MARKUP}, id="markup imports our database"),
    pytest.param("markup/planted.py", "import sqlalchemy", {MARKUP}, id="markup imports SQLAlchemy"),
    pytest.param("search/planted.py", "import whoosh.fields", {WHOOSH}, id="a second file imports Whoosh"),
]


def test_the_package_keeps_every_contract() -> None:
    broken, report = broken_contracts(REPOSITORY)

    assert broken == set(), report


@pytest.mark.parametrize(("module", "statement", "contracts"), VIOLATIONS)
def test_a_planted_violation_is_noticed(
    tmp_path: Path, module: str, statement: str, contracts: set[str]
) -> None:
    house = copy_of_the_house(tmp_path)
    planted = house / "src" / "kbwiki" / module
    planted.touch()
    planted.write_text(planted.read_text("utf-8") + f"\n\n{statement}\n", "utf-8")

    broken, report = broken_contracts(house)

    assert broken == contracts, report


def test_no_contract_goes_without_a_planted_violation() -> None:
    names = re.findall(r"^name = (.+)$", (REPOSITORY / ".importlinter").read_text("utf-8"), re.MULTILINE)

    assert set(names) == set().union(*(violation.values[2] for violation in VIOLATIONS))


def copy_of_the_house(folder: Path) -> Path:
    """The source and the contracts, in a folder where they may be spoilt."""
    shutil.copytree(REPOSITORY / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / ".importlinter", folder)
    return folder


def broken_contracts(house: Path) -> tuple[set[str], str]:
    """The names of the contracts that the source in ``house`` breaks, and what the linter said."""
    run = subprocess.run(
        [Path(sysconfig.get_path("scripts")) / "lint-imports", "--cache-dir", READ_ALREADY.name, "--no-logo"],
        cwd=house,
        env={"PYTHONPATH": str(house / "src"), "COLUMNS": "300"},
        capture_output=True,
        text=True,
    )
    assert "Contracts:" in run.stdout, run.stdout + run.stderr
    broken = set(re.findall(r"^(.+) BROKEN\b", run.stdout, re.MULTILINE))
    assert (run.returncode == 0) == (broken == set()), run.stdout
    return broken, run.stdout
