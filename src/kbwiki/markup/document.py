"""What the markup room takes and gives: links, headings, a parsed text, a rendered text.

Nothing here knows a page or a database. Texts are ordinary Unicode strings, offsets never leave this package.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal

from markdown_it.token import Token

from ..wording import N_, kb_t
from .plain import plain_text

LinkStyle = Literal["wiki", "markdown"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link whose target may be a page.

    ``target`` is what the author meant: entities and escapes are resolved, and for the markdown style percent
    codes too. It is never empty, and it is not yet a path: `../pay` and `Pay ` with a capital are the
    resolver's business. ``section`` is the part after `#`, resolved alike, or None.
    """

    target: str
    section: str | None
    style: LinkStyle


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 to 6, its words without markup, and the id its element carries (prefix included)."""

    level: int
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """What is known of a file that a link leads to: `shown_as` is picture, video, audio, document, or '' for what is
    only downloaded; width and height are 0 where there are none; `alt` is said where the text says nothing."""

    shown_as: str
    width: int = 0
    height: int = 0
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a link leads. ``href`` may leave out the fragment: the renderer adds the section then.
    ``missing`` marks a page that does not exist yet; ``title`` is then the text that offers to write it."""

    href: str
    missing: bool
    title: str | None = None
    file: LinkedFile | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitised HTML, ready to stand in a page, and the headings for a contents list beside it.

    ``complete`` is False when the HTML was cut at the size limit; the HTML then says so itself. ``lasting`` is False
    when it may be otherwise the next time: a plugin's piece of it failed, or varies.
    """

    html: str
    toc: tuple[Heading, ...]
    complete: bool = True
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Wording:
    """The few words that rendering itself adds, so that they can be translated."""

    note: str = N_("Note")
    tip: str = N_("Tip")
    important: str = N_("Important")
    warning: str = N_("Warning")
    caution: str = N_("Caution")
    contents: str = N_("Contents")
    footnotes: str = N_("Footnotes")
    footnote: str = N_("Footnote {number}")
    back: str = N_("Back to the text")
    done: str = N_("Done")
    to_do: str = N_("To do")
    table: str = N_("Table")
    not_made: str = N_("This could not be shown just now; this is how it was written.")
    too_slow: str = N_(
        "There was no time left to show this; this is how it was written. Opening the [page] again may help."
    )
    leads_nowhere: str = N_("This leads nowhere")
    no_such_macro: str = N_("Nothing is called this here. Did you mean “{name}”?")
    type: str = N_("Type")
    too_long: str = N_(
        "This [page] is too long to be shown in full. What is missing here is not lost: it is still in the [page]'s "
        "text, which can be opened for [editing]."
    )

    @classmethod
    def spoken(cls) -> Wording:
        """The words in the language that is being spoken."""
        return cls(*(kb_t(str(one.default)) for one in fields(cls)))


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A parsed text. Immutable and independent of who reads it, so it may be kept and rendered many times.

    ``whole`` is False when rules that are not ours failed, so that it was read without them.
    """

    links: tuple[Link, ...]
    headings: tuple[Heading, ...]
    _tokens: tuple[Token, ...] = field(repr=False)
    _length: int = field(repr=False)
    whole: bool = True

    @property
    def plain(self) -> str:
        """The words without markup, blocks on lines of their own: for search and snippets. Worked out anew
        at each call."""
        return plain_text(self._tokens)
