"""The languages that one wiki speaks, and which of them somebody gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo

from .catalogue import ENGLISH, catalogue, languages
from .language import Wording
from .vocabularies import Vocabularies


class Speech:
    """The wiki's languages, the usual one first, with its terms, and the zone of its days and times.

    `folder` has catalogues of the host's own.
    """

    def __init__(self, locales: Sequence[str], folder: str, vocabularies: Vocabularies, zone: tzinfo = UTC) -> None:
        self.locales = tuple(locales) or languages(folder)
        self.folder = folder
        self.vocabularies = vocabularies
        self.zone = zone
        self._wordings: dict[tuple[str, Vocabularies], Wording] = {}

    def chosen(self, wanted: Iterable[str]) -> str:
        """The first of the wanted languages that the wiki speaks; the usual one when it speaks none of them."""
        ours = {_tidy(one): one for one in reversed(self.locales)}
        for one in wanted:
            tidy = _tidy(one)
            while tidy:
                if tidy in ours:
                    return ours[tidy]
                tidy = tidy.rpartition("-")[0]
        return self.locales[0]

    def wording(self, locale: str | None = None, vocabularies: Vocabularies | None = None) -> Wording:
        """One of the wiki's languages (the usual one) with its terms (those of the settings)."""
        key = (locale or self.locales[0], vocabularies or self.vocabularies)
        found = self._wordings.get(key)
        if found is None:
            if len(self._wordings) > 50:  # an administrator tries one word after the other
                self._wordings.clear()
            language = key[0].replace("_", "-").partition("-")[0]
            texts = catalogue(key[0], self.folder)
            terms = key[1].of(key[0] if key[0] in key[1].said()["terms"] else language)
            found = self._wordings[key] = Wording(key[0], texts, terms, key[1].of(ENGLISH), self.zone)
        return found


def _tidy(locale: str) -> str:
    return locale.replace("_", "-").lower()
