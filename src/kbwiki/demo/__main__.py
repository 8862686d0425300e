"""``python -m kbwiki.demo``: serve the intranet on this machine."""

from __future__ import annotations

import argparse
import errno
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from flask import Flask
from werkzeug.serving import make_server

from .app import create_app
from .brands import BRANDS
from .premises import instance_folder
from .rebranded import brand_folder, create_rebranded
from .seeding import start_over

ADDRESS_REFUSED = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted. The exit status is 0, or ADDRESS_REFUSED when it cannot listen."""
    wanted = _arguments(argv)
    signal.signal(signal.SIGTERM, _stop)
    try:
        listening = _listen(wanted.host, wanted.port)
    except OSError as problem:
        _complain(wanted.host, wanted.port, problem)
        return ADDRESS_REFUSED
    with listening:
        brand = BRANDS.get(wanted.brand)
        folder = brand_folder(brand, wanted.instance) if brand else instance_folder(wanted.instance)
        if wanted.reset:
            start_over(folder)
        with suppress(KeyboardInterrupt):
            _say(f"Getting {'everything' if brand else 'the intranet'} ready in {folder} …")
            app = create_rebranded(brand, wanted.instance) if brand else create_app(folder)
            _serve(app, brand.title if brand else "Fernhill Instruments", wanted.host, listening)
        _say("Closed. What was written is kept; --reset starts over.")
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m kbwiki.demo", description="The intranet of Fernhill Instruments."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=5000, help="port, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument("--instance", type=Path, help="folder to keep everything in (default: instance/demo)")
    parser.add_argument(
        "--brand", choices=sorted(BRANDS), help="serve another host instead, which looks and speaks otherwise"
    )
    parser.add_argument("--reset", action="store_true", help="throw away what visitors did and start over")
    return parser.parse_args(argv)


def _listen(host: str, port: int) -> socket.socket:
    """The port, taken before any other work: who comes early waits, and a port in use is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _serve(app: Flask, name: str, host: str, listening: socket.socket) -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    port = listening.getsockname()[1]
    server = make_server(host, port, app, threaded=True, fd=listening.fileno())
    _say(f"{name} is open: http://{_shown(host)}:{port}/   (Ctrl+C closes it)")
    server.serve_forever()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """A polite request to end is taken like Ctrl+C."""
    raise KeyboardInterrupt


def _complain(host: str, port: int, problem: OSError) -> None:
    if problem.errno == errno.EADDRINUSE:
        another = port + 1 if port < 65_535 else 5000
        advice = f"is in use, perhaps by an earlier demo. Stop that one, or take another: --port {another}"
    else:
        advice = f"cannot be used: {problem.strerror or problem}"
    sys.stderr.write(f"Port {port} on {host} {advice}\n")


def _shown(host: str) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    return f"[{reachable}]" if ":" in reachable else reachable


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
