"""Finds links to other sites that are dead, and gives them to the group that looks after the page.

Off until `enabled` is set. Links are found in pages that everybody may read (or those whose groups are named), asked
politely, a few at a time, and never inside the network. What is dead three times in a row is submitted as a change of
the plugin's own kind, so it stands in the page's queue like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from kbwiki.hooks import ChangeFacts, OwnKind, Plugin, Setting, Tables, Work, hookimpl

from .checking import Checking
from .finding import Finding
from .tables import metadata

__version__ = "0.1.0"


class LinkCheck(Plugin):
    """The plugin."""

    name = "linkcheck"
    version = __version__
    summary = "Finds dead links and gives them to the group that looks after the page."
    tables = Tables(metadata, "kbwiki_linkcheck:migrations")
    settings = (
        Setting("enabled", False, "Whether links are checked at all."),
        Setting("groups", (), "Besides what everybody may read, pages that these groups may read are looked at."),
        Setting("every_days", 7, "After so many days a link that works is asked again; a dead one each day."),
        Setting("dead_after", 3, "So many times in a row a link must be dead before anybody is told."),
        Setting("host_seconds", 2.0, "So long a site is left alone between two requests."),
        Setting("seconds", 10.0, "How long an answer is waited for."),
        Setting("at_once", 20, "So many links are asked in one go."),
        Setting("ignore", (), "Addresses that begin so are not asked."),
        Setting("allow_private", False, "Whether addresses inside the network may be asked."),
    )

    @hookimpl
    def change_kinds(self) -> Iterable[OwnKind]:
        """A dead link: there is nothing to undo, a moderator mends the page or says that it is well."""
        return (OwnKind("linkcheck-dead", "Dead link", describe=self.describe),)

    def describe(self, change: ChangeFacts) -> str:
        """The address, and what came of asking it."""
        return " ".join(change.after.split())

    @hookimpl
    def scheduled_work(self) -> Iterable[Work]:
        """Finding links in pages, and asking them, once it is wanted."""
        if not self.site.settings["enabled"]:
            return ()
        return (Work("find", self.find, timedelta(minutes=5)), Work("check", self.check, timedelta(minutes=1)))

    def find(self) -> None:
        """Look for links in the next pages."""
        Finding(self.site).go_on()

    def check(self) -> None:
        """Ask the next links."""
        Checking(self.site).go_on()
