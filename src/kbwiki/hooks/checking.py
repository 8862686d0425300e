"""Whether what a plugin gave is what was asked for, down to each text in it.

A text is a `str` and nothing derived from it (`Markup` would be shown as it is), can be written as UTF-8, and is not
endless; an address cannot run anything.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, get_args, get_origin

MOST_CHARACTERS = 2_000_000
_ADDRESSES = ("http://", "https://", "mailto:", "#", "?")


def problem_with(value: object, wanted: Any) -> str | None:
    """What is wrong with `value` where something of the type `wanted` is expected; None when nothing is."""
    if wanted is object or wanted is Any:
        return None
    if wanted is str:
        return _problem_with_text(value)
    if isinstance(wanted, type) and is_dataclass(wanted):
        if type(value) is not wanted:
            return f"{_named(value)} where {wanted.__name__} is expected"
        return _problem_in_fields(value, wanted)
    return _problem_with_others(value, wanted)


def _problem_with_text(value: object) -> str | None:
    if type(value) is not str:
        return f"{_named(value)} where plain text (str) is expected"
    if len(value) > MOST_CHARACTERS:
        return f"a text of {len(value)} characters, where {MOST_CHARACTERS} are the most"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "a text with half a character (a lone surrogate) in it"
    return None


def _problem_in_fields(value: object, kind: type) -> str | None:
    for name, wanted in _fields_of(kind):
        given = getattr(value, name)
        said = problem_with(given, wanted)
        if said is None and name == "url" and given and not is_harmless(given):
            said = f"the address {given!r}, which is neither a path nor http, https or mailto"
        if said is not None:
            return f"{kind.__name__}.{name}: {said}"
    return None


@lru_cache(maxsize=256)
def _fields_of(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((one.name, hints[one.name]) for one in fields(kind))


def _problem_with_others(value: object, wanted: Any) -> str | None:
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin in (typing.Union, UnionType):
        problems = [problem_with(value, one) for one in parts if one is not NoneType]
        fits = (value is None and NoneType in parts) or None in problems
        return None if fits else problems[0]
    if origin is typing.Literal:
        return None if type(value) is str and value in parts else f"{value!r}, which is none of {', '.join(parts)}"
    if origin is tuple:
        if type(value) is not tuple:
            return f"{_named(value)} where a tuple is expected"
        return next((said for one in value if (said := problem_with(one, parts[0]))), None)
    if origin is Callable:
        return None if callable(value) else f"{_named(value)} where a function is expected"
    if origin in (Mapping, Sequence, Collection):
        return _problem_in_many(value, origin, parts)
    kind = origin or wanted
    right = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    right = right or (kind is float and type(value) is int)
    return None if right else f"{_named(value)} where {getattr(kind, '__name__', kind)} is expected"


def _problem_in_many(value: object, origin: Any, parts: tuple[Any, ...]) -> str | None:
    if not isinstance(value, origin) or isinstance(value, str | bytes):
        return f"{_named(value)} where a {origin.__name__.lower()} is expected"
    if isinstance(value, Mapping):
        pairs = ((problem_with(key, parts[0]) or problem_with(one, parts[1])) for key, one in value.items())
        return next((said for said in pairs if said), None)
    return next((said for one in value if (said := problem_with(one, parts[0]))), None)


def is_harmless(address: str) -> bool:
    """Whether an address is a path of this host, or http, https or mailto: nothing runs, no slashes hide a host."""
    lowered = address.strip().lower()
    if any(ord(character) < 0x20 for character in address) or "\\" in address:
        return False
    if lowered.startswith("/"):
        return not lowered.startswith("//")
    return lowered.startswith(_ADDRESSES)


def _named(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def own_copy(value: Any) -> Any:
    """The same for one plugin alone, so that whatever it does to it, nobody else sees it."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: own_copy(getattr(value, one.name)) for one in fields(value) if one.init})
    if isinstance(value, Mapping):
        return MappingProxyType({key: own_copy(one) for key, one in value.items()})
    if isinstance(value, list):
        return [own_copy(one) for one in value]
    if isinstance(value, tuple):
        return tuple(own_copy(one) for one in value)
    return value
