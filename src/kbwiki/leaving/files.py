"""The files of an export: rows as JSON lines, and pages as Markdown under names that every file system takes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

_LONGEST_NAME = 180
_ODD = frozenset('<>:"|?*\\%/')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{one}{n}" for one in ("com", "lpt") for n in range(1, 10))})


class Lines:
    """A file of JSON lines that is being written: counts them, and knows its digest at the end."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._digest = sha256()
        self.count = 0

    def write(self, row: Mapping[str, Any]) -> None:
        """One more line."""
        line = json.dumps({name: plain(value) for name, value in row.items()}, ensure_ascii=False) + "\n"
        encoded = line.encode("utf-8", "surrogatepass")
        self._file.write(encoded)
        self._digest.update(encoded)
        self.count += 1

    def close(self) -> dict[str, Any]:
        """What the manifest says of the file."""
        self._file.close()
        return {"lines": self.count, "sha256": self._digest.hexdigest()}


def plain(value: Any) -> Any:
    """A value as JSON has it: moments in ISO 8601, bytes as hex digits."""
    if isinstance(value, datetime):
        return value.isoformat()
    return bytes(value).hex() if isinstance(value, (bytes, bytearray, memoryview)) else value


def text_of_body(body: bytes | None) -> str | None:
    """A text as it was written; None where it was redacted."""
    return None if body is None else zlib.decompress(body).decode("utf-8", "surrogatepass")


def page_file(path: str) -> str:
    """The name of the file of a page, below `pages/`: its path, with what some file system does not take encoded."""
    return "/".join(_segment(one) for one in path.split("/")) + ".md"


def folder_of_wiki(name: str) -> str:
    """The name of the folder of one wiki, one step below that of the export, whatever the wiki is called."""
    return _segment(name)


def _segment(said: str) -> str:
    name = "".join(f"%{ord(one):02X}" if one in _ODD or ord(one) < 32 else one for one in said)
    if name.startswith(".") or name.partition(".")[0].lower() in _DEVICES:
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name.encode("utf-8", "surrogatepass")) <= _LONGEST_NAME and not name.endswith((".", " ")):
        return name
    short = name.encode("utf-8", "replace")[: _LONGEST_NAME - 20].decode("utf-8", "ignore").rstrip(". ")
    return f"{short}~{sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def markdown(path: str, title: str, tags: Iterable[str], updated: datetime, text: str) -> str:
    """A page as a file: what is known of it first, between two lines of hyphens, then its text as it was written."""
    front = {"path": path, "title": title, "tags": list(tags), "updated": updated.isoformat()}
    head = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in front.items())
    return f"---\n{head}---\n{text}"
