"""Patterns over whole paths: `*` and `?` stay within one step of the path, `**` goes through any number of steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache

from ...errors import Invalid
from ...wording import kb_t

ANY_STEPS = "**"
_Step = str | re.Pattern[str]


def check_pattern(field: str, pattern: str) -> str:
    """The pattern as it is stored. Errors: Invalid names what is wrong with it."""
    clean = pattern.strip().strip("/")
    if not clean:
        raise Invalid(field, kb_t("A path pattern is empty. Please write something like hr/** or leave it out."))
    if len(clean) > 1024:
        raise Invalid(field, kb_t("A path pattern is too long: at most 1024 characters are possible."))
    if any(ANY_STEPS in step and step != ANY_STEPS for step in clean.split("/")):
        raise Invalid(
            field, kb_t("In “{clean}”, ** must stand alone between two slashes, as in hr/**/plans.", clean=clean)
        )
    return clean


def some_step(pattern: str) -> str | None:
    """A step that every matching path has somewhere, None when the pattern leaves all of them open."""
    return next((step for step in pattern.split("/") if "*" not in step and "?" not in step), None)


def fits(pattern: str, path: str) -> bool:
    """Whether the whole path matches. Takes time in proportion to pattern × path, whatever the pattern.

    `hr/**` matches `hr` itself and everything below it.
    """
    return _fit(_compiled(pattern), path.split("/"))


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> tuple[_Step, ...]:
    return tuple(_step(one) for one in pattern.split("/"))


def _step(step: str) -> _Step:
    if step == ANY_STEPS or not ("*" in step or "?" in step):
        return step
    return re.compile(translate(step.replace("[", "[[]")))


def _fit(wanted: Sequence[_Step], steps: Sequence[str]) -> bool:
    """The usual matching with one place to go back to: the last `**`, which takes one step more each time."""
    at, step, back, taken = 0, 0, -1, 0
    while step < len(steps):
        if at < len(wanted) and wanted[at] == ANY_STEPS:
            back, taken = at, step
            at += 1
        elif at < len(wanted) and _fits_step(wanted[at], steps[step]):
            at, step = at + 1, step + 1
        elif back >= 0:
            taken += 1
            at, step = back + 1, taken
        else:
            return False
    return all(one == ANY_STEPS for one in wanted[at:])


def _fits_step(wanted: _Step, step: str) -> bool:
    return wanted == step if isinstance(wanted, str) else wanted.match(step) is not None
