"""The instance folder: the one place on disk that belongs to a running demo, and the secret kept in it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

INSTANCE_VARIABLE = "KBWIKI_DEMO_INSTANCE"
_SECRET_FILE = "secret_key"  # noqa: S105 (a file name, not a secret)


def instance_folder(named: str | os.PathLike[str] | None = None) -> Path:
    """The folder to use, made if missing: the one named, else the environment's, else ``instance/demo``."""
    folder = Path(named or os.environ.get(INSTANCE_VARIABLE) or Path("instance") / "demo").resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def secret_key(folder: Path) -> str:
    """The key sessions are signed with; made once, readable by its owner only.

    Two processes that start together end up with the same key: the first to link its file wins and the
    other reads it. The file appears whole or not at all.
    """
    kept = folder / _SECRET_FILE
    if not kept.exists():
        _write_once(kept, secrets.token_hex(32))
    return kept.read_text(encoding="ascii").strip()


def _write_once(kept: Path, text: str) -> None:
    fresh = kept.with_name(f"{kept.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        os.link(fresh, kept)
    except FileExistsError:
        pass  # the other process was first; its key is the key
    finally:
        fresh.unlink()
