"""The wiki as a plugin meets it, and the plugins of a wiki put together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Executable, RowMapping, and_, bindparam, select

from .actors import Actor
from .errors import Invalid
from .hooks.addresses import filled
from .hooks.finding import PageText
from .hooks.loading import Wanted, load
from .hooks.manager import Patience, Plugins
from .hooks.own_tables import OwnTables
from .hooks.plugin import Plugin
from .hooks.switches import Switches
from .hooks.tally import Tally
from .markup import parse
from .pages.models import Page, Revision
from .pages.paths import below as range_below
from .pages.paths import normalise_path
from .pages.queries.view import find_page
from .pages.texts import load_texts
from .spaces.queries import bound, readable
from .submitting import submit
from .upgrade import upgrade

if TYPE_CHECKING:
    from .wiki import Wiki

_ALL = (
    select(Page.id, Page.path, Page.title, Page.text_digest)
    .join(Revision, and_(Revision.page_id == Page.id, Revision.number == Page.number))
    .where(
        Page.wiki_id == bindparam("wiki_id"),
        Page.path > bindparam("after"),
        ~Page.deleted,
        ~Revision.hidden,
        readable(Page.space_id),
    )
    .order_by(Page.path)
)
_BELOW = _ALL.where(
    (Page.path == bindparam("at")) | ((Page.path >= bindparam("low")) & (Page.path < bindparam("high")))
)


def plugins_of(wiki: Wiki, wanted: Iterable[Wanted]) -> Plugins:
    """The plugins of a wiki. Never raises: what cannot be used is in `refused`."""
    settings = wiki.settings
    loaded, refused = load(wanted, settings.plugin_options, lambda kind, given: WikiSite(wiki, kind, given))
    return Plugins(
        loaded,
        refused,
        patience=Patience(settings.hook_seconds, settings.hook_work_seconds),
        tally=Tally(settings.hook_failures),
        switches=Switches(wiki.database, lambda: wiki.id, wiki.clock),
        tables=OwnTables(wiki.database, [type(one.plugin) for one in loaded]),
        clock=wiki.clock,
    )


def upgrade_all(wiki: Wiki) -> None:
    """Bring kbwiki's tables up to date, then those of plugins: one that cannot is left out, and said to be."""
    upgrade(wiki.database.engine)
    wiki.plugins.tables.upgrade()


class WikiSite:
    """What a plugin may do in its wiki; see `hooks.plugin.Site`."""

    def __init__(self, wiki: Wiki, kind: type[Plugin], settings: Mapping[str, Any]) -> None:
        self._wiki, self._plugin = wiki, kind.name
        self.settings = settings
        self.log = logging.getLogger(f"kbwiki.x.{kind.name}")

    @property
    def wiki(self) -> str:
        """The wiki's name among those of the app."""
        return self._wiki.name

    @property
    def wiki_id(self) -> int:
        """The wiki's row."""
        return self._wiki.id

    @property
    def zone(self) -> tzinfo:
        """The organisation's time zone."""
        return self._wiki.voice.zone

    def now(self) -> datetime:
        """The wiki's present moment, in UTC."""
        return self._wiki.clock()

    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[RowMapping]:
        """What a SELECT gives, all of it."""
        with self._wiki.read() as connection:
            return connection.execute(statement, dict(parameters or {})).mappings().all()

    def run(self, *statements: Executable) -> int:
        """Carry out statements in one transaction; how many rows they changed."""
        with self._wiki.database.write() as connection:
            return sum(max(0, connection.execute(one).rowcount) for one in statements)

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
        """Say that the plugin's thing is now so: its rows and a change that is reviewed, in one transaction."""
        return submit(self._wiki, self._plugin, actor, kind, subject_id, statements, title=title, text=text, path=path)

    def page(self, path: str, actor: Actor) -> PageText | None:
        """The page at `path`, if there is one that this actor may read."""
        try:
            path = normalise_path(path)
        except Invalid:
            return None
        with self._wiki.read() as connection:
            view = find_page(connection, self._wiki.id, path, actor)
            if view is None or view.hidden:
                return None
            text = load_texts(connection, [view.text_digest])[view.text_digest]
        return PageText(view.id, view.path, view.title, text, parse(text, self._wiki.dialect).plain)

    def pages(self, actor: Actor, *, below: str = "", after: str = "", most: int = 100) -> Sequence[PageText]:
        """Up to `most` pages this actor may read at or below a path, in the order of paths, behind the path `after`."""
        with self._wiki.read() as connection:
            low, high = range_below(below)
            key = {"wiki_id": self._wiki.id, "after": after, "at": below, "low": low, "high": high, **bound(actor)}
            rows = connection.execute((_BELOW if below else _ALL).limit(most), key).all()
            texts = load_texts(connection, {row.text_digest for row in rows})
        dialect = self._wiki.dialect
        return [
            PageText(row.id, row.path, row.title, texts[row.text_digest], parse(texts[row.text_digest], dialect).plain)
            for row in rows
        ]

    def url(self, path: str) -> str:
        """The address of a page, as a path, beginning with the wiki's prefix."""
        return f"{self._wiki.url_prefix}/{quote(path)}"

    def route(self, name: str, **values: object) -> str:
        """The address of the plugin's route of this name, with values for its rule; what the rule lacks is its query.

        Errors: LookupError for a route there is not, or a value that is missing.
        """
        rules = [one.value for one in self._wiki.plugins.declared("routes") if one.plugin == self._plugin]
        rule = next((one.rule for one in rules if one.name == name), None)
        if rule is None:
            raise LookupError(f"The plugin {self._plugin} has no route named {name!r}.")
        return f"{self._wiki.url_prefix}/-/x/{self._plugin}/{filled(rule, values)}"
