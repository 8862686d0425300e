"""What stands in a form, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from ..clock import midnight

MOST_COUNTED = 2**53
"""No number of a row is as large; databases and scripts can count so far."""


@dataclass(frozen=True, slots=True)
class EditForm:
    """What stands in the form; `base` is the revision its author started from, None for a new page.

    `draft` is the name of the window it was written in, under which it is kept, and `kept` how often that was done;
    `start` is what a new page was started from (see starting).
    With a `section` (the id of its heading) the text is that section's alone; `section_title` is what it was called.
    """

    path: str
    title: str
    text: str
    tags: str
    comment: str
    base: int | None
    is_new: bool
    path_editable: bool
    draft: str = ""
    kept: int = 0
    start: str = ""
    small: bool = False
    section: str = ""
    section_title: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, and what to do."""

    field: str
    text: str


def number(text: str) -> int:
    """The number an address or form names, for `get(…, type=number)`. Errors: ValueError, also when no row has it."""
    found = int(text)
    if abs(found) > MOST_COUNTED:
        raise ValueError(f"{text[:30]}… is more than a database counts")
    return found


def whole_number(text: str) -> int | None:
    """The number a form field holds, None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def day_begins(text: str, zone: tzinfo, *, days: int = 0) -> datetime | None:
    """When a day, written as 2026-05-03, begins in the zone, or so many days after it; None for what is no day."""
    try:
        return midnight(date.fromisoformat(text) + timedelta(days=days), zone)
    except (ValueError, OverflowError):
        return None
