"""What happens when somebody searches: the question is written down without them, or, if that cannot be, dropped.

Nobody waits for it: it has a transaction of its own that gives up after a moment, and no error of it goes further.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, func, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from ...clock import Clock
from ...database import Database
from ...db import in_list, table_of
from ...errors import KBWikiError
from ...spaces.models import Grant, Space
from ...spaces.policy import Right, chain_above, may_all_read
from ..words.folding import fold
from .keeping import prune
from .models import LONGEST, AskedRow

log = logging.getLogger("kbwiki.search")

PATIENCE = 0.02
"""Seconds that a search may wait, at the most, for its question to be written down."""

SETTLING = timedelta(seconds=3)
"""Somebody who asks again sooner, in the same view, was still typing."""

MOST_FOUND = 2**31 - 1

_UNREADABLE = re.compile("[\x00-\x20\x7f\ud800-\udfff]+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,32}")
_ROWS = table_of(AskedRow)
_DIALECTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Screen(Enum):
    """Where a question was asked."""

    PAGE = "page"
    BOX = "box"
    JSON = "json"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its text, how many pages were found, on which screen, and at which page (`path`, '' for none).

    `token` is the view's (`new_token`): what is typed in one view is one question until it is another one. `fresh` says
    that nothing was asked with this token before, which saves looking for it. `spaces` are the paths of those that what
    was found is in, the best first.
    """

    text: str
    found: int
    screen: Screen
    path: str = ""
    token: str | None = None
    fresh: bool = False
    spaces: tuple[str, ...] = ()


def new_token() -> str:
    """A token for one view of a page: random, and of no meaning to anybody."""
    return secrets.token_urlsafe(12)


def clean_token(token: str) -> str | None:
    """The token somebody sent, if it can be one."""
    return token if _TOKEN.fullmatch(token) else None


def tidy(text: str) -> str:
    """A question as it is shown: without control characters, in one line, and not too long."""
    return " ".join(_UNREADABLE.sub(" ", text).split())[:LONGEST]


def folded(text: str) -> str:
    """What two spellings of the same question share."""
    return " ".join(fold(tidy(text)).split())[:LONGEST]


class SearchLog:
    """The questions of one wiki. `days` is how long they are kept; 0: none is written down.

    `dropped` counts those of this process that could not be written.
    """

    def __init__(self, database: Database, wiki_id: Callable[[], int], clock: Clock, days: int) -> None:
        self._database = database
        self._wiki_id = wiki_id
        self._clock = clock
        self._days = days
        self._counting = threading.Lock()
        self.dropped = 0

    @property
    def records(self) -> bool:
        """Whether questions are written down at all."""
        return self._days > 0

    def record(self, asked: Asked) -> int | None:
        """Write the question down; the number of its entry, None if there is none. Never raises, never waits long."""
        if not self.records or not folded(asked.text):
            return None
        return self._aside(lambda connection: record_search(connection, self._wiki_id(), asked, self._clock()))

    def clicked(self, token: str, rank: int) -> int | None:
        """Note that of the view's last question the result at `rank` (from 1) was opened. Never raises."""
        if not self.records or clean_token(token) is None or not 0 < rank <= MOST_FOUND:
            return None
        return self._aside(lambda connection: record_click(connection, self._wiki_id(), token, rank))

    def prune(self) -> int:
        """Delete what was asked longer ago than it is kept; how many entries. Any number of processes may call it."""
        return prune(self._database, self._wiki_id(), self._clock(), self._days)

    def _aside(self, write: Callable[[Connection], int | None]) -> int | None:
        try:
            with self._database.write_aside(PATIENCE) as connection:
                return write(connection)
        except (KBWikiError, SQLAlchemyError) as error:
            with self._counting:
                self.dropped += 1
            log.info("A question was not written down (%s so far): %s", self.dropped, type(error).__name__)
            return None


