"""Answers of plugins as they are sent: in the frame, as bytes in which nothing runs, or on to another address."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, send_from_directory

from ..errors import NotFound
from ..hooks.loading import Loaded
from .csrf import hidden_inputs
from .plugin_additions import in_place, noted
from .plugin_answers import Ready, folder_of
from .plugin_html import with_guards
from .visit import Visit
from .words import kb_t

_YEAR = 365 * 24 * 3600
_SHOWN = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain", "application/json"}
    | {"application/atom+xml", "text/css", "font/woff2"}
)
"""What a browser may show by itself. All else is saved: something in it could run."""
_SCRIPTS = ("javascript", "ecmascript", "jscript", "livescript", "wasm")


def sent(visit: Visit, loaded: Loaded, ready: Ready) -> Response:
    """The answer."""
    if ready.go:
        return visit.go(noted(visit, in_place(visit, ready.go), ready.note))
    if ready.body is not None:
        return _harmless(Response(ready.body, status=ready.status, content_type=_type(ready.media_type)), ready)
    html = with_guards(ready.html, hidden_inputs(visit.wiki.name, visit.actor, visit.mount.guards))
    response = visit.show(
        "kbwiki/plugin.html", title=ready.title or loaded.name, section="plugin", status=ready.status, html=html
    )
    visit.is_for_one_session = True
    return response


def failed(visit: Visit, plugin: str) -> Response:
    """What is said where a plugin gave nothing: with all that was written, which is its author's."""
    return _said(
        visit,
        424,
        kb_t("This part does not work at the moment"),
        kb_t("It comes from the plugin {plugin}, which failed. The [wiki] itself is not touched by it.", plugin=plugin),
    )


def not_so(visit: Visit) -> Response:
    """What is said to a method that an address does not take."""
    return _said(visit, 405, kb_t("That did not work"), kb_t("This address does not take what was sent to it."))


def static(visit: Visit, plugin: str, filename: str) -> Response:
    """A static file of a plugin; the same for everybody, so caches may share it. Errors: NotFound."""
    loaded = visit.wiki.plugins.find(plugin)
    folder = folder_of(type(loaded.plugin), loaded.plugin.static) if loaded is not None else None
    if folder is None or not (folder / filename).is_file():
        raise NotFound("screen", filename)
    response = send_from_directory(folder, filename, max_age=_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _said(visit: Visit, status: int, heading: str, text: str) -> Response:
    return visit.show(
        "kbwiki/error.html",
        title=heading,
        status=status,
        heading=heading,
        text=text,
        text_kept=_written(visit),
        action_url=visit.url("home"),
        action_label=kb_t("Go to the first [page]"),
    )


def _written(visit: Visit) -> str | None:
    """What was sent, field by field; a single field by itself."""
    if visit.request.method != "POST":
        return None
    fields = [(name, value) for name, value in visit.request.form.items(multi=True) if not name.startswith("kb_")]
    guard = visit.mount.guards.form_field()
    written = [(name, value) for name, value in fields if value.strip() and (guard is None or name != guard[0])]
    if len(written) == 1:
        return written[0][1]
    return "\n".join(f"{name}: {value}" for name, value in written) or None


def _type(media_type: str) -> str:
    """The media type, with letters that are written in UTF-8; a script is a text here."""
    if any(word in media_type for word in _SCRIPTS):
        return "text/plain; charset=utf-8"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") and ";" not in media_type else media_type


def _harmless(response: Response, ready: Ready) -> Response:
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    shown = ready.media_type.partition(";")[0] in _SHOWN or response.mimetype in _SHOWN
    if ready.file_name or not shown:
        kind = "inline" if shown else "attachment"
        name = f"; filename*=UTF-8''{quote(ready.file_name, safe='')}" if ready.file_name else ""
        response.headers["Content-Disposition"] = f"{kind}{name}"
    return response
