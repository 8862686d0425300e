"""What plugins add to texts: blocks of code, macros, spans, kinds of links, embeds, and the HTML these may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

RenderText = Callable[[str], str]
"""From what stands between the marks to HTML. What it gives is sanitised; what it raises is shown as a box."""


@dataclass(frozen=True, slots=True)
class Fence:
    """Fenced code in one of these languages is shown as what `render` makes of it: ` ```mermaid `."""

    languages: tuple[str, ...]
    render: RenderText


@dataclass(frozen=True, slots=True)
class MacroCall:
    """One `{{name first key=value}}` in a text: its words in order, its named words, and the page it stands on.

    `path` is '' where there is no page, as in a preview of a new one.
    """

    name: str
    words: tuple[str, ...]
    named: Mapping[str, str]
    path: str


@dataclass(frozen=True, slots=True)
class Macro:
    """`{{name …}}`. `render` gives HTML, which stands in the line or, where the macro is a paragraph, as a block.

    `varies` tells that it may give something else for the same text tomorrow: then no page with it is kept rendered.
    `help` and `example` are shown in the editor.
    """

    name: str
    render: Callable[[MacroCall], str]
    help: str = ""
    example: str = ""
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Text between `opens` and `closes` is shown as what `render` makes of it: `$…$`.

    With `block` it begins at the beginning of a line with `opens` and goes to the first line that ends with `closes`;
    no line in between is empty. `opens` and `closes` are one to four characters of punctuation, none of Markdown's own.
    """

    opens: str
    closes: str
    render: RenderText
    block: bool = False


@dataclass(frozen=True, slots=True)
class LinkScheme:
    """`[[jira:ABC-1]]` and `[text](jira:ABC-1)`: `resolve` gives the address, or None where there is none.

    The address must be http, https, mailto, or a path of the host; anything else is no link.
    """

    name: str
    resolve: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Embed:
    """An address that stands alone in a paragraph and matches as a whole is shown as what `render` makes of it.

    Where that fails it is the link it would be.
    """

    pattern: re.Pattern[str]
    render: RenderText


@dataclass(frozen=True, slots=True)
class AllowedHtml:
    """Elements, attributes and classes that the plugin's HTML needs beyond what pages may have.

    Possible are text-level HTML, MathML, and the shapes and texts of SVG. What could run something, load something or
    break out (script, style, on…, iframe, form, foreignObject, id, …) is refused whatever is declared. `attributes`
    maps an element to its attributes; `classes` are whole names, each beginning with the plugin's own
    (`kb-x-<plugin>-`).
    """

    elements: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
