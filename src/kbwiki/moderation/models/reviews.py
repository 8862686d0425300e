"""What is: reviews (the open duty of one group to look at one subject), their evidence, and the decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, literal_column, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Digest, Id, Json, UtcDateTime
from ...journal.models import ActorRow, WikiRow
from ...spaces.models import Space

ESCALATES = "escalate_at IS NOT NULL AND state IN ('open', 'verify')"
"""SQL: the review's group is late by then. The partial index is made with these very words."""
LAPSES = "lapse_at IS NOT NULL AND state = 'open'"
"""SQL: the review lapses then, if nobody has looked. The partial index is made with these very words."""
LAPSED = "state = 'lapsed'"
"""SQL: the review was closed by a policy, unreviewed. The partial indexes are made with these very words."""
ESCALATED = "escalated_at IS NOT NULL"
"""SQL: another group was given the review's range, because its own was late."""

LIVE = "state NOT IN ('decided', 'handed-over', 'lapsed', 'superseded')"
"""SQL: somebody still has to do something about the review. The partial indexes are made with these very words.

Not "state IN (…)" with the three live states: SQLite would look up each of them where a statement asks for one.
"""
LIVE_AND_DUE = f"due_at IS NOT NULL AND {LIVE}"
"""SQL: the review is live and has a due time. The partial index is made with these very words."""


class Review(Base):
    """One group's duty to look at one subject's changes after `base` up to and including `head`.

    `state` is one of `transitions.State`; at most one live review of a group and subject exists, which the database
    holds. `version` goes up with everything a moderator should know about: edits, reports, answers, appeals. Access is
    judged by `space_id`, which follows the subject. `queue_at` is the place in the queue: the due time, or where a
    review without one stands; it only ever moves forward. `closed_as` says how a review ended without a decision.
    `opened_at` is since when it waits, which goes along when it is handed over or goes on in a successor; `given_at`
    is then when this group got it (None: at once). `updated_at` of a closed one is when it was closed.
    `risk` is what `moderation.risk` adds up for its changes and `risk_reasons` the (name, weight) it is made of; both
    are assessed after the change is in, so 0 and [] until then.
    A review whose `base` is its `head` has no change to look at, only evidence.
    From `escalate_at` on the group is late and `escalate_to` gets the range, too; `escalated_at` says that it has,
    which happens once. At `lapse_at` the review closes under `lapse_policy` (then in `closed_as`), if nobody took it
    up.
    """

    __tablename__ = "kbwiki_review"
    __table_args__ = (
        Index(
            "uq_kbwiki_review_live",
            "subject_id",
            "subject_kind",
            "group",
            "wiki_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_kbwiki_review_queue",
            "wiki_id",
            "group",
            "state",
            "queue_at",
            "id",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_kbwiki_review_risk",
            "wiki_id",
            "group",
            "state",
            text("risk DESC"),
            "queue_at",
            "id",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        *(
            Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
            for name, columns, where in (
                ("ix_kbwiki_review_due", ("wiki_id", "group", "state", "due_at", "id"), LIVE_AND_DUE),
                ("ix_kbwiki_review_escalates", ("wiki_id", "escalate_at", "id"), ESCALATES),
                ("ix_kbwiki_review_lapses", ("wiki_id", "lapse_at", "id"), LAPSES),
                ("ix_kbwiki_review_lapsed", ("wiki_id", "updated_at", "id"), LAPSED),
                ("ix_kbwiki_review_lapsed_subject", ("subject_id", "subject_kind"), LAPSED),
                ("ix_kbwiki_review_escalated", ("wiki_id", "escalated_at", "id"), ESCALATED),
            )
        ),
        Index("ix_kbwiki_review_subject", "subject_id", "subject_kind", "id"),
        Index(
            "ix_kbwiki_review_concern",
            "wiki_id",
            "id",
            sqlite_where=text("state = 'concern'"),
            postgresql_where=text("state = 'concern'"),
        ),
        Index("ix_kbwiki_review_space", "space_id"),
        CheckConstraint(
            "state IN ('open', 'concern', 'verify', 'decided', 'handed-over', 'lapsed', 'superseded')", name="state"
        ),
        CheckConstraint("base <= head", name="range"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id))
    group: Mapped[str] = mapped_column(String(255))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Id)
    base: Mapped[int] = mapped_column(Id)
    head: Mapped[int] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(Integer, default=1)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queue_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_as: Mapped[str | None] = mapped_column(String(100))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    risk: Mapped[float] = mapped_column(Float, default=0.0, server_default=text("0"))
    risk_reasons: Mapped[list[Any]] = mapped_column(Json, default=list, server_default=text("'[]'"))
    escalate_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalate_to: Mapped[str | None] = mapped_column(String(255))
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lapse_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lapse_policy: Mapped[str | None] = mapped_column(String(100))


