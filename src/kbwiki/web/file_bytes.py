"""The bytes of files, served so that nothing in them runs.

Three locks, each enough by itself: the type is what the bytes are and is not guessed again (nosniff), what could run is
sent as a download, and a policy forbids everything. A host may replace the policy, and the other two still hold.
"""

from __future__ import annotations

import logging

from flask import Response, send_file

from ..errors import Busy, NotFound
from ..files.queries import FileView, files_at, find_file, get_any_file, get_version
from ..files.smaller import smaller
from ..files.sniffing import IN_PLACE, PDF, SOMETHING, SVG
from .forms import number
from .visit import Visit
from .words import kb_t

log = logging.getLogger("kbwiki.web")

_SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""For PDF: browsers show none in a sandbox. Theirs is a viewer that knows nothing of the site."""


def raw(visit: Visit, path: str) -> Response:
    """A file as it came, byte for byte; `v` names a version, `width` asks for a smaller picture, `download` to keep."""
    file = _asked(visit, path)
    if file is None:
        moved = files_at(visit.connection, visit.wiki.id, visit.actor, [path]).get(path)
        if moved is None:
            raise NotFound("file", path)
        return visit.go(visit.url.raw(moved.path))
    if file.digest is None:
        raise NotFound("version of a file", str(file.number))
    visit.close()  # a long download keeps no connection
    return _sent(visit, file, file.digest)


def _asked(visit: Visit, path: str) -> FileView | None:
    version = visit.request.args.get("v", type=number)
    if version is None:
        return find_file(visit.connection, visit.wiki.id, path, visit.actor)
    file = get_any_file(visit.connection, visit.wiki.id, path, visit.actor)
    return get_version(visit.connection, visit.wiki.id, file.id, version, visit.actor)


def _sent(visit: Visit, file: FileView, digest: bytes) -> Response:
    store, media_type = visit.wiki.files.store, file.media_type
    place, mark = store.place(digest), digest.hex()
    width = visit.request.args.get("width", type=number)
    if width is not None and file.is_picture:
        small = smaller(store, digest, media_type, file.width * file.height, width)
        if small is not None:
            place, media_type, mark = small, "image/webp", f"{mark}-{width}"
    in_place = media_type in IN_PLACE and "download" not in visit.request.args
    try:
        response = send_file(
            place,
            mimetype=media_type if in_place or media_type == SVG else SOMETHING,
            as_attachment=not in_place,
            download_name=file.name,
            etag=mark,
            conditional=True,
        )
    except FileNotFoundError as error:
        log.error("The bytes of %s (%s) are not in the folder for files.", file.path, mark)
        raise Busy(kb_t("The contents of this file are not to be had just now. Please try again later.")) from error
    _guard(response, media_type if in_place else "")
    return response


def _guard(response: Response, shown: str) -> None:
    response.headers.pop("Last-Modified", None)  # when bytes arrived first says what else there is
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _VIEWER if shown == PDF else _SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-site"
    response.headers["Referrer-Policy"] = "no-referrer"
