"""What, besides the pages, an index is made from: with other languages or weights the same pages make another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass

from .weights import USUAL, Standing
from .words.analysis import fingerprint


@dataclass(frozen=True, slots=True)
class Making:
    """The languages of the wiki, the usual one first, and how much a word counts by where it stands.

    ``added_by`` gives the plugins, with their versions, that have a say in under which words pages are found.
    """

    languages: tuple[str, ...] = ("en",)
    standing: Standing = USUAL
    added_by: Callable[[], tuple[str, ...]] = tuple

    @property
    def fingerprint(self) -> str:
        """Written into an index by its engine and compared on opening: when it differs, the index is out of date."""
        usual = f"{fingerprint()}; {' '.join(self.languages)}; {astuple(self.standing)}"
        added_by = self.added_by()
        return f"{usual}; {' '.join(added_by)}" if added_by else usual


USUALLY = Making()
