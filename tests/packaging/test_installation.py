"""What we ship works where nothing of ours is: wheel, sdist and editable install, each started for real."""

from __future__ import annotations

import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.conftest import REPOSITORY, Distributions, Install, run, source_files

pytestmark = pytest.mark.packaging

# A host of five lines (the import and the mount among them) behind the few that any app with Flask-Login has.
HOST = """
from flask import Flask
from flask_login import LoginManager

app = Flask(__name__)
app.secret_key = "not a secret"
login = LoginManager(app)
login.user_loader(lambda user_id: None)

from kbwiki import KBWiki
KBWiki(app, url_prefix="/wiki")
"""

# Writes a page, and prints where kbwiki and its migrations were found, what the page answers to a visitor,
# and what the stylesheets and scripts that it asks for answer.
VISIT = """
import json, re

import kbwiki
from alembic.script import ScriptDirectory
from host import app
from kbwiki.pages.actions import Edit, save_page
from kbwiki.upgrade import alembic_config

wiki = app.extensions["kbwiki"]["main"].wiki
with wiki.begin(kbwiki.SYSTEM) as tx:
    save_page(tx, Edit("first", "It **works**."))
visitor = app.test_client()
page = visitor.get("/wiki/first")
asked = re.findall(r'<(?:link|script)[^>]* (?:href|src)="(/wiki/-/[^"]+[.](?:css|js)[^"]*)"', page.text)
print(json.dumps({
    "package": kbwiki.__file__,
    "migrations": ScriptDirectory.from_config(alembic_config()).dir,
    "page": page.status_code,
    "text": "It <strong>works</strong>." in page.text,
    "asked": {address: visitor.get(address).status_code for address in asked},
}))
"""


def start_host(programs: Path, folder: Path) -> dict[str, Any]:
    """Write a host into the folder, make its tables from the command line, then write and visit a page."""
    (folder / "host.py").write_text(HOST, "utf-8")
    (folder / "visit.py").write_text(VISIT, "utf-8")
    run(programs / "python", "-m", "flask", "--app", "host", "kbwiki", "db", "upgrade", cwd=folder)
    visit: dict[str, Any] = json.loads(run(programs / "python", "visit.py", cwd=folder))
    return visit


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert held == set(source_files())


def test_the_sdist_holds_what_the_wheel_is_built_from(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}

    wanted = {path.relative_to(REPOSITORY).as_posix() for path in source_files().values()}
    assert wanted | {"setup.cfg", "pyproject.toml", "README.md", "LICENSE"} <= held


def test_a_host_starts_where_only_the_wheel_of_the_sdist_is_installed(
    distributions: Distributions, install: Install, tmp_path: Path
) -> None:
    programs = install(distributions.wheel)

    visit = start_host(programs, tmp_path)

    environment = str(programs.parent)
    assert (visit["page"], visit["text"]) == (200, True)
    assert set(visit["asked"].values()) == {200}
    assert visit["package"].startswith(environment)
    assert visit["migrations"].startswith(environment)
    run(programs / "kbwiki", "--help", cwd=tmp_path)
    run(programs / "python", "-m", "kbwiki.demo", "--help", cwd=tmp_path)


def test_the_editable_install_finds_its_migrations_beside_the_package(tmp_path: Path) -> None:
    visit = start_host(Path(sys.executable).parent, tmp_path)

    assert (visit["page"], visit["text"]) == (200, True)
    assert Path(visit["package"]) == REPOSITORY / "src" / "kbwiki" / "__init__.py"
    assert Path(visit["migrations"]).resolve() == REPOSITORY / "migrations"
