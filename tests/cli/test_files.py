"""Files on the command line: listed, added, fetched byte for byte, checked and pruned."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from kbwiki import ANONYMOUS, KBWiki
from kbwiki.testing import open_reviews


@pytest.fixture
def cli(sqlite_url: str, tmp_path: Path) -> Iterator[FlaskCliRunner]:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url, KBWIKI_FILES_FOLDER=str(tmp_path / "files"))
    wiki = KBWiki(url_prefix="/wiki").init_app(app, actor=lambda: ANONYMOUS)
    yield app.test_cli_runner()
    wiki.close()


def test_a_file_goes_in_and_comes_out(cli: FlaskCliRunner, tmp_path: Path) -> None:
    source, target = tmp_path / "plan.txt", tmp_path / "out.txt"
    who = ["--actor", "ann", "--in-group", "staff"]

    def run(*words: str) -> tuple[int, str]:
        done = cli.invoke(args=["kbwiki", "files", *words])
        return done.exit_code, done.output

    source.write_bytes(b"one\r\n")
    assert run("add", str(source), "hr/plan.txt", "--alt", "The plan", *who) == (0, "hr/plan.txt\t1\n")
    source.write_bytes(b"two\r\n")
    refused = run("add", str(source), "hr/plan.txt", *who)
    assert (refused[0], "already" in refused[1]) == (1, True)
    assert run("add", str(source), "hr/plan.txt", "--replace", *who) == (0, "hr/plan.txt\t2\n")
    assert run("list") == run("list", "--below", "hr") == (0, "hr/plan.txt\t5\ttext/plain\t2\n")
    assert run("list", "--below", "other") == (0, "")
    assert run("get", "hr/plan.txt", str(target))[0] == 0
    assert target.read_bytes() == b"two\r\n"
    assert run("get", "hr/plan.txt", str(target))[0] == 1
    assert run("get", "hr/none.txt", "-")[0] == 1
    assert run("check") == (0, "2 whole\n")
    wiki = cli.app.extensions["kbwiki"]["main"].wiki
    assert [one.path for one in open_reviews(wiki)] == ["hr/plan.txt"]

    spoken_of, alone = (wiki.files.keep(BytesIO(data)) for data in (b"two\r\n", b"alone"))
    assert run("check") == (0, f"2 whole\norphans\t{alone.digest.hex()}\n")
    assert run("prune") == (0, "0 removed\n")
    os.utime(wiki.files.store.place(alone.digest), (0, 0))
    assert run("prune", "--dry-run") == (0, f"{alone.digest.hex()}\n")
    assert run("prune") == (0, "1 removed\n")
    wiki.files.store.place(spoken_of.digest).write_bytes(b"Two\r\n")
    assert run("check") == (1, f"1 whole\ndamaged\t{spoken_of.digest.hex()}\n")
