"""What has to be sent, and sending it: each delivery by itself, again and again with longer rests, until it arrives."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import RowMapping, and_, delete, insert, select, update

from kbwiki.hooks import Fact, Site
from kbwiki.hooks.outgoing import NotAllowed, Reply, Unreachable, request

from .signing import keys_of, signed
from .tables import DELIVERY

AT_ONCE = 100
BUSY_FOR = 40.0
"""After so many seconds sending is left to the next time."""
FIRST_REST = 10.0
LONGEST_REST = 12 * 3600.0
GONE = 410
"""What a receiver answers who wants to be told no more."""


class Deliveries:
    """The deliveries of one wiki."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def add(self, facts: Sequence[Fact]) -> None:
        """Write down the facts for every address; those that are there already (facts can come again) once."""
        positions = [fact.position for fact in facts]
        known = self.site.rows(
            select(DELIVERY.c.position, DELIVERY.c.url_key).where(
                DELIVERY.c.wiki_id == self.site.wiki_id, DELIVERY.c.position.in_(positions)
            )
        )
        there = {(row["position"], row["url_key"]) for row in known}
        rows = [
            self._row(fact, url)
            for fact in facts
            for url in self.site.settings["urls"]
            if (fact.position, _key(url)) not in there
        ]
        if rows:
            self.site.run(insert(DELIVERY).values(rows))

    def send(self) -> int:
        """Send what is due; how many arrived."""
        until, arrived = time.monotonic() + BUSY_FOR, 0
        due = and_(*self._waiting(), DELIVERY.c.next_at <= self.site.now())
        for row in self.site.rows(select(DELIVERY).where(due).order_by(DELIVERY.c.id).limit(AT_ONCE)):
            if time.monotonic() > until:
                break
            if self._claim(row):
                arrived += self._try(row)
        return arrived

    def forget(self) -> int:
        """Delete what was done with long ago; how many."""
        before = self.site.now() - timedelta(days=self.site.settings["keep_days"])
        return self.site.run(
            delete(DELIVERY).where(DELIVERY.c.wiki_id == self.site.wiki_id, DELIVERY.c.done_at < before)
        )

    def newest(self, most: int = 100) -> Sequence[RowMapping]:
        """The newest deliveries."""
        mine = select(DELIVERY).where(DELIVERY.c.wiki_id == self.site.wiki_id)
        return self.site.rows(mine.order_by(DELIVERY.c.id.desc()).limit(most))

    def _row(self, fact: Fact, url: str) -> dict[str, Any]:
        body = {"type": f"kbwiki.{fact.kind}", "timestamp": fact.at.isoformat(), "data": fact.plain()}
        return {
            "wiki_id": self.site.wiki_id,
            "position": fact.position,
            "url_key": _key(url),
            "url": url,
            "message_id": f"{fact.wiki}-{fact.position}",
            "kind": fact.kind,
            "body": json.dumps(body),
            "state": "waiting",
            "attempts": 0,
            "next_at": self.site.now(),
            "done_at": None,
            "said": "",
        }

    def _waiting(self) -> tuple[Any, ...]:
        return DELIVERY.c.wiki_id == self.site.wiki_id, DELIVERY.c.state == "waiting"

    def _claim(self, row: RowMapping) -> bool:
        """Whether it is this process that sends it now: whoever counts the attempt does."""
        later = self.site.now() + timedelta(seconds=self.site.settings["seconds"] + 60)
        mine = and_(*self._waiting(), DELIVERY.c.id == row["id"], DELIVERY.c.attempts == row["attempts"])
        return self.site.run(update(DELIVERY).where(mine).values(attempts=row["attempts"] + 1, next_at=later)) == 1

    def _try(self, row: RowMapping) -> bool:
        chosen, now, body = self.site.settings, self.site.now(), row["body"].encode()
        headers = {
            "content-type": "application/json",
            "user-agent": "kbwiki-webhooks",
            **signed(keys_of(chosen["secret"]), row["message_id"], now, body),
        }
        try:
            reply = request(
                "POST", row["url"], body=body, headers=headers, seconds=chosen["seconds"],
                allow_private=chosen["allow_private"],
            )  # fmt: skip
        except (NotAllowed, Unreachable) as error:
            self._failed(row, str(error), give_up=isinstance(error, NotAllowed))
            return False
        if 200 <= reply.status < 300:
            self._ended(row, "delivered", f"{reply.status}")
            return True
        self._failed(row, _said(reply), give_up=reply.status == GONE, after=_retry_after(reply))
        return False

    def _failed(self, row: RowMapping, said: str, *, give_up: bool, after: float = 0.0) -> None:
        attempts = row["attempts"] + 1
        if give_up or attempts >= self.site.settings["most_attempts"]:
            self.site.log.error("Given up: %s to %s: %s", row["message_id"], row["url"], said)
            self._ended(row, "given-up", said)
            return
        rest = min(FIRST_REST * 3.0 ** (attempts - 1), LONGEST_REST) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        next_at = self.site.now() + timedelta(seconds=max(rest, after))
        self.site.run(update(DELIVERY).where(DELIVERY.c.id == row["id"]).values(next_at=next_at, said=said[:500]))

    def _ended(self, row: RowMapping, state: str, said: str) -> None:
        done: datetime = self.site.now()
        self.site.run(
            update(DELIVERY).where(DELIVERY.c.id == row["id"]).values(state=state, said=said[:500], done_at=done)
        )


def _key(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def _said(reply: Reply) -> str:
    return f"{reply.status} {reply.body[:200].decode('utf-8', 'replace')}".strip()


def _retry_after(reply: Reply) -> float:
    """How long a receiver asks to be left alone, an hour at most."""
    asked = reply.headers.get("retry-after", "")
    return min(float(asked), 3600.0) if asked.isdigit() else 0.0
