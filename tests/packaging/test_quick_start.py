"""README's quick start, done by somebody who has nothing: from installing to the first page, in what it says."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from tests.docs.reading import blocks_of
from tests.packaging.conftest import REPOSITORY, Distributions, Install, environment_of_a_stranger, run

pytestmark = pytest.mark.packaging
README = REPOSITORY / "README.md"


def commands() -> list[str]:
    """What is to be typed, from the block that installs kbwiki."""
    (block,) = [one.text for one in blocks_of(README, "console") if "pip install kbwiki" in one.text]
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


def app() -> str:
    """The app of the quick start."""
    return blocks_of(README, "python")[0].text


def test_it_takes_at_most_three_commands_and_five_lines_in_the_host() -> None:
    lines = [line for line in app().splitlines() if "kbwiki" in line.lower()]

    assert len(commands()) <= 3
    assert len(lines) <= 5


@contextmanager
def served(programs: Path, folder: Path, command: str) -> Iterator[str]:
    """The app as the command serves it, at a port that is free; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [*shlex.split(command), "--port", str(port)]
    server = subprocess.Popen(
        [programs / "python", "-m", *words],
        cwd=folder,
        env=environment_of_a_stranger(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def opened(browser: OpenerDirector, address: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
    """Status and text; waits until the server has started, which compiles everything first."""
    sent = urlencode(fields).encode() if fields else None
    for _ in range(1200):
        try:
            with browser.open(address, sent) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except URLError:
            time.sleep(0.1)
    pytest.fail(f"{address} did not answer")


def test_the_first_page_is_written_and_read(distributions: Distributions, install: Install, tmp_path: Path) -> None:
    programs = install(distributions.wheel)
    (tmp_path / "app.py").write_text(app(), "utf-8")
    *installing, serving = commands()
    for command in installing:  # the wheel stands for what an index would give
        words = [str(distributions.wheel) if word == "kbwiki" else word for word in shlex.split(command)[1:]]
        run(sys.executable, "-m", "pip", "--python", programs / "python", *words, cwd=tmp_path)

    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with served(programs, tmp_path, serving) as host:
        status, empty = opened(browser, f"{host}/wiki/")
        form = opened(browser, f"{host}/wiki/-/new?path=home")[1]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        fields = {**hidden, "path": "home", "title": "Home", "text": "It **works**.", "action": "save"}
        opened(browser, f"{host}/wiki/-/new", fields)
        written = opened(browser, f"{host}/wiki/")

    assert (status, "The first page is still empty" in empty) == (404, True)
    assert (written[0], "It <strong>works</strong>." in written[1]) == (200, True)
