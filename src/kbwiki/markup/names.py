"""What can be declared: names of macros and languages, marks, kinds of links."""

from __future__ import annotations

import re

from .macros import NAME
from .spans import PUNCTUATION

_LANGUAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+#-]{0,39}")
_SCHEME = re.compile(r"[a-z][a-z0-9+-]{1,29}")
_TAKEN = {"http", "https", "mailto", "javascript", "vbscript", "data", "file", "blob", "about"}
_OURS = {"*", "**", "_", "__", "~~", "[", "![", "[[", "<", "#", ">", "-", "+", ":", "|", "{{", "&"}
"""Marks that mean something in Markdown, or here, already."""


def is_language(name: str) -> bool:
    """Whether fenced code can be in a language of this name."""
    return _LANGUAGE.fullmatch(name) is not None


def is_macro_name(name: str) -> bool:
    """Whether a macro can have this name."""
    return NAME.fullmatch(name) is not None


def is_mark(mark: str) -> bool:
    """Whether text can stand between such marks."""
    return PUNCTUATION.fullmatch(mark) is not None and mark not in _OURS


def is_scheme(name: str) -> bool:
    """Whether a kind of link can have this name."""
    return _SCHEME.fullmatch(name) is not None and name not in _TAKEN
