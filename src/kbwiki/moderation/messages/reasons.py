"""The catalogue of reasons: each space has its own, or that of the nearest space above it, or the one built in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, bindparam, func, insert, select, update

from ...actors import Actor
from ...db import Change, Transaction, in_list, table_of
from ...errors import Forbidden, Invalid, NotFound
from ...journal.models import Entry
from ...spaces.models import Space
from ...spaces.policy import Right, chain_above
from ...spaces.queries import has_right, responsible_groups
from ...wording import kb_t
from ..models import Reason
from ..policy import REASONS, Verdict
from .templates import check_template

KINDS = ("", "revert", "hide", "delete", "concern", "lock", "restrict")
"""What a reason can be for; the empty kind is for everything."""

KIND_OF = {
    Verdict.REVERT: "revert",
    Verdict.REVERT_PART: "revert",
    Verdict.HIDE: "hide",
    Verdict.DELETE: "delete",
    Verdict.CONCERN: "concern",
    Verdict.LOCK: "lock",
    Verdict.RESTRICT: "restrict",
}
"""The kind of reason a verdict asks for; any reason does for the others."""

SUBJECT = "space-reasons"
MOST = 100
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason to choose: its key, the kind of verdict it is for ('' for all), the words the author reads first, and
    the template of the message ('' for the default of the verdict). `kb_t` says the words: a wiki's own are said as
    they were written, built-in ones in the language that is spoken."""

    key: str
    kind: str
    words: str
    template: str = ""

    def fits(self, verdict: Verdict) -> bool:
        """Whether it can be given for the verdict."""
        return not self.kind or KIND_OF.get(verdict, self.kind) == self.kind


BUILT_IN = tuple(ReasonView(key, "", words) for key, words in REASONS.items() if key)
"""What a wiki begins with."""

_PATH = select(Space.path).where(Space.id == bindparam("space_id"), Space.wiki_id == bindparam("wiki_id"))
_ROWS = (
    select(Space.path, Reason.key, Reason.kind, Reason.words, Reason.template)
    .join(Space, Space.id == Reason.space_id)
    .where(Space.wiki_id == bindparam("wiki_id"), in_list(Space.path, "paths"), Reason.retired.is_(False))
    .order_by(Reason.place, Reason.id)
)


def reasons_for(connection: Connection, wiki_id: int, space_id: int) -> list[ReasonView]:
    """The reasons to choose from in the space, in their order. Errors: NotFound."""
    return catalogue_of(connection, wiki_id, space_id)[1]


def catalogue_of(connection: Connection, wiki_id: int, space_id: int) -> tuple[str | None, list[ReasonView]]:
    """The reasons of the space, and the path of the space that has them; None: they are the built-in ones."""
    path = connection.execute(_PATH, {"space_id": space_id, "wiki_id": wiki_id}).scalar()
    if path is None:
        raise NotFound("space", str(space_id))
    above = chain_above(path)
    rows = connection.execute(_ROWS, {"wiki_id": wiki_id, "paths": above}).all()
    owner = next((one for one in above if any(row.path == one for row in rows)), None)
    if owner is None:
        return None, list(BUILT_IN)
    return owner, [ReasonView(*row[1:]) for row in rows if row.path == owner]


def find_reason(connection: Connection, wiki_id: int, space_id: int, key: str) -> ReasonView | None:
    """The reason with this key among those to choose from in the space."""
    return next((one for one in reasons_for(connection, wiki_id, space_id) if one.key == key), None)


def words_of(connection: Connection, wiki_id: int, keys: Sequence[str]) -> dict[str, str]:
    """The words of reasons whose space is not known any more, retired ones too; of two spaces' the older ones."""
    rows = connection.execute(_WORDS, {"wiki_id": wiki_id, "keys": sorted(set(keys))})
    found = {**{row.key: row.words for row in rows}, **{key: REASONS[key] for key in keys if key in REASONS}}
    return {key: kb_t(words) for key, words in found.items()}


_WORDS = (
    select(Reason.key, Reason.words)
    .join(Space, Space.id == Reason.space_id)
    .where(Space.wiki_id == bindparam("wiki_id"), in_list(Reason.key, "keys"))
    .order_by(Reason.id.desc())
)


