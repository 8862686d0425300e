"""`python -m kbwiki.demo`: it serves, says where, and says kindly why not."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kbwiki.demo.__main__ import ADDRESS_REFUSED


@contextmanager
def serving(instance: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo as a process, with the address it says it is open at."""
    command = [sys.executable, "-m", "kbwiki.demo", "--port", "0", "--instance", str(instance), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"http://\S+", line):
                yield process, found[0]
                return
        raise AssertionError(said)
    finally:
        process.kill()
        process.communicate()


def test_it_says_where_it_is_open_and_answers_there(instance: Path) -> None:
    with serving(instance) as (_, address), urllib.request.urlopen(address) as response:
        page = response.read().decode()

    assert address.startswith("http://127.0.0.1:")
    assert "Who are you today?" in page


def test_it_ends_politely_when_asked_to(instance: Path) -> None:
    with serving(instance) as (process, _):
        process.send_signal(signal.SIGTERM)
        said, complaints = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Closed." in said
    assert complaints == ""


def test_a_port_in_use_is_told_in_one_line_before_anything_is_done(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "kbwiki.demo",
            "--port",
            str(port),
            "--instance",
            str(tmp_path / "new"),
        ]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == ADDRESS_REFUSED
    assert ended.stderr.startswith(f"Port {port} on 127.0.0.1 is in use")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()
