"""Which page a file is: the pure mapping of file paths to page paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import Invalid
from ..wording import kb_t

ENDINGS = ("md", "markdown", "mediawiki", "txt")


class PageNames:
    """Strips the endings of file names (upper or lower case alike).

    `address` gives the wiki's spelling of a path, or raises Invalid when there can be no page of that path.
    Files that are no pages are kept in `skipped`: path → why, completing "this file …".
    """

    def __init__(self, endings: Sequence[str] = ENDINGS, address: Callable[[str], str] = str) -> None:
        self._ranks = {ending.removeprefix(".").casefold(): rank for rank, ending in enumerate(endings)}
        self._address = address
        self._known: dict[str, str | None] = {}
        self.skipped: dict[str, str] = {}

    def page_of(self, file: str) -> str | None:
        """The path of the page that this file is, or None."""
        if file not in self._known:
            self._known[file] = self._find(file)
        return self._known[file]

    def rank_of(self, file: str) -> int:
        """The place of the file's ending in the list: of two files written at once, the lower is the page."""
        return self._ranks[file.rpartition(".")[2].casefold()]

    def _find(self, file: str) -> str | None:
        stem, dot, ending = file.rpartition(".")
        # A name that is nothing but an ending is a page without a name rather than a hidden file.
        nameless = stem == "" or stem.endswith("/")
        folder_or_name = stem.removesuffix("/") if nameless else file
        if not dot or ending.casefold() not in self._ranks:
            self.skipped[file] = kb_t("does not end in {names}", names=", ".join(f".{known}" for known in self._ranks))
        elif folder_or_name.startswith(".") or "/." in folder_or_name:
            self.skipped[file] = kb_t("is hidden: part of its path begins with a dot")
        else:
            try:
                return self._address(file if nameless else stem)
            except Invalid as refused:
                self.skipped[file] = kb_t("cannot be [a page]: {why}", why=refused.why)
        return None
