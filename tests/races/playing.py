"""A race between processes. They are forked from one that has imported everything, which takes more than most races."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]


def play(player: Callable[..., object], casts: Sequence[Sequence[object]], *, patience: float = 600.0) -> list[Any]:
    """Call the player once for each cast, all at the same time, each in a process of its own; what each gave back."""
    name = f"{player.__module__}:{player.__name__}"
    command = [sys.executable, "-m", "tests.races.playing", name, json.dumps([list(cast) for cast in casts])]
    played = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, timeout=patience, check=False)
    assert played.returncode == 0
    said: list[Any] = json.loads(played.stdout.splitlines()[-1])
    assert len(said) == len(casts)
    return said


def main(name: str, casts: str) -> int:
    """Start them, and print what they gave back; 1 if one of them failed, who then has said why."""
    module, function = name.split(":")
    player = getattr(import_module(module), function)
    started = [_start(player, cast) for cast in json.loads(casts)]
    said = []
    for _, given in started:
        with open(given, encoding="utf-8") as answer:
            said.append(answer.read())
    ended = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process, _ in started]
    print(f"[{','.join(said)}]", flush=True)
    return int(any(ended))


def _start(player: Callable[..., object], cast: list[object]) -> tuple[int, int]:
    """The process, and where to read what it gives back."""
    given, gives = os.pipe()
    process = os.fork()
    if process:
        os.close(gives)
        return process, given
    try:
        said = json.dumps(player(*cast))
        with open(gives, "w", encoding="utf-8") as answer:
            answer.write(said)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
