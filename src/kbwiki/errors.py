"""Everything kbwiki refuses, as one small tree. Each error knows its HTTP status and carries the facts it speaks of."""

from __future__ import annotations

from dataclasses import dataclass


class KBWikiError(Exception):
    """The root of all errors kbwiki raises on purpose. `str(error)` is a sentence for the person concerned."""

    status: int = 500


@dataclass(eq=False)
class NotFound(KBWikiError):
    """There is nothing of that kind and name that this actor may see (which of the two is never said)."""

    what: str
    name: str
    status = 404

    def __str__(self) -> str:
        return f"There is no {self.what} “{self.name}” that you can read."


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

    why: str = "The wiki's tables are not up to date. Run: flask kbwiki db upgrade"
