"""What of a revision may be shown, as SQL: every query that gives out titles, tags, comments or authors uses these.

Nobody sees what is hidden by the way, not its author and not those who may look: looking is an act of its own, and
recorded (moderation.looks). Use them where `Revision` is joined with its `Page` and its `ActorRow`.
"""

from __future__ import annotations

from sqlalchemy import JSON, case, literal, or_, type_coerce

from ...db import Digest
from ...journal.models import ActorRow
from ..models import Page, Revision

TITLE = case((Revision.hidden, Page.title), else_=Revision.title).label("title")
"""The revision's title, or the page's own."""

COMMENT = type_coerce(
    case((or_(Revision.hidden, Revision.comment_hidden), ""), else_=Revision.comment), Revision.comment.type
).label("comment")
"""The comment, '' when it is hidden by itself or with the words."""

AUTHOR = case((Revision.author_hidden, ""), else_=ActorRow.name).label("author")
"""The author's name, '' when it is hidden."""

AUTHOR_KIND = case((Revision.author_hidden, ""), else_=ActorRow.kind).label("author_kind")
"""Human, agent or system; '' when the author is hidden."""

TAGS = case((Revision.hidden, literal([], JSON)), else_=Revision.tags).label("tags")
"""The tags, none when they are hidden."""

TEXT_DIGEST = case((Revision.hidden, literal(b"", Digest)), else_=Revision.text_digest).label("text_digest")
"""The text's digest; b'', which no text has, when it is hidden, so that forgetting to ask ends in an error."""

ANY_HIDDEN = or_(Revision.hidden, Revision.comment_hidden, Revision.author_hidden).label("any_hidden")
"""Whether anything of the revision is hidden."""
