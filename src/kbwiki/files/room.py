"""The way in for bytes: what a wiki, a command or a view calls before it says what is to become of them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from ..errors import Invalid
from ..hooks.manager import Plugins
from ..hooks.marks import Asked
from ..settings import Settings
from ..wording import kb_t
from .content import Content, kept_content
from .storage import Store

MOST_EXTRACTED = 100_000_000
"""Bytes of a file that are handed to a plugin; the words of larger ones are not read."""


class FileRoom:
    """Keeps bytes of one wiki, within its limits. `wiki.files`."""

    def __init__(self, store: Store, settings: Settings, plugins: Plugins | None = None) -> None:
        self.store = store
        self._settings = settings
        self._plugins = plugins

    def keep(self, stream: BinaryIO) -> Content:
        """Keep what is in the stream, and look at what it is. It is no file before an action makes it one.

        Call it before `wiki.begin`, so that nobody waits for a slow disk. Errors: Invalid (too large, empty), OSError.
        """
        return kept_content(self.store, stream, self._settings.max_file_bytes, self._words_in)

    def _words_in(self, media_type: str, file: Path) -> str:
        """What the first plugin finds that reads files of this type and finds any words."""
        if self._plugins is None or not self._plugins.uses("text_extractors"):
            return ""
        readers = [one for one in self._plugins.declared("text_extractors") if media_type in one.value.media_types]
        if not readers or file.stat().st_size > MOST_EXTRACTED:
            return ""
        content = file.read_bytes()
        for reader in readers:
            answer = self._plugins.call(
                reader.plugin, "text_extractors", reader.value.extract, content, gives=str, asked=Asked.WRITING
            )
            if answer.value:
                return str(answer.value)
        return ""


def file_room(folder: Path | None, wiki: str, settings: Settings, plugins: Plugins | None = None) -> FileRoom:
    """The room of a wiki below the folder. Errors: Invalid when there is no folder."""
    if folder is None:
        raise Invalid("file", kb_t("No folder was named for files, so none can be kept here."))
    return FileRoom(Store(folder / _folder_name(wiki)), settings, plugins)


def _folder_name(wiki: str) -> str:
    """A folder of its own for each wiki, whatever it is called."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_") else "-" for one in wiki)[:60]
    return plain if plain == wiki else f"{plain}-{sha256(wiki.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
