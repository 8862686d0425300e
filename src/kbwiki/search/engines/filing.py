"""What every engine files a page under besides its words: its tags, and the paths it lies below."""

from __future__ import annotations

from collections.abc import Iterable

from ..words.folding import fold, fold_path

_DEEPEST = 64


def tag_terms(tags: Iterable[str]) -> list[str]:
    """The tags as `Tagged` asks for them, each once."""
    return list(dict.fromkeys(filter(None, (fold(tag).strip() for tag in tags))))


def path_terms(path: str) -> list[str]:
    """The path and all paths above it, as `Within` asks for them."""
    steps = fold_path(path).split("/")[:_DEEPEST]
    return ["/".join(steps[: depth + 1]) for depth in range(len(steps)) if steps[0]]
