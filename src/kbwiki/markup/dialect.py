"""What texts may say beyond kbwiki's own markup, and who makes HTML of it. Plain values and functions.

Reading a text depends on the `Syntax` alone, so it is the same for everybody, at any moment, under any lock. The
functions are called when a text is rendered, and never raise.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

from .allowances import Allowance
from .document import Document

_GENERATION = 4
_LIBRARIES = ("markdown-it-py", "mdit-py-plugins", "nh3", "Pygments")


def version_of(*facts: object) -> str:
    """At most 20 characters that change with kbwiki's rendering, the libraries it rests on, and these facts."""
    libraries = ",".join(f"{name}={version(name)}" for name in _LIBRARIES)
    said = "\0".join((libraries, *map(repr, facts)))
    return f"{_GENERATION}-{hashlib.sha256(said.encode('utf-8', 'backslashreplace')).hexdigest()[:12]}"


RENDERER_VERSION = version_of()
"""Part of the key of everything that keeps what was made of a text without plugins.

It changes by itself when a library is upgraded (a repaired sanitiser must not serve what the broken one let
through). Raise `_GENERATION` by hand with every change in this package that may change the HTML, the ids, the
links or the plain text of any input.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What a plugin's function made: HTML or an address, or None, and then why, where something went wrong."""

    value: str | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes HTML (or an address) of a piece. `make` never raises; with `varies` nothing it makes is kept."""

    owner: str
    make: Callable[[Any], Made]
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A macro as it stands in a text: its words in order, its named words, and the page it stands on."""

    name: str
    words: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """A pair of marks; with `block` they stand at the ends of lines of their own."""

    opens: str
    closes: str
    block: bool = False


@dataclass(frozen=True, slots=True)
class Syntax:
    """What is read otherwise than without plugins: all that a parser has to know."""

    macros: tuple[str, ...] = ()
    marks: tuple[Marks, ...] = ()
    schemes: tuple[str, ...] = ()
    embeds: bool = False


@dataclass(frozen=True, eq=False)
class Dialect:
    """The syntax, and who makes what of it.

    `seconds` are what all pieces of one rendering may take together. `fingerprint` changes with everything that HTML
    may depend on: names, versions and settings of those who make it. `extended` reads a text with rules that are not
    ours; it gives None where they fail, and `extends` are the owners of these rules.
    """

    syntax: Syntax = Syntax()
    fences: Mapping[str, Maker] = field(default_factory=dict)
    macros: Mapping[str, Maker] = field(default_factory=dict)
    marks: Mapping[Marks, Maker] = field(default_factory=dict)
    schemes: Mapping[str, Maker] = field(default_factory=dict)
    embeds: tuple[tuple[re.Pattern[str], Maker], ...] = ()
    allowances: Mapping[str, Allowance] = field(default_factory=dict)
    extended: Callable[[str], Document | None] | None = None
    extends: tuple[str, ...] = ()
    seconds: float = 2.0
    fingerprint: str = ""

    @cached_property
    def version(self) -> str:
        """Stands for all that links, headings and plain text of a text depend on besides the text."""
        return version_of() if self.syntax == Syntax() else version_of(self.syntax)

    @cached_property
    def extended_version(self) -> str:
        """The same for what is read with the rules that are not ours; without such rules it is `version`."""
        return self.version if self.extended is None else version_of(self.syntax, self.fingerprint)

    def allowance(self, owner: str) -> Allowance:
        """What the owner's HTML may have."""
        return self.allowances.get(owner) or Allowance(owner)


PLAIN = Dialect()
"""kbwiki's own markup, and nothing else."""
