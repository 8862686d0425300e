"""Proving the journal: any entry edited, deleted, reordered or cut off after sealing is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from ..wording import N_, kb_t
from .chain import EMPTY, GENESIS, Head
from .models import ActorRow, WikiRow
from .stored import BATCH, StoredEntry, Teller, stored_entries
from .tail import last_position

MOST_NAMED = 1000
"""So many faults are named; a journal with more is beyond naming, and memory has an end."""

EDITED = N_("the entry was changed: it no longer says what its digest was made of")
DIGEST_EDITED = N_("the digest of the entry was changed; what the entry says is what was sealed")
NOT_SEALED_HERE = N_("the entry is not the one sealed here: replaced, moved or inserted")
NO_PLACE = N_("an entry stands where none can be: inserted, or put in another's place")
REWRITTEN = N_("the chain differs from the exported head: it was rewritten")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the journal: at which position, and what."""

    position: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: how many entries were read, the head they lead to, and what is wrong, by position.

    Of more than `MOST_NAMED` faults the first are in `faults`, and `unnamed` counts the others.
    """

    entries: int
    head: Head
    faults: tuple[Fault, ...]
    unnamed: int = 0

    @property
    def intact(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def verify(
    connection: Connection,
    wiki_id: int,
    *,
    exported: Head | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Recompute the whole chain from what the entries say and compare it with what was sealed.

    `exported` is a head kept outside the database: with it, entries cut off at the end, or a chain rewritten as a
    whole, are found too. `progress` is told now and then how many entries were read, and of how many. Memory does not
    grow with the journal.
    """
    wiki = connection.execute(select(WikiRow.name).where(WikiRow.id == wiki_id)).scalar_one()
    actors = select(ActorRow.id, ActorRow.external_id).where(ActorRow.wiki_id == wiki_id)
    names = {row.id: row.external_id for row in connection.execute(actors)}
    walk = _Walk(Teller(wiki, names), exported)
    total = last_position(connection, wiki_id) if progress is not None else 0
    for rows in stored_entries(connection, wiki_id):
        walk.along(rows)
        if progress is not None and walk.count >= BATCH:
            progress(walk.count, total)
    return walk.end()


class _Walk:
    """One way along the chain, from its beginning to its end."""

    def __init__(self, teller: Teller, exported: Head | None) -> None:
        self.count = 0
        self._teller = teller
        self._exported = exported
        self._met_exported = exported is None or exported == EMPTY
        self._position, self._chain = 0, GENESIS
        self._else: bytes | None = None  # the link that would be here, had the one that is not been changed
        self._faults: list[Fault] = []
        self._unnamed = 0

    def along(self, rows: Sequence[StoredEntry]) -> None:
        """Over a batch of entries: quickly where all is as it should be, with care at every row that is not."""
        at, exported = 0, self._exported
        while at < len(rows):
            until, chain = self._teller.intact_until(rows, at, self._position, self._chain)
            passed = until - at
            if exported is not None and self._position < exported.position <= self._position + passed:
                self._meet(exported.position, rows[at + exported.position - self._position - 1].chain)
            if passed:
                self._position, self._chain, self._else = self._position + passed, chain, None
                self.count += passed
            if until < len(rows):
                self._step(rows[until])
            at = until + 1

    def _step(self, row: StoredEntry) -> None:
        self.count += 1
        expected = self._position + 1
        if row.position != expected:
            if not isinstance(row.position, int) or row.position < expected:
                self._fault(row.position if isinstance(row.position, int) else expected, NO_PLACE)
                return
            self._fault(expected, _missing(expected, row.position - 1))
            self._else = None
        self._compare(row)
        if self._exported is not None and row.position == self._exported.position:
            self._meet(row.position, row.chain)

    def _meet(self, position: int, chain: Any) -> None:
        self._met_exported = True
        if self._exported is not None and chain != self._exported.chain:
            self._fault(position, REWRITTEN)

    def _compare(self, row: StoredEntry) -> None:
        said = self._teller.says(row)
        following = self._follows(self._chain, row, row.digest)
        before = [self._chain] if self._else is None else [self._chain, self._else]
        is_sealed = following is not None and row.chain in [self._follows(one, row, row.digest) for one in before]
        if said is None or said != row.digest:
            is_digest = said is not None and self._follows(self._chain, row, said) == row.chain
            self._fault(row.position, DIGEST_EDITED if is_digest else EDITED)
        elif not is_sealed:
            self._fault(row.position, NOT_SEALED_HERE)
        # Going on from the sealed link, not the computed one, names each fault once instead of all that follow. Where
        # the link itself was changed, the next entry follows the computed one.
        self._else = None if is_sealed else following
        self._position = row.position
        self._chain = row.chain if _is_digest(row.chain) else following or self._chain

    @staticmethod
    def _follows(chain: bytes, row: StoredEntry, entry_digest: Any) -> bytes | None:
        """The link this entry would have after `chain`: as `chain.link`, for a million entries."""
        if not _is_digest(entry_digest):
            return None
        return sha256(chain + row.position.to_bytes(8, "big") + entry_digest).digest()

    def end(self) -> Verification:
        """What came of it."""
        exported = self._exported
        if exported is not None and not self._met_exported:
            if exported.position > self._position:
                first = self._position + 1
                self._fault(first, _missing_at_the_end(first, exported.position))
            else:
                self._fault(exported.position, kb_t("the entry of the exported head is not there"))
        head = Head(self._position, self._chain)
        return Verification(self.count, head, tuple(self._faults), self._unnamed)

    def _fault(self, position: int, problem: str) -> None:
        if len(self._faults) < MOST_NAMED:
            self._faults.append(Fault(position, problem))
        else:
            self._unnamed += 1


def _is_digest(value: Any) -> bool:
    return type(value) is bytes and len(value) == len(GENESIS)


def _missing(first: int, last: int) -> str:
    if first >= last:
        return kb_t("entry {first} is missing", first=first)
    return kb_t("entries {first} to {last} are missing", first=first, last=last)


def _missing_at_the_end(first: int, last: int) -> str:
    if first >= last:
        return kb_t("entry {first} is missing at the end", first=first)
    return kb_t("entries {first} to {last} are missing at the end", first=first, last=last)
