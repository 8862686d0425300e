"""What is allowed: pure functions over plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What a group can be given in a space: to read it, to write in it, or to look at what others wrote."""

    READ = "read"
    WRITE = "write"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class SpaceSettings:
    """What a space sets. None inherits from the space above; an empty tuple means nobody."""

    title: str | None = None
    readers: tuple[str, ...] | None = None
    writers: tuple[str, ...] | None = None
    reviewers: tuple[str, ...] | None = None


def contains(space: str, path: str) -> bool:
    """Whether `path` is the space itself or below it. The root space '' contains everything."""
    return space == "" or path == space or path.startswith(space + "/")


def chain_above(path: str) -> list[str]:
    """The paths that could be spaces around `path`, deepest first, ending with the root: a/b → a/b, a, ''."""
    parts = path.split("/") if path else []
    return ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)] + [""]


def effective(spaces: Mapping[str, SpaceSettings], path: str, field: str) -> tuple[str, ...] | None:
    """What holds for `field` in the space at `path`: its own value, else that of the nearest space above with one."""
    for above in chain_above(path):
        if above in spaces and getattr(spaces[above], field) is not None:
            value: tuple[str, ...] = getattr(spaces[above], field)
            return value
    return None


def grants(
    spaces: Mapping[str, SpaceSettings], path: str, *, admin_group: str, fallback_group: str
) -> Sequence[tuple[Right, str]]:
    """All rights that follow for the space at `path`.

    Writers may read, the responsible groups may read and write (they must be able to repair what they look at), and
    the admin group may do both everywhere. A space without a responsible group has the fallback group.
    """
    readers = set(effective(spaces, path, "readers") or ())
    writers = set(effective(spaces, path, "writers") or ())
    reviewers = set(effective(spaces, path, "reviewers") or ()) or {fallback_group}
    writers |= reviewers | {admin_group}
    readers |= writers
    given = [(Right.READ, group) for group in sorted(readers)]
    given += [(Right.WRITE, group) for group in sorted(writers)]
    return given + [(Right.REVIEW, group) for group in sorted(reviewers)]