IS_LIVE = Review.state.op("NOT IN", is_comparison=True)(
    literal_column("('decided', 'handed-over', 'lapsed', 'superseded')")
)
"""SQL: the review is live. Spelled out, not parameters, so that the partial indexes of live reviews serve it."""

HAS_LAPSED = Review.state == literal_column("'lapsed'")
"""SQL: a policy closed the review, unreviewed. Spelled out, so that the partial indexes serve it."""

IS_OPEN = IS_LIVE & (Review.state == literal_column("'open'"))
"""SQL: the review waits for its group."""

IS_CONCERN = Review.state == literal_column("'concern'")
"""SQL: the review waits for its authors. In these very words, so that the index of concerns serves it."""


class ReviewAuthor(Base):
    """Somebody who may not decide the review: an author of a change in its range, or who decided what is appealed."""

    __tablename__ = "kbwiki_review_author"
    __table_args__ = (Index("ix_kbwiki_review_author_actor", "actor_id", "review_id"),)

    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id), primary_key=True)


class Tally(Base):
    """How many live reviews of a state a group has in a space: kept with every transition, so nobody has to count."""

    __tablename__ = "kbwiki_tally"

    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id), primary_key=True)
    group: Mapped[str] = mapped_column(String(255), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class Decision(Base):
    """One immutable act of a moderator: what was decided (`verdict`), about which range of which subject, and why.

    A `final` one answers its review, and the unique index makes a second answer impossible; others (a concern, a lock)
    leave it open. `key` makes an act happen once however often it is asked for; `takes_back` names the decision that
    this one undoes, which can happen once. `facts` is what taking it back needs to know.
    """

    __tablename__ = "kbwiki_decision"
    __table_args__ = (
        Index("ix_kbwiki_decision_actor", "actor_id", "id"),
        Index("ix_kbwiki_decision_subject", "subject_id", "subject_kind", "id"),
        Index("ix_kbwiki_decision_review", "review_id"),
        Index("ix_kbwiki_decision_batch", "batch"),
        Index("uq_kbwiki_decision_key", "wiki_id", "key", unique=True),
        Index("uq_kbwiki_decision_takes_back", "takes_back", unique=True),
        Index(
            "uq_kbwiki_decision_final",
            "review_id",
            unique=True,
            sqlite_where=text("final = 1"),
            postgresql_where=text("final"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    review_id: Mapped[int | None] = mapped_column(ForeignKey(Review.id))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Id)
    group: Mapped[str] = mapped_column(String(255))
    verdict: Mapped[str] = mapped_column(String(20))
    final: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    reason: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(LongText)
    base: Mapped[int] = mapped_column(Id)
    head: Mapped[int] = mapped_column(Id)
    digest: Mapped[bytes] = mapped_column(Digest)
    result: Mapped[int] = mapped_column(Id)
    key: Mapped[str | None] = mapped_column(String(100))
    batch: Mapped[str | None] = mapped_column(String(32))
    takes_back: Mapped[int | None] = mapped_column(ForeignKey("kbwiki_decision.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Evidence(Base):
    """Something said about a review: a reader's report, an author's answer to a concern, an appeal.

    `version` is the review's version that it made; `number` the head then; `decision_id` what an appeal is about.
    """

    __tablename__ = "kbwiki_evidence"
    __table_args__ = (
        Index("ix_kbwiki_evidence_review", "review_id", "id"),
        Index("ix_kbwiki_evidence_actor", "actor_id", "id"),
        CheckConstraint("kind IN ('report', 'answer', 'appeal')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id))
    kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(LongText)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey(Decision.id))
