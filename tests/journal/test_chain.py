"""The hash chain by itself: what a digest covers, what a link covers, and heads as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.journal.chain import EMPTY, GENESIS, Head, digest, link

SAID: dict[str, Any] = {
    "wiki": "main",
    "kind": "edit",
    "actor": "42",
    "at": datetime(2026, 11, 23, 12, 30, 15, 250, tzinfo=UTC),
    "batch": "b" * 32,
    "subject": ("page", 7, 3),
    "exempt": None,
    "payload": {"path": "a/b", "deleted": False},
}
OTHERWISE: dict[str, Any] = {
    "wiki": "other",
    "kind": "create",
    "actor": "43",
    "at": SAID["at"] + timedelta(microseconds=1),
    "batch": "c" * 32,
    "subject": ("page", 7, 4),
    "exempt": "import",
    "payload": {"path": "a/b", "deleted": True},
}
DIGESTS = st.binary(min_size=32, max_size=32)
HEADS = st.builds(Head, st.integers(0, 2**62), DIGESTS)


@pytest.mark.parametrize("field", sorted(OTHERWISE))
def test_a_digest_changes_with_every_fact_of_the_entry(field: str) -> None:
    assert digest(**SAID) != digest(**{**SAID, field: OTHERWISE[field]})


@pytest.mark.parametrize("subject", [("pagf", 7, 3), ("page", 8, 3), ("page", 7, 2)])
def test_a_digest_changes_with_every_part_of_the_subject(subject: tuple[str, int, int]) -> None:
    assert digest(**SAID) != digest(**{**SAID, "subject": subject})


def test_a_digest_does_not_depend_on_the_order_of_the_payload_or_the_time_zone() -> None:
    turned = dict(reversed(SAID["payload"].items()))
    elsewhere = SAID["at"].astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert digest(**SAID) == digest(**{**SAID, "payload": turned, "at": elsewhere})


def test_facts_cannot_be_shifted_from_one_field_into_the_next() -> None:
    assert digest(**{**SAID, "kind": "ab", "actor": "c"}) != digest(**{**SAID, "kind": "a", "actor": "bc"})


def test_an_exemption_named_none_is_not_no_exemption() -> None:
    assert digest(**{**SAID, "exempt": "null"}) != digest(**SAID)


@given(HEADS, DIGESTS, DIGESTS)
def test_a_link_depends_on_what_came_before_and_on_the_entry(head: Head, one: bytes, other: bytes) -> None:
    after = link(head, one)
    assert after.position == head.position + 1
    assert (after == link(head, other)) == (one == other)
    assert after.chain != link(Head(head.position + 1, head.chain), one).chain
    if head.chain != GENESIS:
        assert after.chain != link(Head(head.position, GENESIS), one).chain


@given(st.lists(DIGESTS, min_size=2, max_size=6, unique=True), st.data())
def test_two_entries_in_another_order_lead_to_another_head(digests: list[bytes], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(digests))

    def head_of(entries: list[bytes]) -> Head:
        head = EMPTY
        for one in entries:
            head = link(head, one)
        return head

    assert (head_of(digests) == head_of(shuffled)) == (digests == shuffled)


@given(HEADS)
def test_a_head_written_as_text_is_read_back_as_it_was(head: Head) -> None:
    assert Head.parse(str(head)) == head
    assert Head.parse(f"  {head}\n") == head


@pytest.mark.parametrize("text", ["", "7", "x:" + "0" * 64, "7:" + "0" * 62, "7:" + "g" * 64, "7:" + "0" * 66])
def test_what_is_not_a_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Head.parse(text)
