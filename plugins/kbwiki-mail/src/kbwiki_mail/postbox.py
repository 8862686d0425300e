"""What has to be sent to whom, and sending it."""

from __future__ import annotations

import importlib
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, and_, insert, select, update

from kbwiki.hooks import Notice, Site

from .letters import is_address, letter
from .tables import WAITING

AT_ONCE = 200
BUSY_FOR = 40.0
FIRST_REST = 60.0
LONGEST_REST = 6 * 3600.0


class Postbox:
    """What one wiki has to send."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def add(self, notices: Sequence[Notice]) -> None:
        """Write them down; those that are there already (notices can come again) once."""
        ids = [one.id for one in notices]
        mine = select(WAITING.c.notice_id).where(WAITING.c.wiki_id == self.site.wiki_id, WAITING.c.notice_id.in_(ids))
        there = {row["notice_id"] for row in self.site.rows(mine)}
        rows = [self._row(one) for one in notices if one.id not in there]
        if rows:
            self.site.run(insert(WAITING).values(rows))

    def send(self) -> int:
        """Send what is due, to each person in order; how many mails went."""
        until, sent = time.monotonic() + BUSY_FOR, 0
        for rows in self._due():
            if time.monotonic() > until:
                break
            sent += self._send_to_one(rows)
        return sent

    def _due(self) -> Iterator[list[RowMapping]]:
        """What goes into one mail: one notice, or all of a person's where mails are gathered."""
        due = and_(*self._mine(), WAITING.c.due_at <= self.site.now())
        order = (WAITING.c.recipient_id, WAITING.c.id)
        rows = self.site.rows(select(WAITING).where(due).order_by(*order).limit(AT_ONCE))
        gathered = self.site.settings["daily_at"] >= 0
        for _, of_one in groupby(rows, key=lambda row: row["recipient_id"]):
            theirs = list(of_one)
            yield from [theirs] if gathered else ([row] for row in theirs)

    def _send_to_one(self, rows: list[RowMapping]) -> bool:
        rows = [row for row in rows if self._claim(row)]
        if not rows:
            return False
        to = self._address(rows[0]["recipient_id"])
        if to is None:
            self._set(rows, state="no-address", text="", said="No address is known.")
            return False
        chosen = self.site.settings
        try:
            with _server(chosen) as server:
                server.send_message(letter(self.site.wiki, chosen, to, rows, self.site.now()))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._failed(rows, error)
            return False
        self._set(rows, state="sent", text="", said="")
        return True

    def _row(self, one: Notice) -> dict[str, Any]:
        return {
            "wiki_id": self.site.wiki_id,
            "notice_id": one.id,
            "message_id": one.message_id,
            "recipient_id": one.recipient_id,
            "recipient_name": one.recipient_name,
            "begun": one.begun,
            "subject": one.subject,
            "text": one.text,
            "url": one.url,
            "due_at": self._due_at(),
            "attempts": 0,
            "state": "waiting",
            "said": "",
        }

    def _due_at(self) -> datetime:
        now, hour = self.site.now(), self.site.settings["daily_at"]
        if hour < 0:
            return now
        today = now.astimezone(self.site.zone).replace(hour=min(hour, 23), minute=0, second=0, microsecond=0)
        return (today if today >= now else today + timedelta(days=1)).astimezone(UTC)

    def _mine(self) -> tuple[Any, ...]:
        return WAITING.c.wiki_id == self.site.wiki_id, WAITING.c.state == "waiting"

    def _claim(self, row: RowMapping) -> bool:
        """Whether it is this process that sends it now: whoever counts the attempt does."""
        later = self.site.now() + timedelta(seconds=self.site.settings["seconds"] * 3 + 60)
        mine = and_(*self._mine(), WAITING.c.id == row["id"], WAITING.c.attempts == row["attempts"])
        return self.site.run(update(WAITING).where(mine).values(attempts=row["attempts"] + 1, due_at=later)) == 1

    def _failed(self, rows: list[RowMapping], error: Exception) -> None:
        said, attempts = f"{type(error).__name__}: {error}"[:500], rows[0]["attempts"] + 1
        self.site.log.error("A mail to %s was not taken: %s", rows[0]["recipient_id"], said)
        if attempts >= self.site.settings["most_attempts"] or isinstance(error, smtplib.SMTPRecipientsRefused):
            self._set(rows, state="given-up", said=said)
            return
        rest = min(FIRST_REST * 2.0 ** (attempts - 1), LONGEST_REST)
        self._set(rows, said=said, due_at=self.site.now() + timedelta(seconds=rest))

    def _set(self, rows: list[RowMapping], **values: Any) -> None:
        self.site.run(update(WAITING).where(WAITING.c.id.in_([row["id"] for row in rows])).values(**values))

    def _address(self, recipient_id: str) -> str | None:
        """Somebody's address: what the host's function says, else made of their id; None for what is none."""
        chosen = self.site.settings
        if chosen["lookup"]:
            found = _function(chosen["lookup"])(recipient_id)
        else:
            found = chosen["address"].replace("{id}", recipient_id)
        return found if isinstance(found, str) and is_address(found) else None


def _function(name: str) -> Callable[[str], str | None]:
    module, _, attribute = name.partition(":")
    found: Callable[[str], str | None] = getattr(importlib.import_module(module), attribute)
    return found


def _server(chosen: Any) -> smtplib.SMTP:
    """The mail server, signed in where a user is named."""
    address, seconds = (chosen["host"], chosen["port"]), chosen["seconds"]
    if chosen["security"] == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*address, timeout=seconds, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(*address, timeout=seconds)
        if chosen["security"] == "starttls":
            server.starttls(context=ssl.create_default_context())
    if chosen["user"]:
        server.login(chosen["user"], chosen["password"])
    return server
