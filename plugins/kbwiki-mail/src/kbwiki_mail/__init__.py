"""Sends a wiki's messages to people by mail: at once, or what has come since yesterday at an hour of the day.

The channel writes down what has to be sent, so that a mail server that is away costs nothing but time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from kbwiki.hooks import Channel, Notice, Plugin, Setting, Tables, Work, hookimpl

from .postbox import Postbox
from .tables import metadata

__version__ = "0.1.0"


class Mail(Plugin):
    """The plugin."""

    name = "mail"
    version = __version__
    summary = "Tells people by mail what was decided about their work."
    tables = Tables(metadata, "kbwiki_mail:migrations")
    settings = (
        Setting("sender", "", "The address that mails come from. Empty: nothing is sent."),
        Setting("host", "localhost", "The mail server."),
        Setting("port", 25, "Its port."),
        Setting("security", "none", "none, starttls or ssl."),
        Setting("user", "", "Whom to sign in as; empty: nobody."),
        Setting("password", "", "The user's password.", secret=True),
        Setting("seconds", 20.0, "How long the server is waited for."),
        Setting("address", "{id}", "Somebody's address, made of their id: {id}@example.org."),
        Setting("lookup", "", "A function of yours that gives the address of an id, or None: module:function."),
        Setting("daily_at", -1, "The hour of the wiki's clock (0 to 23) at which gathered mails go; -1: at once."),
        Setting("base_url", "", "Where the host is found, such as https://example.org: for links in mails."),
        Setting("unsubscribe", "", "Where people say that they want none: https://… or mailto:…"),
        Setting("most_attempts", 8, "After so many attempts a mail is given up."),
    )

    @property
    def postbox(self) -> Postbox:
        """What has to be sent."""
        return Postbox(self.site)

    @hookimpl
    def channels(self) -> Iterable[Channel]:
        """Mail, once there is a sender."""
        return (Channel("mail", self.send),) if self.site.settings["sender"] else ()

    def send(self, notices: Sequence[Notice]) -> None:
        """Write them down; they go now, or when it is time."""
        self.postbox.add(notices)
        if self.site.settings["daily_at"] < 0:
            self.postbox.send()

    @hookimpl
    def scheduled_work(self) -> Iterable[Work]:
        """Sending what is due."""
        return (Work("post", self.post, timedelta(minutes=1)),)

    def post(self) -> None:
        """Send what is due."""
        self.postbox.send()
