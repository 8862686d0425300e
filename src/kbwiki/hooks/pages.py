"""What plugins add to pages and to writing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..actors import Actor


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page as plugins are told of it, and who is looking; only pages that `actor` may read are told of."""

    id: int
    path: str
    title: str
    number: int
    updated_at: datetime
    tags: tuple[str, ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word beside a page's title, such as “Translated”; `title` explains it, `url` leads on."""

    label: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A box beside the page: a heading and HTML, which is sanitised."""

    heading: str
    html: str


@dataclass(frozen=True, slots=True)
class Action:
    """An entry in the page's menu. It leads to `url`, most often a route of the plugin."""

    label: str
    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ToolbarButton:
    """A button above the text being written: puts `before` and `after` around what is selected, or `placeholder`."""

    label: str
    before: str
    after: str = ""
    placeholder: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class PageTemplate:
    """A text to start a new page from. `spaces` limits it to spaces at or below these paths."""

    name: str
    label: str
    text: str
    summary: str = ""
    spaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a type of pages; `kind` settles how it is asked for and checked, `choices` what may be chosen."""

    name: str
    label: str
    kind: Literal["text", "date", "number", "choice", "yesno"] = "text"
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class PageType:
    """A type of pages with fields of its own, which stand in the lines before the text and are kept with it."""

    name: str
    label: str
    fields: tuple[Field, ...]
    template: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author is about to save. `fields` are those of its type."""

    path: str
    title: str
    text: str
    actor: Actor
    is_new: bool
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Advice:
    """A hint to an author, shown above the text; it never keeps anybody from saving. `line` counts from 1."""

    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry in the wiki's navigation. `groups` limits it to their members; empty: everybody sees it."""

    label: str
    url: str
    groups: tuple[str, ...] = ()
