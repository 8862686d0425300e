"""What, besides the pages, an index is made from: with other languages or weights the same pages make another one."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from .weights import USUAL, Standing
from .words.analysis import fingerprint


@dataclass(frozen=True, slots=True)
class Making:
    """The languages of the wiki, the usual one first, and how much a word counts by where it stands."""

    languages: tuple[str, ...] = ("en",)
    standing: Standing = USUAL

    @property
    def fingerprint(self) -> str:
        """Written into an index by its engine and compared on opening: when it differs, the index is out of date."""
        return f"{fingerprint()}; {' '.join(self.languages)}; {astuple(self.standing)}"


USUALLY = Making()
