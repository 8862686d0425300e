"""What an author may want to say of a change: told from the two texts, roughly and fast."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ..pages.diff import Difference, difference
from ..pages.words import lines

LARGEST = 400_000
"""Characters of both texts above which nothing is suggested: a hint is not worth the wait."""

FEW_WORDS = 6
"""So many words, or fewer, are a matter of wording."""

MOST = 3
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)")
_PICTURE = re.compile(r"!\[[^\]]*\]\(")
_LINK = re.compile(r"\[\[|(?<!!)\[[^\]]*\]\(|(?<![(\[])https?://")


class What(StrEnum):
    """One thing that a change did."""

    SECTION_ADDED = "section-added"
    SECTION_REMOVED = "section-removed"
    SECTION_CHANGED = "section-changed"
    WORDING = "wording"
    LINK = "link"
    PICTURE = "picture"
    LONGER = "longer"
    SHORTER = "shorter"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a change did, and the heading it was done below ('' where there is none)."""

    what: What
    name: str = ""


def what_changed(before: str, after: str) -> tuple[Said, ...]:
    """What to suggest for the change, the most telling first; nothing for a new text or one too long to compare."""
    if not before.strip() or before == after or len(before) + len(after) > LARGEST:
        return ()
    found = difference(before, after, context=0)
    said = [*_sections(before, after, found), *_pieces(before, after), *_amount(found)]
    return tuple(dict.fromkeys(said))[:MOST]


def _sections(before: str, after: str, found: Difference) -> list[Said]:
    was, now = _headings(before), _headings(after)
    new = [name for name in dict.fromkeys(now) if name and name not in was]
    gone = [name for name in dict.fromkeys(was) if name and name not in now]
    said = [Said(What.SECTION_ADDED, name) for name in new] + [Said(What.SECTION_REMOVED, name) for name in gone]
    touched = {name for name in _touched(now, found) if name and name in was}
    if len(touched) == 1 and not said:
        said.append(Said(What.SECTION_CHANGED, touched.pop()))
    return said


def _headings(text: str) -> list[str]:
    """For each line, the heading above it; code has none."""
    heading, in_code, found = "", False, []
    for line in lines(text):
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and (match := _HEADING.match(line.rstrip("\n"))):
            heading = match[1][:80]
        found.append(heading)
    return found


def _touched(now: list[str], found: Difference) -> list[str]:
    """The headings above the lines that changed; what was taken out counts where it stood."""
    places = []
    for hunk in found.hunks:
        at = hunk.after_start
        for row in hunk.rows:
            at = row.after_no or at
            places.append(at)
    return [now[min(at, len(now)) - 1] for at in places if now]


def _pieces(before: str, after: str) -> list[Said]:
    pairs = ((What.PICTURE, _PICTURE), (What.LINK, _LINK))
    return [Said(what) for what, mark in pairs if len(mark.findall(after)) > len(mark.findall(before))]


def _amount(found: Difference) -> list[Said]:
    added, removed = found.added_words, found.removed_words
    if added + removed <= FEW_WORDS:
        return [Said(What.WORDING)]
    if removed >= 3 * added:
        return [Said(What.SHORTER)]
    return [Said(What.LONGER)] if added >= 3 * removed else []
