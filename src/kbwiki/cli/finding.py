"""What a look at a wiki, or at the host it stands in, comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..wording import N_

PARTS = {
    "database": N_("database"),
    "tables": N_("tables"),
    "journal": N_("journal"),
    "clock": N_("clock"),
    "links": N_("links"),
    "search": N_("[search]"),
    "risk": N_("risk"),
    "wiki": N_("[wiki]"),
    "host": N_("host"),
    "forms": N_("forms"),
    "cookies": N_("cookies"),
    "settings": N_("settings"),
    "groups": N_("[groups]"),
    "identity": N_("identity"),
    "proxy": N_("proxy"),
    "routes": N_("routes"),
    "templates": N_("templates"),
    "layout": N_("layout"),
    "answers": N_("answers"),
    "index": N_("index"),
    "migrations": N_("migrations"),
}
"""What each part is called to people; programs get its name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part stands: what is said of it, in figures, and what has to be done (None: nothing).

    `code` names what is wrong, for programs and for the reference; empty where nothing is.
    """

    part: str
    says: str
    to_do: str | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    code: str = ""
