"""Load over HTTP: a server with two workers, four connections, the floor and the target in turn."""

from __future__ import annotations

import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

WORKERS = 2
CONNECTIONS = 4
ROUNDS = 3
SECONDS = 2.0


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The bench host on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}",
            "--log-level", "error", "tests.bench.host:create_app()",
        ],
        env={**os.environ, "KBWIKI_BENCH_FOLDER": str(folder)},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int) -> None:
    """Until the server answers; it takes connections before its workers have loaded the app."""
    for _ in range(300):
        try:
            if b" 200 " in _ask(port, "/floor/1", "reader")[:20]:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The bench server did not start.")


def _ask(port: int, path: str, actor: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\nX-Actor: {actor}\r\n\r\n"
        connection.sendall(request.encode())
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def _client(port: int, paths: Sequence[str], actor: str, until: float, out: multiprocessing.Queue[int]) -> None:
    done = 0
    while time.monotonic() < until:
        answer = _ask(port, paths[done % len(paths)], actor)
        if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            raise RuntimeError(f"{paths[done % len(paths)]} answered {answer[:60]!r}")
        done += 1
    out.put(done)


def rate(port: int, paths: Sequence[str], actor: str, seconds: float = SECONDS) -> float:
    """Requests a second over the connections, each going through its own part of the paths."""
    out: multiprocessing.Queue[int] = multiprocessing.Queue()
    until = time.monotonic() + seconds
    clients = [
        multiprocessing.Process(target=_client, args=(port, paths[one::CONNECTIONS], actor, until, out))
        for one in range(CONNECTIONS)
    ]
    started = time.monotonic()
    for client in clients:
        client.start()
    total = sum(out.get(timeout=seconds + 60) for _ in clients)
    for client in clients:
        client.join()
    return total / (time.monotonic() - started)


def _warm(port: int, paths: Sequence[str], actor: str) -> None:
    """Ask for everything a few times, so that every worker has loaded, compiled and rendered what it needs."""
    for _ in range(3 * WORKERS):
        rate(port, paths, actor, seconds=0.5)
    for path in paths:
        _ask(port, path, actor)


def compare(port: int, target: Sequence[str], floor: Sequence[str], actor: str) -> tuple[float, float]:
    """The target's rate and its ratio to the floor's: medians over rounds in which both are measured in turn."""
    _warm(port, target, actor)
    rates, ratios = [], []
    for _ in range(ROUNDS):
        bare = rate(port, floor, actor)
        ours = rate(port, target, actor)
        rates.append(ours)
        ratios.append(ours / bare)
    return statistics.median(rates), statistics.median(ratios)
