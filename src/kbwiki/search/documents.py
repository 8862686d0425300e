"""A page as an index receives it."""

from __future__ import annotations

from dataclasses import dataclass

_BOUND = 1 << 63


@dataclass(frozen=True, slots=True)
class Document:
    """A page as it is to be found: its current text and the space that decides who may read it.

    ``id`` and ``space`` are the database's numbers. ``body`` is plain text or markup; what is not a word in
    it is passed over. ``more`` are words that do not stand on the page, with how much they count beside the text.
    Raises TypeError or ValueError at once, so that no broken document reaches the index.
    """

    id: int
    title: str
    path: str
    headings: tuple[str, ...]
    tags: tuple[str, ...]
    body: str
    space: int
    language: str = "en"
    more: tuple[tuple[str, float], ...] = ()

    @property
    def repeated(self) -> tuple[str, ...]:
        """``more`` for engines that know no weights but by counting: what counts more stands there more often."""
        return tuple(text for text, boost in self.more for _ in range(max(1, round(boost))))

    def __post_init__(self) -> None:
        for name in ("title", "path", "body", "language"):
            _require(name, getattr(self, name), str)
        for name in ("headings", "tags"):
            _require(name, getattr(self, name), tuple)
            for text in getattr(self, name):
                _require(name, text, str)
        for text, boost in self.more:
            _require("more", text, str)
            _require("more", boost, float)
        for name in ("id", "space"):
            _require(name, getattr(self, name), int)
            if not -_BOUND <= getattr(self, name) < _BOUND:
                raise ValueError(f"{name} does not fit into 64 bits: {getattr(self, name)}")


def _require(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
