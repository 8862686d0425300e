"""What a plugin is: a class that names itself, what it needs and brings, and answers hooks with its methods."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, ClassVar, Protocol

from sqlalchemy import Executable, MetaData, RowMapping

from ..actors import Actor
from .finding import PageText
from .saying import say


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a plugin: `app.config["KBWIKI_PLUGIN_<PLUGIN>_<NAME>"]`.

    Its type is that of `default`: str, int, float, bool, or a tuple of str. `secret` ones are never shown.
    """

    name: str
    default: Any
    help: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables of a plugin's own, each named `kbwiki_x_<plugin>` or `kbwiki_x_<plugin>_…`, and their migrations.

    `migrations` names a package and a folder in it with Alembic's revisions, `kbwiki_glossary:migrations`; they have a
    version table of their own, `kbwiki_x_<plugin>_version`.
    """

    metadata: MetaData
    migrations: str


class Site(Protocol):
    """The wiki as a plugin meets it: plain values, reads, and writes that are carried out at once.

    There is no session and no transaction to hold: what a plugin does can fail, it cannot lock.
    """

    @property
    def wiki(self) -> str:
        """The wiki's name among those of the app."""

    @property
    def wiki_id(self) -> int:
        """The wiki's row: every table of a plugin's that keeps things of a wiki has a column for it."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The plugin's settings by name, checked, with defaults."""

    @property
    def log(self) -> logging.Logger:
        """The plugin's logger: `kbwiki.x.<plugin>`."""

    @property
    def zone(self) -> tzinfo:
        """The organisation's time zone: `now().astimezone(zone)` is what its people call now."""

    def now(self) -> datetime:
        """The wiki's present moment, in UTC."""

    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[RowMapping]:
        """What a SELECT gives, all of it. Errors: Busy; the database's own."""

    def run(self, *statements: Executable) -> int:
        """Carry out statements on the plugin's tables in one transaction; how many rows they changed.

        Errors: Busy when the database stays locked; the database's own, and then nothing is done.
        """

    def submit(
        self,
        actor: Actor,
        kind: str,
        subject_id: int,
        *statements: Executable,
        title: str,
        text: str,
        path: str = "",
    ) -> int:
        """Say that the plugin's thing `subject_id` of one of its `change_kinds` is now so; the number of that state.

        In one transaction the statements (INSERT, UPDATE, DELETE on the plugin's own tables) are carried out, and the
        change is recorded in the name of the actor and given to the groups that look after `path` ('' for the root).
        `title` and `text` are what moderators read; they stay in the journal.

        Errors: Invalid; Forbidden and NotFound where the actor may not write; Busy; the database's own.
        """

    def page(self, path: str, actor: Actor) -> PageText | None:
        """The page at `path`, if there is one that this actor may read."""

    def pages(self, actor: Actor, *, below: str = "", after: str = "", most: int = 100) -> Sequence[PageText]:
        """Up to `most` pages this actor may read at or below a path, in the order of paths, behind the path `after`."""

    def url(self, path: str) -> str:
        """The address of a page, as a path, beginning with the wiki's prefix."""

    def route(self, name: str, **values: object) -> str:
        """The address of the plugin's route of this name, with values for its rule; what the rule lacks is its query.

        Errors: LookupError for a route there is not, or a value that is missing.
        """


class Plugin:
    """The base of every plugin. One object of it is made for each wiki, with the wiki as `self.site`.

    `name` is small letters, digits and hyphens. `requires_kbwiki` is a version specifier, such as ">=0.3,<1";
    `requires` names distributions that have to be installed, as in pip ("httpx>=0.27"). `static`, `templates` and
    `locales` are folders beside the module: files served below `/-/x/<plugin>/static/`, templates by the names
    `kbwiki_x_<plugin>/…`, and catalogues of the gettext domain `kbwiki_x_<plugin>`.
    """

    name: ClassVar[str] = ""
    version: ClassVar[str] = "0"
    summary: ClassVar[str] = ""
    requires_kbwiki: ClassVar[str] = ""
    requires: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[tuple[Setting, ...]] = ()
    tables: ClassVar[Tables | None] = None
    static: ClassVar[str] = ""
    templates: ClassVar[str] = ""
    locales: ClassVar[str] = ""

    def __init__(self, site: Site) -> None:
        self.site = site

    def say(self, text: str, plural: str | None = None, /, **params: object) -> str:
        """The text in the language of whoever reads it, from the plugin's catalogues, with its {placeholders} filled.

        For `n` other than one it is the plural. `[page]` and the like stand for the organisation's terms, and so do the
        names of the plugin's own (`vocabulary`).
        """
        return say(type(self), self._terms(), text, plural, params)

    def _terms(self) -> Mapping[str, tuple[str, str]]:
        if self.__terms is None:
            given: Any = getattr(self, "vocabulary", tuple)() or ()
            terms = given if isinstance(given, Iterable) else (given,)
            self.__terms = {one.name: (one.one, one.many) for one in terms}
        return self.__terms

    __terms: Mapping[str, tuple[str, str]] | None = None