def record_search(connection: Connection, wiki_id: int, asked: Asked, now: datetime) -> int:
    """Write the question down, in place of the view's last one if that was its beginning; the entry's number."""
    key = folded(asked.text)
    if asked.token is not None and not asked.fresh:
        said = {"in_wiki": wiki_id, "in_view": asked.token, "key": key, "settled": now - SETTLING}
        connection.execute(_PART, said)
    row = {
        "wiki_id": wiki_id,
        "in_wiki": wiki_id,
        "paths": chain_above(_listed_at(connection, wiki_id, asked)),
        "folded": key,
        "typed": tidy(asked.text),
        "found": min(max(asked.found, 0), MOST_FOUND),
        "rank": None,
        "screen": asked.screen.value,
        "token": asked.token,
        "at": now,
    }
    return int(connection.execute(_WRITE[connection.dialect.name], row).scalar_one())


def _listed_at(connection: Connection, wiki_id: int, asked: Asked) -> str:
    """The path of the place to whose list the question belongs: the one where it was asked.

    If those who look after that place may read nothing of what was found, it is the place where that is. Otherwise
    a question of somebody who may read more would tell them that there is something to be found.
    """
    if not asked.spaces or asked.path in asked.spaces:  # they look after what was found
        return asked.path
    above = chain_above(asked.path)
    granted: dict[tuple[str, str], set[str]] = {}
    for path, right, group in connection.execute(_GRANTED, {"wiki_id": wiki_id, "paths": [*above, *asked.spaces]}):
        granted.setdefault((path, right), set()).add(group)
    here = max((path for path, right in granted if right == Right.REVIEW and path in above), key=len, default="")
    groups = granted.get((here, Right.REVIEW.value), set())
    is_theirs = any(may_all_read(groups, granted.get((path, Right.READ.value), set())) for path in asked.spaces)
    return asked.path if is_theirs else asked.spaces[0]


def record_click(connection: Connection, wiki_id: int, token: str, rank: int) -> int | None:
    """Note the first click of the view's last question; the entry's number, None when there is no such question."""
    clicked = connection.execute(_CLICK, {"in_wiki": wiki_id, "in_view": token, "clicked": rank})
    return clicked.scalar()


_OF_VIEW = (_ROWS.c.wiki_id == bindparam("in_wiki"), _ROWS.c.token == bindparam("in_view"))
# The view's last question stands by itself from now on, if it was answered, or was another one and not just passed by.
_PART = (
    update(_ROWS)
    .where(
        *_OF_VIEW,
        or_(
            _ROWS.c.rank.is_not(None),
            (_ROWS.c.at < bindparam("settled"))
            & (func.substr(bindparam("key"), 1, func.length(_ROWS.c.folded)) != _ROWS.c.folded),
        ),
    )
    .values(token=null())
)
_CLICK = (
    update(_ROWS)
    .where(*_OF_VIEW, _ROWS.c.rank.is_(None))
    .values(rank=bindparam("clicked"))
    .returning(_ROWS.c.id)
)


_GRANTED = (
    select(Space.path, Grant.right, Grant.group)
    .join(Grant, Grant.space_id == Space.id)
    .where(
        Space.wiki_id == bindparam("wiki_id"),
        in_list(Space.path, "paths"),
        Grant.right.in_((Right.READ.value, Right.REVIEW.value)),
    )
)
_SPACE = (
    select(Space.id)
    .where(Space.wiki_id == bindparam("in_wiki"), in_list(Space.path, "paths"))
    .order_by(func.length(Space.path).desc())
    .limit(1)
    .scalar_subquery()
)


def _writing(dialect: str) -> Insert:
    """One entry for each view's last question, whoever comes first: the database sees to it."""
    columns: dict[str, Any] = {name: bindparam(name) for name in _ROWS.c.keys() if name not in ("id", "space_id")}  # noqa: SIM118
    statement = _DIALECTS[dialect](_ROWS).values(space_id=_SPACE, **columns)
    replaced = ("space_id", "folded", "typed", "found", "rank", "screen", "at")
    written: Insert = statement.on_conflict_do_update(
        index_elements=[_ROWS.c.wiki_id, _ROWS.c.token],
        set_={name: statement.excluded[name] for name in replaced},
    ).returning(_ROWS.c.id)
    return written


_WRITE = {dialect: _writing(dialect) for dialect in _DIALECTS}
