"""Whole answers, kept for as long as nothing changes.

What a screen shows depends on the wiki's state, on who looks, and on the address. Every change of the state is an
entry of the journal, so the position of the last entry stands for it: with one cheap query an answer is known to be
still right. Links between pages are read from texts a little later, so how far they are known stands beside it. Times
like "5 minutes ago" make an answer a minute old at most. An answer with a form is not kept: the host's token in it
belongs to one session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from ..actors import Actor
from ..caching import BoundedCache
from .edition_cookie import cookie_name
from .plugin_additions import kept_by

if TYPE_CHECKING:
    from .visit import Visit

_MINUTE = 60

Key = tuple[int, int, Actor, str, str, int, tuple[Any, ...]]
"""The journal's position, that of the links, the actor with all groups, the language, wiki and whole address, the
minute, and what of plugins is off.

What plugins make of texts is told by the fingerprint that stands with the address, and the edition that a reader chose
by what their browser remembers of it. The wiki's terms are changed by entries of the journal, so its position stands
for them, too."""


class AnswerCache:
    """Answers of this process. With 0 bytes it keeps nothing and asks nothing."""

    def __init__(self, most_bytes: int) -> None:
        self._html: BoundedCache[Key, bytes] = BoundedCache(most_bytes)
        self._is_on = most_bytes > 0

    def key(self, visit: Visit) -> Key | None:
        """What the answer to this visit would be kept under; None when it must be made anew."""
        request = visit.request
        if not self._is_on or request.method != "GET" or (position := visit.standing.position) is None:
            return None
        edition = request.cookies.get(cookie_name(visit.wiki.name), "")[:10]
        where = f"{request.script_root}\0{request.full_path}\0{edition}"
        address = f"{visit.wiki.name}\0{visit.wiki.dialect.fingerprint}\0{where}"
        minute = int(visit.now.timestamp()) // _MINUTE
        return position, visit.standing.links, visit.actor, visit.locale, address, minute, kept_by(visit)

    def find(self, key: Key | None) -> Response | None:
        """The answer kept under `key`, if any."""
        html = self._html.get(key) if key is not None else None
        return Response(html, mimetype="text/html") if html is not None else None

    def keep(self, key: Key | None, visit: Visit, response: Response) -> None:
        """Keep an answer, if it is a whole page that was found. The visit may have brought the links up to date."""
        if key is not None and response.status_code == 200 and response.mimetype == "text/html":
            self._html.put((key[0], visit.standing.links, *key[2:]), response.get_data())
