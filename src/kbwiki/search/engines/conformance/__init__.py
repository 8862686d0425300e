"""What every search engine must do, as checks that an engine's own tests run: ours, and those of plugin authors.

A check is a function that takes a `Subject` and asserts; it raises AssertionError when the engine falls short. They
need nothing but Python, so that any test runner will do. With pytest::

    import pytest
    pytest.register_assert_rewrite("kbwiki.search.engines.conformance")
    from kbwiki.search.engines.conformance import CHECKS, Subject, folder_damages

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_the_engine(tmp_path, check):
        check(Subject(open_my_engine, (tmp_path,), folder_damages(tmp_path)))
"""

from __future__ import annotations

from collections.abc import Callable

from . import changes, damage, language, processes, reference, scopes, threads
from .damage import folder_damages
from .subject import Subject

__all__ = ["CHECKS", "Subject", "folder_damages"]

Check = Callable[[Subject], None]

CHECKS: tuple[Check, ...] = (
    *language.CHECKS,
    *scopes.CHECKS,
    *changes.CHECKS,
    *reference.CHECKS,
    *damage.CHECKS,
    *threads.CHECKS,
    *processes.CHECKS,
)
"""Every check, each to be given a subject without an index. What a check is about is said by its name."""
