"""Whether links lead anywhere: asked politely, and told to the page's group when they are dead for good."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import RowMapping, and_, select, update

from kbwiki import Actor, ActorKind
from kbwiki.errors import KBWikiError
from kbwiki.hooks import Site
from kbwiki.hooks.outgoing import NotAllowed, Unreachable, request

from .tables import LINK, USE

BUSY_FOR = 40.0
"""After so many seconds the rest is left to the next time."""
KIND = "linkcheck-dead"

_HEADERS = {"user-agent": "kbwiki-linkcheck", "accept": "*/*"}
_NO_HEAD = frozenset({400, 403, 405, 406, 501, 503})
"""What sites answer that do not like HEAD: they are asked with GET, too."""
_DEAD = frozenset({404, 410})


class Checking:
    """Asks the links of one wiki."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.reporter = Actor("kbwiki:linkcheck", "Link check", kind=ActorKind.SYSTEM)
        self._asked: dict[str, float] = {}

    def go_on(self) -> int:
        """Ask what is due, each site with a rest in between; how many links."""
        until, done = time.monotonic() + BUSY_FOR, 0
        due = and_(LINK.c.wiki_id == self.site.wiki_id, LINK.c.next_at <= self.site.now())
        in_turn = select(LINK).where(due).order_by(LINK.c.next_at, LINK.c.id)
        for row in self.site.rows(in_turn.limit(self.site.settings["at_once"])):
            if time.monotonic() > until or not self._wait_for(row["url"], until):
                continue  # it is due still
            self._settle(row, self._problem_with(row["url"]))
            done += 1
        return done

    def _wait_for(self, url: str, until: float) -> bool:
        """Leave the site alone for a while; whether there is time to."""
        host = urlsplit(url).hostname or ""
        rest = self._asked.get(host, 0.0) + self.site.settings["host_seconds"] - time.monotonic()
        if rest > 0:
            if time.monotonic() + rest > until:
                return False
            time.sleep(rest)
        self._asked[host] = time.monotonic()
        return True

    def _problem_with(self, url: str) -> str | None:
        """Why a link is dead; None when it is not, or nobody can say: whoever asks for a password is there."""
        try:
            status = self._status(url)
        except Unreachable as error:
            return str(error)
        except NotAllowed:
            return None  # inside the network, or no address: none of our business
        return f"The answer is {status}." if status in _DEAD or status >= 500 else None

    def _status(self, url: str) -> int:
        chosen = self.site.settings
        for method in ("HEAD", "GET"):
            reply = request(
                method, url, headers=_HEADERS, seconds=chosen["seconds"], allow_private=chosen["allow_private"]
            )
            if method == "GET" or not (reply.status in _NO_HEAD or reply.status in _DEAD):
                return reply.status
        return 0

    def _settle(self, row: RowMapping, problem: str | None) -> None:
        failed = row["failed"] + 1 if problem else 0
        rest = timedelta(days=1 if problem else self.site.settings["every_days"])
        values = {"failed": failed, "said": (problem or "")[:500], "next_at": self.site.now() + rest}
        self.site.run(update(LINK).where(LINK.c.id == row["id"]).values(**values))
        if not problem:
            self.site.run(update(USE).where(USE.c.link_id == row["id"], USE.c.reported == 1).values(reported=0))
        elif failed >= self.site.settings["dead_after"]:
            self._report(row["id"], row["url"], problem)

    def _report(self, link_id: int, url: str, problem: str) -> None:
        """Tell the group of each page with the link in it, once."""
        for use in self.site.rows(select(USE).where(USE.c.link_id == link_id, USE.c.reported == 0)):
            told = update(USE).where(USE.c.id == use["id"]).values(reported=1)
            try:
                self.site.submit(
                    self.reporter, KIND, use["id"], told,
                    title=f"Dead link: {url}"[:200], text=f"{url}\n{problem}\n", path=use["path"],
                )  # fmt: skip
            except KBWikiError as error:
                self.site.log.error("A dead link in %s could not be told: %s", use["path"], error)
