"""One measured figure, and how it is printed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its unit, and its ratio to `of`: the floor measured in the same run."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    of: str | None = None

    def print(self) -> None:
        """One JSON line."""
        said = asdict(self)
        said["value"] = round(self.value, 3)
        said["ratio"] = None if self.ratio is None else round(self.ratio, 3)
        print(json.dumps(said), flush=True)
