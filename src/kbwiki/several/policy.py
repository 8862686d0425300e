"""What can be done to several pages: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..errors import Invalid
from ..pages.paths import normalise_path
from ..pages.policy import clean_comment, clean_tags
from ..spaces.policy import contains
from ..wording import kb_t

MOST = 500
"""So many pages at once, at most."""


class Act(StrEnum):
    """What can be done to several pages; MOVE names the new address of a single one, MOVE_TO a folder."""

    MOVE_TO = "move-to"
    MOVE = "move"
    TAG = "tag"
    UNTAG = "untag"
    DELETE = "delete"


class Outcome(StrEnum):
    """What became of a page: done, or refused; UNDONE is done and taken out again."""

    PLANNED = "planned"
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: `value` is the folder, the address or the tag; nothing for deleting."""

    act: Act
    value: str = ""
    comment: str = ""


def checked(order: Order) -> Order:
    """The order as it is carried out. Errors: Invalid for a folder or a tag that cannot be one, or none."""
    comment = clean_comment(order.comment)
    if order.act is Act.MOVE_TO:
        return Order(order.act, normalise_path(order.value) if order.value.strip(" /") else "", comment)
    if order.act is Act.MOVE:
        return Order(order.act, normalise_path(order.value), comment)
    if order.act is Act.DELETE:
        return Order(order.act, "", comment)
    cleaned = clean_tags([order.value])
    if not cleaned:
        raise Invalid("value", kb_t("Please say which [tag]."))
    return Order(order.act, cleaned[0], comment)


def target_of(order: Order, path: str) -> str:
    """Where the page at `path` goes."""
    name = path.rpartition("/")[2]
    return order.value if order.act is Act.MOVE else f"{order.value}/{name}".lstrip("/")


def without_those_below(paths: Iterable[str]) -> list[str]:
    """The paths in order, each once, without those below another of them: these move along."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(contains(above, path) for above in kept):
            kept.append(path)
    return kept
