"""What a look at a wiki, or at the host it stands in, comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
