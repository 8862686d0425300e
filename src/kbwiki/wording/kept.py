"""Sentences of ours that are stored: kept as what is said, and said anew to everybody who reads them.

A comment that the wiki writes by itself ("Undid 3") is kept as its text in the code and what is filled in, behind a
sign that nobody can type: texts of people are stored without it. What was stored as plain words is shown as it is.
"""

from __future__ import annotations

import json
import re
from typing import Any

from . import kb_t

SIGN = "\x1f"
"""What a kept sentence begins with: a control character, which is taken out of what people write."""

LONGEST = 1000
"""Characters that a kept sentence takes at most, its sign and its names included."""

_PLACE = re.compile(r"\{(\w+)\}")


class Kept(str):
    """A sentence of ours in the form it is stored in; `as_said` says it."""

    __slots__ = ()


def keep(text: str, /, **params: str | int) -> Kept:
    """The sentence as it is stored: what `kb_t` would say, said later. Long parameters are cut to fit a column."""
    if not text:
        return Kept("")
    kept = _form(text, params)
    while len(kept) > LONGEST:
        name = max(params, key=lambda key: len(json.dumps(params[key])))
        value = str(params[name])
        params[name] = value[: len(value) - 1 - min(len(kept) - LONGEST, len(value) // 2)] + "…"
        kept = _form(text, params)
    return kept


def as_stored(text: str, most: int = LONGEST) -> str:
    """A text as it is stored: a kept sentence as it is, what people wrote trimmed and without the sign."""
    return text if isinstance(text, Kept) else text.replace(SIGN, " ").strip()[:most]


def as_said(stored: str) -> str:
    """A stored text as it is shown: a kept sentence in the language that is spoken, everything else as it is."""
    if not stored.startswith(SIGN):
        return stored
    try:
        text, params = json.loads(stored[1:])
    except ValueError:  # cut or written by something else: shown as far as it goes
        return stored[1:]
    # Filled in by hand: what a database holds is no format string to be trusted.
    return _PLACE.sub(lambda place: str(params.get(place[1], place[0])), kb_t(str(text)))


def _form(text: str, params: dict[str, Any]) -> Kept:
    return Kept(SIGN + json.dumps([text, params], ensure_ascii=False))
