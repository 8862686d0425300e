"""The hash chain: pure functions. An entry's digest covers all it says; its link covers that and all before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

GENESIS = bytes(32)
"""What the first link of every chain is computed from."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many entries it has, and the last link. Exported, it proves truncation later."""

    position: int
    chain: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.chain.hex()}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """The head that `str` wrote. Errors: ValueError."""
        position, _, chain = text.strip().partition(":")
        head = cls(int(position), bytes.fromhex(chain))
        if len(head.chain) != len(GENESIS):
            raise ValueError(f"{text!r} is not a journal head: expected POSITION:64 HEX DIGITS")
        return head


EMPTY = Head(0, GENESIS)


def digest(
    *,
    wiki: str,
    kind: str,
    actor: str,
    at: datetime,
    batch: str,
    subject: tuple[str, int, int],
    exempt: str | None,
    payload: Mapping[str, Any],
) -> bytes:
    """SHA-256 over the canonical JSON of everything an entry says (RFC 8785 in spirit: sorted keys, no spaces).

    Texts, comments and notes stand in a payload as digests only, so redacting them leaves this as it is.
    """
    canonical = json.dumps(
        [wiki, kind, actor, at.astimezone(UTC).isoformat(), batch, list(subject), exempt, payload],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return sha256(canonical.encode("utf-8", "surrogatepass")).digest()


def in_order(said: Any) -> Any:
    """The same with the keys of all objects in the order of the canonical JSON, so that it is stored that way."""
    if isinstance(said, Mapping):
        return {key: in_order(said[key]) for key in sorted(said)}
    if isinstance(said, (list, tuple)):
        return [in_order(one) for one in said]
    return said


def link(head: Head, entry_digest: bytes) -> Head:
    """The head after one more entry: SHA-256 over the previous link, the new position and the entry's digest."""
    position = head.position + 1
    return Head(position, sha256(head.chain + position.to_bytes(8, "big") + entry_digest).digest())
