"""Real databases for the tests: a PostgreSQL server of our own, and migrated templates copied for every test.

Nothing here knows pytest, so that benchmarks and the race tests' child processes can use it as well.
"""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.used_again import Copy

SERVER_VARIABLE = "KBWIKI_TEST_POSTGRESQL"
"""Names a running server (a SQLAlchemy URL of a role that may create databases); else we start our own."""

PACKAGED = "/usr/lib/postgresql"
"""Where Debian puts the servers, one folder a version, and none of them in PATH."""

_ROLE = "kbwiki"
_ROOM_IN_MEMORY = 1 << 30  # bytes free below which a memory file system is no place for a server
_SERVER_PROGRAMS = ("initdb", "pg_ctl", "postgres")

# Everything that only costs time when the machine may lose power at any moment and nobody would mind.
_FORGETFUL = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",  # without statistics, small tables seem large enough for it
    "max_wal_senders": "0",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}
_ALWAYS = {"listen_addresses": "", "max_connections": "200", "shared_buffers": "64MB", "timezone": "UTC"}

# One shell owns the server from initdb to the last file. It holds the read end of a pipe, and the end of that
# pipe is the order to stop: it comes when we close it, and just the same when we are killed.
_KEEPER = """
trap 'rm -rf "$folder"' EXIT
"$programs/initdb" --pgdata="$folder/cluster" --no-sync --auth=trust --username="$role" \
    --encoding=UTF8 --locale=C.UTF-8 >"$folder/log" 2>&1 &&
"$programs/pg_ctl" start --wait --silent --timeout=60 --pgdata="$folder/cluster" --log="$folder/log" \
    --options="$settings" >>"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
echo ready
read -r _
"$programs/pg_ctl" stop --silent --mode=immediate --pgdata="$folder/cluster" >/dev/null 2>&1
"""
_WATCHER = 'read -r _; rm -rf "$folder"'


class PostgresqlMissing(Exception):
    """No PostgreSQL can be had here; the text says what was looked for, or what the server said."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running PostgreSQL server in which databases may be made and dropped at will."""

    url: URL
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def create_database(self, template: str = "template1") -> URL:
        """Make a database of a new name, a copy of ``template``, and return its address.

        Nobody may be connected to the template. About 15 ms where the server's files are in memory.
        """
        name = f"kbwiki_test_{os.getpid()}_{next(self._numbers)}"
        with self._administration() as connection:
            # Copying the files beats writing 7 MB through the log; before version 15 it is the only way.
            by_files = " STRATEGY file_copy" if connection.info.server_version >= 150000 else ""
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}" + by_files).format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self.url.set(database=name)

    def drop_database(self, url: URL) -> None:
        """Drop the database, whoever is still connected to it."""
        with self._administration() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_database_name(url)))

    def freeze(self, url: URL) -> str:
        """Close the database for good, so that it can serve as a template, and return its name."""
        with self._administration() as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(_database_name(url)))
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (url.database,)
            )
        assert url.database is not None
        return url.database

    @contextmanager
    def _administration(self) -> Iterator[psycopg.Connection]:
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with closing(psycopg.connect(address, autocommit=True)) as connection:
            yield connection


