"""From what a plugin's view gives to what can be sent: all of it in the plugin's own time, checked before it leaves.

`Ready` is the answer as bytes or cleaned HTML, so that nothing of a plugin's runs while the response is made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from ..hooks import Asking, Go, Json, Plugin, Raw, Screen
from ..hooks.checking import is_harmless
from .plugin_html import clean_screen

MOST_HTML = 1_000_000
MOST_BYTES = 20_000_000
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+(?:; ?charset=[a-z0-9-]+)?")


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that needs no plugin any more: HTML for the frame, bytes, or an address to go to."""

    status: int
    title: str = ""
    html: str = ""
    body: bytes | None = None
    media_type: str = ""
    file_name: str = ""
    go: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a request was: the wiki's `prefix` as plugins know it, its `base` as the visitor does, and the host."""

    prefix: str
    base: str
    host: str


def answering(plugin: Plugin, view: Callable[[Asking], object], where: Where) -> Callable[[Asking], Ready]:
    """The view as a function from a request to an answer that is ready; what is wrong with its answer it raises."""

    def answer(asking: Asking) -> Ready:
        given = view(asking)
        if isinstance(given, Screen):
            return _screen(plugin, given, where)
        if isinstance(given, Json):
            return Ready(_status(given.status), body=json.dumps(given.body).encode(), media_type="application/json")
        if isinstance(given, Raw):
            return _raw(given)
        if isinstance(given, Go):
            return Ready(303, go=_address_within(given.url, where.host), note=given.note[:300])
        raise TypeError(f"{type(given).__name__} where a Screen, Raw, Json or Go is expected")

    return answer


def _screen(plugin: Plugin, given: Screen, where: Where) -> Ready:
    html = _rendered(plugin, given) if given.template else given.html
    if not isinstance(html, str) or len(html) > MOST_HTML:
        raise ValueError(f"a screen is a text of at most {MOST_HTML} characters")
    cleaned = clean_screen(html, plugin.name, where.prefix, where.base)
    return Ready(_status(given.status), title=given.title[:300], html=cleaned)


def _rendered(plugin: Plugin, given: Screen) -> str:
    environment = _environment(plugin.name, folder_of(type(plugin), plugin.templates))
    facts = {str(name): _plain(value) for name, value in given.facts.items()}
    return environment.get_template(given.template).render(facts, say=plugin.say, route=plugin.site.route)


@lru_cache(maxsize=100)
def _environment(plugin: str, folder: Path | None) -> Environment:
    """An environment of the plugin's own, with its templates alone: nothing of the host's is in it or touched."""
    loaders = {f"kbwiki_x_{plugin}": FileSystemLoader(folder)} if folder is not None else {}
    return Environment(loader=PrefixLoader(loaders), autoescape=True, undefined=StrictUndefined)


def folder_of(kind: type[Plugin], name: str) -> Path | None:
    """A folder beside the module of a plugin; None where it names none, or none is there."""
    file = getattr(import_module(kind.__module__), "__file__", None)
    folder = Path(file).parent / name if file and name else None
    return folder if folder is not None and folder.is_dir() else None


def _plain(value: object) -> Any:
    """The same as values a template can do nothing with but show. Errors: TypeError."""
    if value is None or type(value) in (str, int, float, bool) or isinstance(value, date):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    raise TypeError(f"a template gets plain values, and no {type(value).__name__}")


def _raw(given: Raw) -> Ready:
    if type(given.body) is not bytes or len(given.body) > MOST_BYTES:
        raise ValueError(f"a raw answer is at most {MOST_BYTES} bytes")
    if not _MEDIA_TYPE.fullmatch(given.media_type.lower()):
        raise ValueError(f"{given.media_type!r} is no media type")
    name = re.sub(r"[\x00-\x1f\x7f/\\\"]", "_", given.file_name)[:200]
    return Ready(_status(given.status), body=given.body, media_type=given.media_type.lower(), file_name=name)


def _status(status: int) -> int:
    if type(status) is not int or not 200 <= status < 500 or 300 <= status < 400:
        raise ValueError(f"{status!r} where a status between 200 and 299 or 400 and 499 is expected")
    return status


def _address_within(url: str, host: str) -> str:
    """The address, which must be one of this host: nobody is sent elsewhere in the wiki's name. Errors: ValueError."""
    parts = urlsplit(url)
    if not is_harmless(url) or parts.scheme == "mailto" or (parts.netloc and parts.netloc != host):
        raise ValueError(f"it leads to {url[:200]!r}, which is not on this host")
    return url
