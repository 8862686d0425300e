"""An author's objection to a decision: it goes to somebody who did not decide, in the group named for appeals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from ..actors import EVERYONE, SIGNED_IN
from ..db import Transaction, table_of
from ..errors import Conflict, Forbidden, Invalid, NotFound
from ..spaces.models import Grant
from ..spaces.policy import Right
from ..spaces.queries import has_right, responsible_groups
from ..wording import kb_t
from .access import is_author
from .decision_subject import KIND, is_taken_back
from .evidence import clean_said, say
from .lifecycle import Duty, add_author, copy_authors, take_in
from .models import Decision, Evidence
from .policy import CAN_BE_APPEALED, Verdict
from .subjects import subject_of
from .transitions import Event


def appeal(tx: Transaction, decision_id: int, text: str) -> int:
    """Object to a decision about one's own work, once; the review that waits for somebody else's answer.

    Whoever decided, and the authors of what was decided about, cannot answer it. Errors: NotFound (also when its place
    cannot be read), Forbidden for anybody else's work, Invalid, Conflict when it was appealed or taken back already.
    """
    subject = subject_of(tx, KIND)
    decision = _get(tx, decision_id)
    place = subject.place(tx.connection, decision_id)
    if not has_right(tx.connection, place.space_id, Right.READ, tx.actor):
        raise NotFound("decision", str(decision_id))
    _require_concerned(tx, decision)
    said = clean_said(text)
    subject.lock(tx, decision_id)
    _require_open_to_appeal(tx, decision)
    before = _count(tx, decision_id)
    group = appeals_group(tx, place.space_id, decision.group)
    duty = Duty(group, KIND, decision_id, place.space_id, before, before + 1)
    review = take_in(tx, duty, lambda _: Event.REPORT)
    add_author(tx, review.id, decision.actor_id)
    add_author(tx, review.id, tx.actor_id)
    if decision.review_id is not None:
        copy_authors(tx, decision.review_id, review.id)
    say(tx, review, "appeal", said, decision_id=decision_id)
    return review.id


def _get(tx: Transaction, decision_id: int) -> Any:
    statement = select(table_of(Decision)).where(Decision.id == decision_id, Decision.wiki_id == tx.wiki_id)
    decision = tx.connection.execute(statement).first()
    if decision is None:
        raise NotFound("decision", str(decision_id))
    return decision


def _require_concerned(tx: Transaction, decision: Any) -> None:
    if Verdict(decision.verdict) not in CAN_BE_APPEALED:
        raise Invalid("decision", kb_t("This [decision] took nothing away, so there is nothing to object to."))
    if decision.review_id is not None:
        concerned = is_author(tx, decision.review_id)
    else:
        concerned = decision.facts.get("actor") == tx.actor_id
    if not concerned:
        raise Forbidden(kb_t("This [decision] was about somebody else's work, so it is for them to object."))


def _require_open_to_appeal(tx: Transaction, decision: Any) -> None:
    if is_taken_back(tx.connection, decision.id):
        raise Conflict(kb_t("This [decision] has been taken back already, so there is nothing to object to."))
    own = select(Evidence.id).where(
        Evidence.decision_id == decision.id, Evidence.kind == "appeal", Evidence.actor_id == tx.actor_id
    )
    if tx.connection.execute(own).first() is not None:
        raise Conflict(kb_t("You have objected to this [decision] already; everything you said is kept."))


def _count(tx: Transaction, decision_id: int) -> int:
    counted = select(func.count()).where(Evidence.decision_id == decision_id, Evidence.kind == "appeal")
    return int(tx.connection.execute(counted).scalar_one())


def appeals_group(tx: Transaction, space_id: int, decided_by: str) -> str:
    """Who answers appeals from the space: the group set for it where that group can read, else one that looks after it.

    One other than the group that decided, if there is one.
    """
    wanted = tx.settings.appeals_group or tx.settings.fallback_group
    reads = select(Grant.space_id).where(
        Grant.space_id == space_id,
        Grant.right == Right.READ.value,
        or_(Grant.group == wanted, Grant.group.in_((EVERYONE, SIGNED_IN))),
    )
    if tx.connection.execute(reads).first() is not None:
        return wanted
    groups = responsible_groups(tx.connection, [space_id])
    return next((one for one in groups if one != decided_by), groups[0])