def _database_name(url: URL) -> sql.Identifier:
    assert url.database is not None
    return sql.Identifier(url.database)


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Lend the server that KBWIKI_TEST_POSTGRESQL names, else a private one that lives as long as the block.

    The private server listens on a Unix socket alone: a free port could be taken by another worker before the
    server binds it, and nothing else on the machine should reach a server that trusts everybody. It stops and
    its files vanish when the block is left and also when this process is killed. It forgets what it was told
    if the machine loses power; ``durable=True`` starts one with PostgreSQL's own defaults instead, on disk.
    Raises PostgresqlMissing. About 0.7 s.
    """
    named = os.environ.get(SERVER_VARIABLE)
    if named and not durable:
        yield PostgresServer(make_url(named).set(drivername="postgresql+psycopg"))
        return
    programs, account = _server_programs(), _server_account()
    folder = _server_folder(account, in_memory=not durable)
    keeper = _start_keeper(programs, account, folder, _ALWAYS if durable else _ALWAYS | _FORGETFUL)
    try:
        yield PostgresServer(
            URL.create("postgresql+psycopg", username=_ROLE, database="postgres", query={"host": str(folder)})
        )
    finally:
        # A line, not only the end of the pipe: a child that a test forked and left may hold it open too.
        keeper.communicate("stop\n")


def _start_keeper(
    programs: Path, account: pwd.struct_passwd | None, folder: Path, settings: dict[str, str]
) -> subprocess.Popen[str]:
    options = {"unix_socket_directories": str(folder), **settings}
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER],
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "programs": str(programs),
            "folder": str(folder),
            "role": _ROLE,
            "settings": " ".join(f"-c {name}='{value}'" for name, value in options.items()),
        },
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # an interrupt from the keyboard is for us; the keeper stops after us
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    assert keeper.stdout is not None
    if keeper.stdout.readline() != "ready\n":
        said = keeper.communicate()[0]
        raise PostgresqlMissing(f"the server in {programs} did not start: {said.strip()}")
    return keeper


def _server_programs() -> Path:
    """The folder with the server's programs: the first complete one in PATH, else Debian's newest."""
    in_path = [Path(folder) for folder in os.get_exec_path()]
    packaged = Path(PACKAGED).glob("[1-9]*/bin")
    newest_first = sorted(packaged, key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in (*in_path, *newest_first):
        if all(os.access(folder / program, os.X_OK) for program in _SERVER_PROGRAMS):
            return folder
    raise PostgresqlMissing(
        f"no folder in PATH and no {PACKAGED}/*/bin has {', '.join(_SERVER_PROGRAMS)};"
        f" install PostgreSQL, or name a running server in {SERVER_VARIABLE}"
    )


def _server_account() -> pwd.struct_passwd | None:
    """The account to run the server as when we are root, which initdb refuses; else None."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresqlMissing("PostgreSQL refuses to run as root, and there is no user postgres") from None


def _server_folder(account: pwd.struct_passwd | None, *, in_memory: bool) -> Path:
    """A new folder of the account's, in memory if there is room: a database is copied in 12 ms, not 80."""
    folder = Path(tempfile.mkdtemp(prefix="kbwiki-pg-", dir=_memory() if in_memory else None))
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _memory() -> Path | None:
    """Where files are kept in memory, if there is such a place with room in it."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ROOM_IN_MEMORY
    return memory if roomy else None


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Lend a folder in memory if there is room, else on disk; it vanishes with the block, or with us if killed.

    A commit to an SQLite file waits for the disk, about 12 ms that prove nothing in most tests.
    """
    folder = tempfile.mkdtemp(prefix="kbwiki-tests-", dir=_memory())
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", _WATCHER],
        env={"PATH": os.defpath, "folder": folder},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield Path(folder)
    finally:
        watcher.communicate("stop\n")


Migrate = Callable[[str], None]
"""Brings the database at an address to the newest version and leaves no connection behind."""


@dataclass(slots=True)
class SqliteTemplate:
    """An SQLite file migrated once; every copy of it is a database of its own."""

    path: Path
    migrate: Migrate
    _ready: bool = False

    def copy_to(self, path: Path) -> str:
        """Write a migrated, otherwise empty database to ``path`` and return its address."""
        if not self._ready:
            self.migrate(sqlite_address(self.path))
            with closing(sqlite3.connect(self.path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._ready = True
        shutil.copyfile(self.path, path)
        return sqlite_address(path)


@dataclass(slots=True)
class PostgresTemplate:
    """A PostgreSQL database migrated once; every copy of it is a database of its own."""

    server: PostgresServer
    migrate: Migrate
    _name: str | None = None
    _spare: list[Copy] = field(default_factory=list, repr=False)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Lend the address of a migrated, otherwise empty database that nobody has and nobody keeps."""
        if self._name is None:
            self._name = self._build()
        copy = self._spare.pop() if self._spare else Copy(self.server.create_database(self._name))
        try:
            yield copy.url.render_as_string(hide_password=False)
        finally:
            if copy.is_new_again():
                self._spare.append(copy)
            else:
                self._drop(copy)

    def drop(self) -> None:
        """Drop the template and its copies, which matters only on a server that outlives us."""
        while self._spare:
            self._drop(self._spare.pop())
        if self._name is not None:
            self.server.drop_database(self.server.url.set(database=self._name))

    def _drop(self, copy: Copy) -> None:
        copy.close()
        self.server.drop_database(copy.url)

    def _build(self) -> str:
        url = self.server.create_database()
        self.migrate(url.render_as_string(hide_password=False))
        return self.server.freeze(url)


def sqlite_address(path: Path) -> str:
    """The address of the SQLite file at an absolute path."""
    return f"sqlite:///{path}"
