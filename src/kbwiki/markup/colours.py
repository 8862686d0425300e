"""Colours for code, for a style sheet that has none of its own."""

from __future__ import annotations

from collections.abc import Mapping

from .highlighting import CLASSES

LIGHT: dict[str, str] = {
    "c": "#5c666c",
    "cp": "#86298a",
    "gd": "#a0232b",
    "gh": "#565d63",
    "gi": "#1a6337",
    "k": "#86298a",
    "kt": "#1c5690",
    "m": "#4a4fa3",
    "nb": "#744a00",
    "nf": "#0b635d",
    "s": "#8a3b12",
}
"""Class → colour on white and on greys down to #f1f0ec, each with a contrast of at least 4.5 (WCAG 2.2, 1.4.3)."""

DARK: dict[str, str] = {
    "c": "#98a2a8",
    "cp": "#d9a4e0",
    "gd": "#f3a4a4",
    "gh": "#abb1b5",
    "gi": "#92d4a5",
    "k": "#d9a4e0",
    "kt": "#a0c7ee",
    "m": "#b4b8f5",
    "nb": "#e5c278",
    "nf": "#78cbc0",
    "s": "#eab08c",
}
"""Class → colour on #16181d and on greys up to #23272a, with the same contrast."""


def highlight_css(light: Mapping[str, str] = LIGHT, dark: Mapping[str, str] = DARK) -> str:
    """CSS rules that colour code within `.kb`, one for each class that the renderer writes.

    Which of the two sets counts is decided by the page's `color-scheme`. A host sets a colour of its own by the
    property `--kb-code-CLASS`.
    """
    return "".join(
        f".kb pre .{name} {{ color: var(--kb-code-{name}, light-dark({light[name]}, {dark[name]})); }}\n"
        for name in sorted(set(CLASSES.values()))
    )
