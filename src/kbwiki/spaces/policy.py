"""What is allowed: pure functions over plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..actors import EVERYONE


class Right(StrEnum):
    """What a group can be given in a space: to read it, to write in it, or to look at what others wrote."""

    READ = "read"
    WRITE = "write"
    REVIEW = "review"


class Edition(StrEnum):
    """Which text of a page readers see first: the newest, or the last one that has been looked at."""

    LIVE = "live"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class SpaceSettings:
    """What a space sets. None inherits from the space above; an empty tuple means nobody."""

    title: str | None = None
    readers: tuple[str, ...] | None = None
    writers: tuple[str, ...] | None = None
    reviewers: tuple[str, ...] | None = None
    edition: Edition | None = None


def contains(space: str, path: str) -> bool:
    """Whether `path` is the space itself or below it. The root space '' contains everything."""
    return space == "" or path == space or path.startswith(space + "/")


def chain_above(path: str) -> list[str]:
    """The paths that could be spaces around `path`, deepest first, ending with the root: a/b → a/b, a, ''."""
    parts = path.split("/") if path else []
    return ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)] + [""]


def shows_reviewed(spaces: Mapping[str, SpaceSettings], path: str) -> bool:
    """Whether readers of the space at `path` see the reviewed edition first; the newest text where nobody says so."""
    said = (spaces[above].edition for above in chain_above(path) if above in spaces)
    return next((one for one in said if one is not None), Edition.LIVE) is Edition.REVIEWED


def effective(
    spaces: Mapping[str, SpaceSettings], path: str, field: str
) -> tuple[tuple[str, ...], str] | None:
    """What holds for `field` in the space at `path`, and which space says so: itself, or the nearest above that
    does."""
    for above in chain_above(path):
        if above in spaces and getattr(spaces[above], field) is not None:
            value: tuple[str, ...] = getattr(spaces[above], field)
            return value, above
    return None


def grants(
    spaces: Mapping[str, SpaceSettings], path: str, *, admin_group: str, fallback_group: str
) -> Sequence[tuple[Right, str]]:
    """All rights that follow for the space at `path`.

    Writing needs reading too (`queries.granted`). Writers named by the space that names the readers, or by one
    below it, may read; writers inherited from further up may not, or closing a space would leave it open to all
    who may write elsewhere. The responsible groups may read and write (they must be able to repair what they look
    at), and the admin group may everywhere. A space without a responsible group has the fallback group.
    """
    readers, read_at = effective(spaces, path, "readers") or ((), "")
    writers, written_at = effective(spaces, path, "writers") or ((), "")
    reviewing = effective(spaces, path, "reviewers")
    reviewers = set(reviewing[0] if reviewing else ()) or {fallback_group}
    everywhere = reviewers | {admin_group}
    may_write = set(writers) | everywhere
    may_read = set(readers) | everywhere
    if contains(read_at, written_at):
        may_read |= may_write
    given = [(Right.READ, group) for group in sorted(may_read)]
    given += [(Right.WRITE, group) for group in sorted(may_write)]
    return given + [(Right.REVIEW, group) for group in sorted(reviewers)]


def may_all_read(groups: Collection[str], readers: Collection[str]) -> bool:
    """Whether everybody who is in one of the groups may read what `readers` may read."""
    return EVERYONE in readers or set(groups) <= set(readers)
