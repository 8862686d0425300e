"""Which tests run on PostgreSQL, too, in a usual run: a statement there costs ten times what it does in SQLite.

What a test asks of the database is the same in all of its variants, so each test runs its first few there, and all of
them on SQLite. KBWIKI_BOTH_DATABASES=1 runs everything on both; pytest's closing line counts what was left out.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

VARIANTS = 2
"""So many variants of a test run on PostgreSQL, too."""

LONG = (
    "tests/moderation/test_canary.py::test_no_screen_betrays_a_hidden_word_to_anybody_and_what_is_not_hidden_is_there_as_before",
    "tests/moderation/test_canary.py::test_search_finds_no_page_by_a_hidden_word",
    "tests/moderation/test_canary.py::test_refusals_and_forms_sent_again_hold_no_hidden_word",
    "tests/moderation/test_canary.py::test_no_export_of_the_record_betrays_a_hidden_word_to_anybody",
    "tests/moderation/test_record_files.py::test_a_year_of_decisions_is_exported_and_holds_a_year_later",
    "tests/moderation/batches/test_run.py::test_people_can_save_while_a_batch_is_planned_and_run",
    "tests/moderation/desk/test_next_by_risk.py::test_three_who_work_at_once_look_at_nothing_twice",
    "tests/moderation/numbers/test_recount.py::test_so_do_those_of_every_space",
)
"""Tests that take long there, and whose statements shorter ones try there, too."""

_KINDS = ("database_url", "empty_database_url", "worlds")


def left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """What a usual run leaves out of what was collected."""
    if os.environ.get("KBWIKI_BOTH_DATABASES") == "1":
        return []
    seen: Counter[str] = Counter()
    out = []
    for item in items:
        variant = getattr(item, "callspec", None)
        if variant is None or not any(variant.params.get(kind) == "postgresql" for kind in _KINDS):
            continue
        test = item.nodeid.partition("[")[0]
        seen[test] += 1
        if seen[test] > VARIANTS or test in LONG:
            out.append(item)
    return out
