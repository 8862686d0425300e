"""Tells other programs what happens in a wiki: each fact of the journal as signed JSON, retried until it arrives.

A durable consumer writes down what has to be sent, so nothing is missed; scheduled work sends it. Requests to addresses
inside the network are refused unless the setting `allow_private` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from html import escape

from kbwiki.hooks import Asking, Consumer, Fact, Plugin, RouteTo, Screen, Setting, Tables, Work, hookimpl

from .deliveries import Deliveries
from .signing import keys_of
from .tables import metadata

__version__ = "0.1.0"


class Webhooks(Plugin):
    """The plugin."""

    name = "webhooks"
    version = __version__
    summary = "Tells other programs what happens here."
    tables = Tables(metadata, "kbwiki_webhooks:migrations")
    settings = (
        Setting("urls", (), "Where to: each gets every fact."),
        Setting("secret", "", "What signatures are made with: whsec_… as Standard Webhooks has it.", secret=True),
        Setting("kinds", (), "Kinds of facts to tell of, such as edit or decide; empty for all."),
        Setting("allow_private", False, "Whether addresses inside the network may be asked."),
        Setting("seconds", 10.0, "How long an answer is waited for."),
        Setting("most_attempts", 12, "After so many attempts, about two days, a delivery is given up."),
        Setting("keep_days", 30, "For so many days deliveries that are done with are listed."),
        Setting("groups", ("admins",), "Who may see the log."),
    )

    @property
    def deliveries(self) -> Deliveries:
        """What has to be sent, and was."""
        return Deliveries(self.site)

    @hookimpl
    def consumers(self) -> Iterable[Consumer]:
        """Every fact, once there is somebody to tell and something to sign with."""
        chosen = self.site.settings
        if not chosen["urls"]:
            return ()
        if not keys_of(chosen["secret"]):
            self.site.log.error("KBWIKI_PLUGIN_WEBHOOKS_SECRET is missing or no base64, so nothing is sent.")
            return ()
        return (Consumer("facts", self.take, kinds=chosen["kinds"]),)

    def take(self, facts: Sequence[Fact]) -> None:
        """Write down what has to be sent."""
        self.deliveries.add(facts)

    @hookimpl
    def scheduled_work(self) -> Iterable[Work]:
        """Sending, and forgetting what is long done with."""
        return (Work("send", self.send, timedelta(seconds=10)), Work("forget", self.forget, timedelta(days=1)))

    def send(self) -> None:
        """Send what is due."""
        self.deliveries.send()

    def forget(self) -> None:
        """Delete what was done with long ago."""
        self.deliveries.forget()

    @hookimpl
    def routes(self) -> Iterable[RouteTo]:
        """The log."""
        return (RouteTo("/log", self.log, "log", groups=self.site.settings["groups"]),)

    def log(self, asking: Asking) -> Screen:
        """The newest deliveries: to whom, how often it was tried, and what came of it."""
        rows = "".join(
            f"<tr><td>{escape(str(row['position']))}</td><td>{escape(row['kind'])}</td><td>{escape(row['url'])}</td>"
            f"<td>{escape(row['state'])}</td><td>{row['attempts']}</td><td>{escape(row['said'])}</td></tr>"
            for row in self.deliveries.newest()
        )
        head = "".join(f"<th>{one}</th>" for one in ("Fact", "Kind", "To", "State", "Attempts", "Answer"))
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return Screen("Deliveries", table if rows else "<p>Nothing has been sent yet.</p>")
