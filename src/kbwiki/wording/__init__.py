"""The words people see: one catalogue of texts, and the organisation's own terms in them.

`kb_t("Read the [page]")` looks a text up in the catalogue of the language that is being spoken, puts the wiki's own
terms where names of terms stand in brackets, and fills {placeholders}. Which language and which terms, `speaking`
says for a block: a request, a command, a mail. Outside any block it is English with the usual terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, overload

from markupsafe import Markup, escape

from .language import Wording

_DEFAULT = Wording()


class Later:
    """A wording that is found out when the first text is said, since many requests say none."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], Wording]) -> None:
        self._find = find
        self._found: Wording | None = None

    def wording(self) -> Wording:
        """The wording; found out once."""
        if self._found is None:
            self._found = _DEFAULT  # what is said while it is being found out, such as that the database is busy
            self._found = self._find()
        return self._found


_spoken: ContextVar[Wording | Later] = ContextVar("kbwiki_wording", default=_DEFAULT)


def kb_t(text: str, plural: str | None = None, /, **params: Any) -> str:
    """The text as it is said here and now, or for `n` other than one its plural, with its {placeholders} filled.

    When a parameter is Markup the result is, and everything else in it is escaped.
    """
    said = spoken().say(text, plural, params.get("n"))
    if not params:
        return said
    if any(hasattr(value, "__html__") for value in params.values()):
        return Markup(escape(said)).format(**params)  # noqa: S704 - the text is escaped
    return said.format(**params)


@overload
def N_(text: str, /) -> str: ...
@overload
def N_(text: str, plural: str, /) -> tuple[str, str]: ...
def N_(text: str, plural: str | None = None, /) -> str | tuple[str, str]:  # noqa: N802 - every tool for catalogues knows it
    """The text itself, or with its plural, marked for the catalogue; who shows it calls `kb_t` on it."""
    return text if plural is None else (text, plural)


def spoken() -> Wording:
    """The language and the terms of the present block."""
    current = _spoken.get()
    return current if isinstance(current, Wording) else current.wording()


def is_told() -> bool:
    """Whether some block around this says what to speak."""
    return _spoken.get() is not _DEFAULT


@contextmanager
def speaking(wording: Wording | Later) -> Iterator[None]:
    """Say everything in the block in this language, with these terms."""
    before = _spoken.set(wording)
    try:
        yield
    finally:
        _spoken.reset(before)


__all__ = ["N_", "Later", "Wording", "kb_t", "speaking", "spoken"]
