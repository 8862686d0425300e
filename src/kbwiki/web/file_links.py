"""How links in texts lead to files, and how a text is written so that they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ..files.policy import shown_as
from ..files.queries import FileAt, FileView, files_at
from ..markup import LinkedFile, Resolved
from ..markup.quoting import markdown_ways
from ..pages.paths import written_for

if TYPE_CHECKING:
    from .visit import Visit


def linked_files(visit: Visit, connection: Connection, paths: Iterable[str]) -> Mapping[str, Resolved]:
    """How links lead to those of the paths that are files this actor may see."""
    return {
        path: _resolved(visit, file) for path, file in files_at(connection, visit.wiki.id, visit.actor, paths).items()
    }


def _resolved(visit: Visit, file: FileAt) -> Resolved:
    # With the digest in it the address is another one once the file is replaced: nobody is shown the old picture.
    href = visit.url.raw(file.path, d=file.digest.hex()[:12])
    kind = shown_as(file.media_type, file.width, file.height)
    return Resolved(href, missing=False, file=LinkedFile(kind, file.width, file.height, file.alt))


def written(file: FileView, page_path: str, alt: str | None = None) -> str:
    """What stands in the text of the page at `page_path` to show the file there, or to link to it."""
    target = written_for(file.path, "markdown", page_path or "x") or file.path
    place = markdown_ways(target, "", angled=False)[0]
    words = (file.alt if alt is None else alt) or ""
    for sign in "\\[]`*_<":
        words = words.replace(sign, f"\\{sign}")
    if shown_as(file.media_type, file.width, file.height) in ("picture", "video", "audio"):
        return f"![{words}]({place})"
    return f"[{words or file.name}]({place})"
