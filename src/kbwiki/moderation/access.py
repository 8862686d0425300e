"""Who may act on a review: members of its group, and never on their own changes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ..actors import EVERYONE, SIGNED_IN, Actor
from ..db import Transaction
from ..errors import Forbidden
from ..spaces.models import Grant
from ..spaces.policy import Right
from ..spaces.queries import has_right
from ..wording import kb_t
from .models import ReviewAuthor
from .subjects import Place


def require_member(actor: Actor, group: str) -> None:
    """Errors: Forbidden for anybody outside the group."""
    if group not in actor.effective_groups:
        raise Forbidden(kb_t("This [review] belongs to the [group] “{group}”; you are not in it.", group=group))


def reads(connection: Connection, space_id: int, group: str) -> bool:
    """Whether members of the group can see what lies in the space, so that it makes sense to ask them to look."""
    found = select(Grant.space_id).where(
        Grant.space_id == space_id,
        Grant.right == Right.READ.value,
        Grant.group.in_((group, EVERYONE, SIGNED_IN)),
    )
    return connection.execute(found.limit(1)).first() is not None


def is_readable(connection: Connection, place: Place, actor: Actor) -> bool:
    """Whether the actor may read where the subject of a review is now: a closed review stays where it was closed.

    What has no place of its own lies where its review does, which the caller asks besides.
    """
    return not place.space_id or has_right(connection, place.space_id, Right.READ, actor)


def is_author(tx: Transaction, review_id: int) -> bool:
    """Whether the actor made a change in the review, or decided what is appealed in it."""
    own = select(ReviewAuthor.review_id).where(
        ReviewAuthor.review_id == review_id, ReviewAuthor.actor_id == tx.actor_id
    )
    return tx.connection.execute(own).first() is not None


def require_not_own(tx: Transaction, review_id: int) -> None:
    """Errors: Forbidden for those who may not decide the review because it is about what they did."""
    if is_author(tx, review_id):
        raise Forbidden(kb_t("One of these changes is your own, so somebody else in the [group] decides about them."))