def set_reasons(tx: Transaction, space_id: int, reasons: Sequence[ReasonView]) -> None:
    """Give the space exactly these reasons, in this order; none: it has those of the space above again.

    A reason that is left out is retired: decisions that named it keep its words. Errors: NotFound, Forbidden (neither
    an administrator nor in a group that looks after the space), Invalid.
    """
    path = _hold(tx, space_id)
    wanted = [_cleaned(one) for one in reasons]
    if len({one.key for one in wanted}) < len(wanted):
        raise Invalid("key", kb_t("Two reasons have the same key; please give each its own."))
    if len(wanted) > MOST:
        raise Invalid("key", kb_t("At most {most} reasons are possible.", most=MOST))
    present = select(Reason.key, Reason.id).where(Reason.space_id == space_id)
    ids = {row.key: row.id for row in tx.connection.execute(present)}
    tx.connection.execute(update(table_of(Reason)).where(Reason.space_id == space_id).values(retired=True))
    for place, one in enumerate(wanted):
        values = {"kind": one.kind, "words": one.words, "template": one.template, "place": place, "retired": False}
        if one.key in ids:
            tx.connection.execute(update(table_of(Reason)).where(Reason.id == ids[one.key]).values(**values))
        else:
            tx.connection.execute(insert(table_of(Reason)), {"space_id": space_id, "key": one.key, **values})
    _record(tx, space_id, path, wanted)


def set_reason(tx: Transaction, space_id: int, reason: ReasonView) -> None:
    """Add a reason to the space's, or change the one with its key. A space that had those of the space above takes
    them over first. Errors: as `set_reasons`."""
    _hold(tx, space_id)
    present = reasons_for(tx.connection, tx.wiki_id, space_id)
    if any(one.key == reason.key for one in present):
        set_reasons(tx, space_id, [reason if one.key == reason.key else one for one in present])
    else:
        set_reasons(tx, space_id, [*present, reason])


def retire_reason(tx: Transaction, space_id: int, key: str) -> None:
    """Offer a reason no more; decisions that named it keep its words.

    Errors: as `set_reasons`, NotFound when there is no such reason, Invalid for the last one.
    """
    _hold(tx, space_id)
    present = reasons_for(tx.connection, tx.wiki_id, space_id)
    left = [one for one in present if one.key != key]
    if len(left) == len(present):
        raise NotFound("reason", key)
    if not left:
        raise Invalid("key", kb_t("This is the last reason; [a moderator] needs one to choose. Add another one first."))
    set_reasons(tx, space_id, left)


def may_edit(connection: Connection, actor: Actor, admin_group: str, space_id: int) -> bool:
    """Whether the actor may set the reasons of a space that they may read."""
    looking_after = responsible_groups(connection, [space_id])
    return admin_group in actor.groups or not actor.effective_groups.isdisjoint(looking_after)


def _hold(tx: Transaction, space_id: int) -> str:
    """The path of the space, which nobody else sets reasons of until the commit, if this actor may."""
    held = select(Space.path).where(Space.id == space_id, Space.wiki_id == tx.wiki_id)
    path = tx.connection.execute(held.with_for_update(key_share=True)).scalar()
    is_system = tx.actor.kind == "system"
    if path is None or not (is_system or has_right(tx.connection, space_id, Right.READ, tx.actor)):
        raise NotFound("space", str(space_id))
    if not is_system and not may_edit(tx.connection, tx.actor, tx.settings.admin_group, space_id):
        raise Forbidden(kb_t("Only administrators and those who look after [a space] can set its reasons."))
    return str(path)


def _cleaned(one: ReasonView) -> ReasonView:
    words = _unsaid(one.key, " ".join(one.words.split()))
    if not _KEY.fullmatch(one.key):
        raise Invalid("key", kb_t("A key is made of small letters, digits and hyphens, for example too-long."))
    if one.kind not in KINDS:
        raise Invalid(
            "kind",
            kb_t(
                "“{kind}” is nothing a reason can be for; there are: {names}.",
                kind=one.kind,
                names=", ".join(KINDS[1:]),
            ),
        )
    if not words or len(words) > 255:
        raise Invalid("words", kb_t("Please write what the author reads, in at most 255 characters."))
    return ReasonView(one.key, one.kind, words, check_template(one.template))


def _unsaid(key: str, words: str) -> str:
    """A built-in reason that was kept as it stood is kept in no language, so that each reader has it in their own."""
    built_in = REASONS.get(key, "")
    return built_in if built_in and words == kb_t(built_in) else words


def _record(tx: Transaction, space_id: int, path: str, reasons: Sequence[ReasonView]) -> None:
    before = select(func.max(Entry.number)).where(
        Entry.subject_id == space_id, Entry.subject_kind == SUBJECT, Entry.wiki_id == tx.wiki_id
    )
    waiting = sum((one.subject_kind, one.subject_id) == (SUBJECT, space_id) for one in tx.changes)
    tx.record(
        Change(
            kind="set-reasons",
            subject_kind=SUBJECT,
            subject_id=space_id,
            number=(tx.connection.execute(before).scalar() or 0) + waiting + 1,
            spaces=(space_id,),
            payload={
                "path": path,
                "reasons": [
                    [one.key, one.kind, one.words, sha256(one.template.encode()).hexdigest() if one.template else ""]
                    for one in reasons
                ],
            },
            exempt="administration",
        )
    )
