"""Code in colour: Pygments decides what each piece of code is, a handful of classes say it, a style sheet
colours it.

Pygments' patterns are not safe on hostile input (some take cubic time, a few never end), so: only languages
whose patterns were tried, only small pieces at a time, and a budget of characters and of processor time for
one rendering. What is over the budget is shown without colour, never left out.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterable, Iterator
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    String,
    _TokenType,
)

log = logging.getLogger(__name__)

LANGUAGES: dict[str, tuple[str, ...]] = {
    "bash": ("sh", "shell", "zsh"),
    "batch": ("bat", "cmd"),
    "c": ("h",),
    "cmake": (),
    "console": ("shell-session",),
    "cpp": ("c++", "cxx", "hpp", "objective-c", "objc"),
    "csharp": ("c#", "cs"),
    "css": (),
    "dart": (),
    "diff": ("patch",),
    "docker": ("dockerfile",),
    "elixir": (),
    "erlang": (),
    "glsl": (),
    "go": ("golang",),
    "graphql": (),
    "groovy": (),
    "haskell": ("hs",),
    "html": (),
    "http": (),
    "ini": ("cfg", "conf", "properties"),
    "java": (),
    "javascript": ("js", "jsx", "node"),
    "json": ("json5", "jsonc"),
    "julia": (),
    "kotlin": ("kt",),
    "lua": (),
    "make": ("makefile",),
    "matlab": (),
    "nginx": (),
    "perl": (),
    "php": (),
    "postgresql": ("plpgsql", "psql"),
    "powershell": ("ps1", "pwsh"),
    "protobuf": ("proto",),
    "pycon": (),
    "python": ("py", "python3"),
    "r": (),
    "ruby": ("rb",),
    "rust": ("rs",),
    "scss": ("sass",),
    "sql": (),
    "swift": (),
    "terraform": ("hcl", "tf"),
    "tex": ("latex",),
    "toml": (),
    "typescript": ("ts", "tsx"),
    "xml": ("svg", "xsd", "xslt"),
    "yaml": ("yml",),
    "zig": (),
}
"""The languages we colour, by Pygments' name, each with further names it may be called by."""

_CANONICAL = {alias: name for name, aliases in LANGUAGES.items() for alias in (name, *aliases)}

CLASSES: dict[_TokenType, str] = {
    Comment: "c",
    Comment.Preproc: "cp",
    Comment.PreprocFile: "s",
    Generic.Deleted: "gd",
    Generic.Error: "gd",
    Generic.Heading: "gh",
    Generic.Inserted: "gi",
    Generic.Prompt: "c",
    Generic.Subheading: "gh",
    Keyword: "k",
    Keyword.Constant: "nb",
    Keyword.Type: "kt",
    Literal: "s",
    Name.Attribute: "nf",
    Name.Builtin: "nb",
    Name.Class: "kt",
    Name.Constant: "nb",
    Name.Decorator: "cp",
    Name.Exception: "kt",
    Name.Function: "nf",
    Name.Tag: "k",
    Name.Variable: "nb",
    Number: "m",
    Operator.Word: "k",
    String: "s",
    String.Doc: "c",
    String.Escape: "nb",
    String.Interpol: "nb",
}
"""Kind of token → class, in Pygments' own short names, so that a style sheet for Pygments fits; a kind
that is not named here takes its parent's."""

_PIECE = 2_000
_PIECE_END = re.compile(r"\n[ \t]*\n(?=[^\s])")
_BLANK_RUN = re.compile(r"\n(?:[ \t\r]*\n){2,}")
_lexer_birth = threading.Lock()
_class_of: dict[_TokenType, str | None] = {}


def named_language(info: str) -> str:
    """The language that an info string (what follows the opening fence) names, in small letters; '' for none."""
    words = info.split(maxsplit=1)
    return words[0].strip("{}.").lower() if words else ""


def language_of(info: str) -> str | None:
    """The language an info string names, or None if it is none we colour."""
    return _CANONICAL.get(named_language(info))


class Highlighter:
    """Colours the code of one rendering, within one budget.

    ``characters`` is the most it colours, ``seconds`` the processor time after which it stops (looked at
    between tokens, so one piece may overrun it).
    """

    def __init__(self, characters: int = 60_000, seconds: float = 0.5) -> None:
        self._characters = characters
        self._seconds = seconds

    def html(self, code: str, language: str) -> str:
        """The code as escaped HTML, with `<span class="…">` around what has a colour."""
        return "".join(self._piece(piece, language) for piece in _pieces(code))

    def _piece(self, piece: str, language: str) -> str:
        self._characters -= len(piece)
        if self._characters < 0 or self._seconds < 0 or not piece.strip():
            return escape(piece, quote=False)
        started = time.thread_time()
        try:
            return _spans(self._tokens(piece, language, started + self._seconds))
        except Exception:
            # A lexer that fails must not cost the reader the page. It is a bug in the lexer, so it is worth a
            # line in the log.
            log.warning("The lexer for %s failed; the code is shown without colour.", language, exc_info=True)
            return escape(piece, quote=False)
        finally:
            self._seconds -= time.thread_time() - started

    @staticmethod
    def _tokens(piece: str, language: str, until: float) -> Iterator[tuple[str | None, str]]:
        """Class and text of each token; past the deadline the rest as one token without a class."""
        end = 0
        for start, kind, text in _lexer(language).get_tokens_unprocessed(piece):
            yield _class(kind), text
            end = start + len(text)
            if time.thread_time() > until:
                break
        yield None, piece[end:]


def _pieces(code: str) -> Iterator[str]:
    """Cut code at its empty lines into pieces of at most about 2,000 characters; long runs of empty lines
    stand alone."""
    start = 0
    for run in _BLANK_RUN.finditer(code):
        yield from _short(code[start : run.start() + 1])
        yield code[run.start() + 1 : run.end()]
        start = run.end()
    yield from _short(code[start:])


def _short(code: str) -> Iterator[str]:
    start = 0
    while len(code) - start > _PIECE:
        ends = [match.end() for match in _PIECE_END.finditer(code, start + _PIECE // 2, start + _PIECE)]
        end = ends[-1] if ends else code.rfind("\n", start + 1, start + _PIECE) + 1 or start + _PIECE
        yield code[start:end]
        start = end
    yield code[start:]


def _lexer(language: str) -> Lexer:
    """A lexer of its own for each piece, since some keep state. Pygments prepares a lexer's class at the
    first instance and is not ready for two threads doing so."""
    with _lexer_birth:
        return get_lexer_by_name(language)


def _class(kind: _TokenType) -> str | None:
    if kind not in _class_of:
        above: _TokenType | None = kind
        while above is not None and above not in CLASSES:
            above = above.parent
        _class_of[kind] = CLASSES[above] if above is not None else None
    return _class_of[kind]


def _spans(tokens: Iterable[tuple[str | None, str]]) -> str:
    """Neighbours of one class share a span; white space takes its neighbour's."""
    parts: list[str] = []
    current: str | None = None
    for name, text in tokens:
        if name != current and not text.isspace():
            if current:
                parts.append("</span>")
            if name:
                parts.append(f'<span class="{name}">')
            current = name
        parts.append(escape(text, quote=False))
    if current:
        parts.append("</span>")
    return "".join(parts)
