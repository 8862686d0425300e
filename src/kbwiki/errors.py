"""Everything kbwiki refuses, as one small tree. Each error knows its HTTP status and carries the facts it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .wording import N_, kb_t


class KBWikiError(Exception):
    """The root of all errors kbwiki raises on purpose. `str(error)` is a sentence for the person concerned."""

    status: int = 500


@dataclass(eq=False)
class NotFound(KBWikiError):
    """There is nothing of that kind and name that this actor may see (which of the two is never said)."""

    what: str
    """The kind of thing, a word of `NOTHING_THERE`."""
    name: str
    status = 404

    def __str__(self) -> str:
        return kb_t(NOTHING_THERE.get(self.what, _NOTHING_OF_THE_KIND), what=self.what, name=self.name)


NOTHING_THERE: Mapping[str, str] = MappingProxyType(
    {
        "author": N_("There is no author “{name}” that you can read."),
        "batch": N_("There is no batch “{name}” that you can read."),
        "concern that waits for you": N_("There is no [concern] that waits for you “{name}” that you can read."),
        "deleted file": N_("There is no deleted file “{name}” that you can read."),
        "decision": N_("There is no [decision] “{name}” that you can read."),
        "decision about your work": N_("There is no [decision] about your work “{name}” that you can read."),
        "deleted page": N_("There is no deleted [page] “{name}” that you can read."),
        "difference (revision is hidden)": N_(
            "There is no difference ([revision] is hidden) “{name}” that you can read."
        ),
        "draft": N_("There is no unsaved text “{name}” of yours."),
        "entry": N_("There is no entry “{name}” that you can read."),
        "feed": N_("There is no feed “{name}” that you can read."),
        "file": N_("There is no file “{name}” that you can read."),
        "filter": N_("There is no filter “{name}” that you can read."),
        "help that is wanted": N_("There is no request for help “{name}” that you can read."),
        "hiding": N_("There is no hiding “{name}” that you can read."),
        "page": N_("There is no [page] “{name}” that you can read."),
        "plugin": N_("There is no plugin “{name}” that you can read."),
        "question": N_("There is no question “{name}” that you can read."),
        "reason": N_("There is no reason “{name}” that you can read."),
        "review": N_("There is no [review] “{name}” that you can read."),
        "review of a page": N_("There is no [review] of [a page] “{name}” that you can read."),
        "revision": N_("There is no [revision] “{name}” that you can read."),
        "revision (it is hidden)": N_("There is no [revision] (it is hidden) “{name}” that you can read."),
        "rule": N_("There is no [rule] “{name}” that you can read."),
        "screen": N_("There is no screen “{name}” that you can read."),
        "second look": N_("There is no second look “{name}” that you can read."),
        "set of synonyms": N_("There is no set of synonyms “{name}” that you can read."),
        "space": N_("There is no [space] “{name}” that you can read."),
        "subject of the decision": N_("There is no subject of the [decision] “{name}” that you can read."),
        "text": N_("There is no text “{name}” that you can read."),
        "text of revision": N_("There is no text of [revision] “{name}” that you can read."),
        "version of a file": N_("There is no version of this file “{name}” that you can read."),
        "vocabulary": N_("There is no vocabulary “{name}” that you can read."),
    }
)
"""What is said when nothing is there, by the kind of thing; a kind of a host or a plugin is named as it names it."""

_NOTHING_OF_THE_KIND = N_("There is no {what} “{name}” that you can read.")


@dataclass(eq=False)
class Forbidden(KBWikiError):
    """The actor is known and the thing exists, but this is not theirs to do; `why` says so kindly."""

    why: str
    status = 403

    def __str__(self) -> str:
        return self.why


@dataclass(eq=False)
class Invalid(KBWikiError):
    """The input cannot be stored as it is: which field, and what to do about it. Nothing was changed."""

    field: str
    why: str
    status = 422

    def __str__(self) -> str:
        return self.why


@dataclass(eq=False)
class Conflict(KBWikiError):
    """Somebody else was first. Subclasses say who and what, so that the caller can show it."""

    why: str
    status = 409

    def __str__(self) -> str:
        return self.why


@dataclass(eq=False)
class Busy(KBWikiError):
    """The database or a lock did not answer in time. Nothing was changed; trying again is safe."""

    why: str
    status = 503

    def __str__(self) -> str:
        return self.why


@dataclass(eq=False)
class SchemaBehind(Busy):
    """The tables are missing or older than this version of kbwiki."""

    why: str = field(
        default_factory=lambda: kb_t("The [wiki]'s tables are not up to date. Run: flask kbwiki db upgrade")
    )
