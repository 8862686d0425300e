"""Catalogues of texts: found in the package's `locales` and in a folder of the host's own, read when first needed."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

DOMAIN = "kbwiki"
OURS = Path(__file__).parent.parent / "locales"
"""`<language>/LC_MESSAGES/kbwiki.mo`, and the template that they are made from, `kbwiki.pot`."""
ENGLISH = "en"


class Untranslated(str):
    """A text that the catalogue does not have, as it is written in the code: in English."""

    __slots__ = ()


class _Missing(gettext.NullTranslations):
    """The end of every chain of catalogues: marks what was not found."""

    def gettext(self, message: str) -> str:
        return Untranslated(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return Untranslated(msgid1 if n == 1 else msgid2)


def catalogue(language: str, folder: str = "") -> gettext.NullTranslations:
    """The catalogue of a language; what stands in the folder goes before what the package has."""
    return _read(language, folder) if language != ENGLISH or folder else _MISSING


def languages(folder: str = "") -> tuple[str, ...]:
    """The languages there are texts in, English first."""
    found = {path.parent.parent.name for path in _catalogues(OURS)}
    found |= {path.parent.parent.name for path in _catalogues(Path(folder))} if folder else set()
    return (ENGLISH, *sorted(found - {ENGLISH}))


_MISSING = _Missing()


@lru_cache(maxsize=100)
def _read(language: str, folder: str) -> gettext.NullTranslations:
    whole: gettext.NullTranslations = _MISSING
    for place in (OURS, *((Path(folder),) if folder else ())):
        path = place / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
        if path.is_file():
            with path.open("rb") as file:
                read = gettext.GNUTranslations(file)
            read.add_fallback(whole)
            whole = read
    return whole


@lru_cache(maxsize=100)
def _catalogues(folder: Path) -> tuple[Path, ...]:
    return tuple(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
