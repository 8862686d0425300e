"""Every table kbwiki has, gathered for migrations and for leaving."""

from __future__ import annotations

from .db import Base
from .journal.models import ActorRow, Cursor, Entry, WikiRow
from .moderation.models import Decision, Review, ReviewAuthor
from .pages.models import Page, PageLink, PageTag, ParsedText, Redirect, Rendered, Revision, Text
from .spaces.models import Grant, Space

ALL_TABLES: tuple[type[Base], ...] = (
    WikiRow, ActorRow, Entry, Cursor,
    Space, Grant,
    Text, Page, Revision, PageTag, Redirect, PageLink, ParsedText, Rendered,
    Review, ReviewAuthor, Decision,
)  # fmt: skip
