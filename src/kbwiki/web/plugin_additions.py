"""What plugins add to every screen: entries in the navigation, a stylesheet; and for administrators, what is off.

Without plugins nothing of this asks or does anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from ..hooks import Plugin
from .plugin_answers import folder_of

if TYPE_CHECKING:
    from .visit import Visit

FIELD = "kb_note"
"""The argument of an address that brings a plugin's note along, signed: nobody else can make the wiki say something."""
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in the navigation."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A note of a plugin's, as the frame shows notes."""

    text: str
    kind: str = "success"
    undo: None = None


@dataclass(frozen=True, slots=True)
class Additions:
    """All of it. `off` names what was switched off, for administrators alone."""

    entries: tuple[Entry, ...] = ()
    styles: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


NOTHING = Additions()


def additions(visit: Visit) -> Additions:
    """What plugins add to this visit's screen."""
    plugins = visit.wiki.plugins
    if not plugins.loaded:
        return NOTHING
    return Additions(_entries(visit), _styles(visit), _off(visit))


def kept_by(visit: Visit) -> tuple[Any, ...]:
    """What of plugins' additions a kept answer depends on, besides who looks."""
    plugins = visit.wiki.plugins
    return tuple((one.plugin, one.hook) for one in plugins.switches.off()) if plugins.loaded else ()


def in_place(visit: Visit, url: str) -> str:
    """An address of the wiki's as it is in this request: below where the app is, with the values that name a tenant."""
    prefix = visit.wiki.url_prefix
    if url == prefix or url.startswith(f"{prefix}/"):
        return visit.url.base + url[len(prefix) :]
    return url


def noted(visit: Visit, address: str, note: str) -> str:
    """The address with a note that is shown there, where there is one and something to sign it with."""
    inside = address == visit.url.base or address.startswith(f"{visit.url.base}/")
    if not note or not current_app.secret_key or not inside:
        return address
    before, mark, fragment = address.partition("#")
    joined = "&" if urlsplit(before).query else "?"
    signed = _serializer().dumps([visit.wiki.name, visit.actor.id, note])
    return f"{before}{joined}{urlencode({FIELD: signed})}{mark}{fragment}"


def note_of(visit: Visit) -> tuple[Told, ...]:
    """The note that this address brings along, for whom it was meant, in the first minute."""
    signed = visit.request.args.get(FIELD)
    if not signed or not current_app.secret_key:
        return ()
    try:
        wiki, actor, said = _serializer().loads(signed, max_age=_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return ()
    return (Told(str(said)),) if (wiki, actor) == (visit.wiki.name, visit.actor.id) else ()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kbwiki-plugin-note")


def _entries(visit: Visit) -> tuple[Entry, ...]:
    plugins, groups = visit.wiki.plugins, visit.actor.effective_groups
    if not plugins.uses("navigation"):
        return ()
    shown = []
    for one in plugins.declared("navigation"):
        item = one.value
        if not item.groups or groups & {*item.groups, visit.settings.admin_group}:
            url = in_place(visit, item.url)
            shown.append(Entry(item.label, url, url == visit.request.script_root + visit.request.path))
    return tuple(shown)


def _styles(visit: Visit) -> tuple[str, ...]:
    plugins = visit.wiki.plugins
    there = [(one.name, digest) for one in plugins.loaded if (digest := style_of(type(one.plugin)))]
    return tuple(
        f"{visit.url('plugin_static', id=name, filename=_file(name))}?v={digest}"
        for name, digest in there
        if not plugins.switches.is_off(name, "")
    )


def style_of(kind: type[Plugin]) -> str:
    """The digest of the plugin's stylesheet, `kb-x-<plugin>.css` among its static files; '' where there is none."""
    folder = folder_of(kind, kind.static)
    return _digest(folder / _file(kind.name)) if folder is not None else ""


@lru_cache(maxsize=100)
def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""


def _file(plugin: str) -> str:
    return f"kb-x-{plugin}.css"


def _off(visit: Visit) -> tuple[str, ...]:
    """What kbwiki switched off after failures, as far as is known in memory."""
    if visit.settings.admin_group not in visit.actor.groups:
        return ()
    plugins = visit.wiki.plugins
    known = {one.name for one in plugins.loaded}
    return tuple(
        f"{one.plugin} ({one.hook})" if one.hook else one.plugin
        for one in plugins.switches.off()
        if not one.by and one.plugin in known
    )
