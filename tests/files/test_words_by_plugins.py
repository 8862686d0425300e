"""Words that plugins find in files: by them files are found, and without them files are kept all the same."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kbwiki import Settings, Wiki
from kbwiki.files.queries import FileView, search_files
from kbwiki.hooks import Plugin, TextExtractor, hookimpl
from kbwiki.testing import READER

from .conftest import add

PDF = b"%PDF-1.4\n"


class Letters(Plugin):
    """Reads the letters of a PDF, and falls over some."""

    name = "letters"

    @hookimpl
    def text_extractors(self) -> Iterable[TextExtractor]:
        """One that finds nothing, and one that finds something."""
        yield TextExtractor(("application/pdf",), lambda content: "")
        yield TextExtractor(("application/pdf", "image/png"), self.read)

    def read(self, content: bytes) -> str:
        """The letters, turned round."""
        if b"crooked" in content:
            raise ValueError("crooked")
        return content.removeprefix(PDF).decode()[::-1]


def found(wiki: Wiki, words: str) -> list[str]:
    with wiki.read() as connection:
        files: list[FileView] = search_files(connection, wiki.id, READER, words)
    return [file.path for file in files]


def test_a_file_is_found_by_the_words_a_plugin_reads_in_it(sqlite_url: str, tmp_path: Path) -> None:
    wiki = Wiki(sqlite_url, files=tmp_path, plugins=(Letters,), settings=Settings(hook_seconds=10.0))
    add(wiki, "forms/leave.pdf", PDF + b"noitacav \0 fo sgnidniW")
    add(wiki, "forms/other.bin", b"\x00\x01 noitacav")

    assert found(wiki, "windings vacation") == ["forms/leave.pdf"]
    wiki.close()


def test_a_file_that_a_plugin_falls_over_is_kept_and_found_by_its_name(sqlite_url: str, tmp_path: Path) -> None:
    wiki = Wiki(sqlite_url, files=tmp_path, plugins=(Letters,), settings=Settings(hook_seconds=10.0))
    add(wiki, "forms/leave.pdf", PDF + b"crooked", alt="Windings")

    assert found(wiki, "windings") == found(wiki, "leave.pdf") == ["forms/leave.pdf"]
    assert found(wiki, "crooked") == []
    wiki.close()
