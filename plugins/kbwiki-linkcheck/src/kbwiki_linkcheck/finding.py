"""Which links to other sites stand in which pages: page by page, round after round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, update

from kbwiki import Actor
from kbwiki.hooks import PageText, Site

from .tables import LINK, PLACE, USE

PAGES = 50
"""So many pages are looked through in one go."""
MOST_OF_A_PAGE = 200

_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]+", re.IGNORECASE)
_CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1|(`+)(?!`).*?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE)


class Finding:
    """Looks for links in one wiki."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.reader = Actor("kbwiki:linkcheck", "Link check", frozenset(site.settings["groups"]))

    def go_on(self) -> int:
        """Look through the next pages; how many. After the last one it begins anew."""
        mine = PLACE.c.wiki_id == self.site.wiki_id
        place = self.site.rows(select(PLACE.c.path).where(mine))
        after = place[0]["path"] if place else ""
        pages = self.site.pages(self.reader, after=after, most=PAGES)
        for page in pages:
            self._take_in(page)
        reached = pages[-1].path if len(pages) == PAGES else ""
        if place:
            self.site.run(update(PLACE).where(mine).values(path=reached))
        else:
            self.site.run(insert(PLACE).values(wiki_id=self.site.wiki_id, path=reached))
        if not reached:
            self._forget()
        return len(pages)

    def _take_in(self, page: PageText) -> None:
        wanted = {
            _key(url): url for url in links_in(page.text) if not url.startswith(tuple(self.site.settings["ignore"]))
        }
        ids = self._ids(wanted)
        here = select(USE.c.id, USE.c.link_id).where(USE.c.wiki_id == self.site.wiki_id, USE.c.path == page.path)
        there = {row["link_id"]: row["id"] for row in self.site.rows(here)}
        gone = [id for link_id, id in there.items() if link_id not in ids]
        fresh = {"wiki_id": self.site.wiki_id, "path": page.path, "reported": 0}
        new = [{**fresh, "link_id": one} for one in ids if one not in there]
        statements: list[Any] = [delete(USE).where(USE.c.id.in_(gone))] if gone else []
        self.site.run(*statements, *([insert(USE).values(new)] if new else []))

    def _ids(self, wanted: dict[str, str]) -> list[int]:
        """The rows of these links, made where there are none."""
        if not wanted:
            return []
        mine = select(LINK.c.id, LINK.c.url_key).where(
            LINK.c.wiki_id == self.site.wiki_id, LINK.c.url_key.in_(list(wanted))
        )
        known = {row["url_key"] for row in self.site.rows(mine)}
        fresh = {"wiki_id": self.site.wiki_id, "failed": 0, "said": "", "next_at": self.site.now()}
        new = [{**fresh, "url_key": key, "url": url} for key, url in wanted.items() if key not in known]
        if new:
            self.site.run(insert(LINK).values(new))
        return sorted(row["id"] for row in self.site.rows(mine))

    def _forget(self) -> None:
        """Links that stand nowhere any more are asked no more."""
        used = select(USE.c.link_id)
        self.site.run(delete(LINK).where(LINK.c.wiki_id == self.site.wiki_id, LINK.c.id.not_in(used)))


def links_in(text: str) -> Sequence[str]:
    """The addresses of other sites in a text, each once, without those in code."""
    found = (_trimmed(one) for one in _URL.findall(_CODE.sub(" ", text)))
    return [one for one in dict.fromkeys(found) if one.isascii()][:MOST_OF_A_PAGE]


def _trimmed(url: str) -> str:
    """Without the marks of the sentence around it, and without what is after #."""
    url = url.partition("#")[0].rstrip(".,;:!?*_~")
    while url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1].rstrip(".,;:!?*_~")
    return url


def _key(url: str) -> str:
    return sha256(url.encode()).hexdigest()
