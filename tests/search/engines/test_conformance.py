"""Every engine does what the protocol promises. The checks stand where plugin authors find them too."""

from __future__ import annotations

import pytest

from kbwiki.search.engines.conformance import CHECKS, Check, Subject


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_an_engine_keeps_its_promises(subject: Subject, check: Check) -> None:
    check(subject)
