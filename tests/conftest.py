"""What every test may ask for: real databases, a migrated wiki, a real browser, and a place for screenshots.

What a machine lacks (PostgreSQL, Chromium) skips the tests that need it, with the reason; where CI=true it
fails them, so that a forgotten installation cannot pass for a green run.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

import hypothesis
import pytest

from tests.both_databases import left_out
from tests.compiled import share_what_is_compiled
from tests.databases import (
    PostgresqlMissing,
    PostgresServer,
    PostgresTemplate,
    SqliteTemplate,
    folder_in_memory,
    postgresql_server,
    sqlite_address,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from kbwiki.wiki import Wiki

REPOSITORY = Path(__file__).parent.parent
TOGETHER = ("tests/packaging/", "tests/demo/", "tests/transfer/test_git_corpus.py", "tests/pages/test_merge_git.py")
CHROMIUM_VARIABLE = "KBWIKI_TEST_CHROMIUM"
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET_CHROMIUM = (
    "--disable-background-networking",  # no call home: the tests' only server is on this machine
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)

# A slow machine is no bug: what an example may take is a matter for the benchmarks.
hypothesis.settings.register_profile("kbwiki", deadline=None, print_blob=True)
hypothesis.settings.load_profile("kbwiki")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what costs time there and tells nothing new, and say that it was left out."""
    out = left_out(items)
    if out:
        config.hook.pytest_deselected(items=out)
        gone = set(out)
        items[:] = [one for one in items if one not in gone]


share_what_is_compiled()

# Tests start hundreds of processes: where none may keep what is compiled, each would compile all of kbwiki anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
_SHORT_LIVED = str(Path(__file__).parent / "short_lived")  # a module that Python reads at its start; it says why
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (_SHORT_LIVED, os.environ.get("PYTHONPATH"))))


def pytest_collection_finish() -> None:
    """Leave what stays for the whole run, half a gigabyte of it, out of every search for garbage, and search rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep tests that share what takes long to make on one worker; all others go wherever there is room.

    The mark xdist_group is meant for this, but xdist 3.8 loses it with pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class KeepingTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)

    return KeepingTogether(config, log) if config.getoption("dist") == "load" else None


def missing(reason: str) -> NoReturn:
    """Skip the test for the reason, or fail it where CI=true promises that nothing is missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _migrate(address: str) -> None:
    from kbwiki.wiki import Wiki

    wiki = Wiki(url=address)
    try:
        wiki.upgrade()
    finally:
        wiki.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server: the one KBWIKI_TEST_POSTGRESQL names, else our own that forgets on a power cut."""
    yield from _lend_server(durable=False)


@pytest.fixture(scope="session")
def durable_postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server of our own that writes every commit to disk, for tests of what survives a crash."""
    yield from _lend_server(durable=True)


def _lend_server(*, durable: bool) -> Iterator[PostgresServer]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgresql_server(durable=durable))
        except PostgresqlMissing as error:
            missing(str(error))
        yield server


@pytest.fixture(scope="session")
def _postgresql_template(postgresql: PostgresServer) -> Iterator[PostgresTemplate]:
    template = PostgresTemplate(postgresql, _migrate)
    yield template
    template.drop()


@pytest.fixture(scope="session")
def _sqlite_template() -> Iterator[SqliteTemplate]:
    with folder_in_memory() as folder:
        yield SqliteTemplate(folder / "template.db", _migrate)


@pytest.fixture
def sqlite_url(_sqlite_template: SqliteTemplate) -> Iterator[str]:
    """The address of a migrated SQLite file without a page in it, the test's own, in a folder of its own.

    The file is in memory where there is room; a test that wants it on disk copies it to its tmp_path.
    """
    with TemporaryDirectory(dir=_sqlite_template.path.parent) as folder:
        yield _sqlite_template.copy_to(Path(folder) / "wiki.db")


@pytest.fixture
def postgresql_url(_postgresql_template: PostgresTemplate) -> Iterator[str]:
    """The address of a migrated PostgreSQL database without a page in it, the test's own."""
    with _postgresql_template.lend() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database without a page in it; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet."""
    return sqlite_address(tmp_path / "empty.db")


@pytest.fixture
def empty_postgresql_url(postgresql: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database without a table in it."""
    url = postgresql.create_database()
    yield url.render_as_string(hide_password=False)
    postgresql.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without a table in it; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def wiki(database_url: str) -> Iterator[Wiki]:
    """A wiki without a page in it; the test runs once on SQLite and once on PostgreSQL."""
    yield from _open_wiki(database_url)


@pytest.fixture
def sqlite_wiki(sqlite_url: str) -> Iterator[Wiki]:
    """A wiki without a page in it on SQLite, for tests to which the kind of database is all the same."""
    yield from _open_wiki(sqlite_url)


def _open_wiki(url: str) -> Iterator[Wiki]:
    from kbwiki.wiki import Wiki

    wiki = Wiki(url=url)
    yield wiki
    wiki.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole run; a test opens its own context, and so has its own cookies.

    Playwright keeps an event loop running in this thread until the run ends: no test may call asyncio.run.
    """
    from playwright.sync_api import sync_playwright

    program = _find_chromium()
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses root
    with ExitStack() as stack:
        try:
            playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=program, args=[*_QUIET_CHROMIUM, *as_root])
        except Exception as error:  # playwright says so when its driver does not even start
            missing(f"{program} cannot be started: {error}")
        yield browser
        browser.close()


def _find_chromium() -> str:
    for name in (os.environ.get(CHROMIUM_VARIABLE), *_CHROMIUM_NAMES):
        if name and (program := shutil.which(name)):
            return program
    missing(f"none of {', '.join(_CHROMIUM_NAMES)} is in PATH and {CHROMIUM_VARIABLE} names no program")


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The folder for what a run leaves to be looked at, screenshots above all; CI keeps it, git does not."""
    folder = REPOSITORY / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder
