"""One language as one wiki speaks it: a catalogue of texts and the terms that go into them."""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field

from .vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Wording:
    """A language with a wiki's terms. What was put together once is kept, so that a text costs a look-up."""

    locale: str = "en"
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    _said: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def say(self, text: str, plural: str | None = None, n: object = None) -> str:
        """The translation of `text` (for a number `n` its form for that number), with terms, placeholders unfilled."""
        if plural is None:
            key = (text, "")
        else:
            translated = self.catalogue.ngettext(text, plural, n if isinstance(n, int) else 2)
            key = (translated, "\0")
        said = self._said.get(key)
        if said is None:
            found = self.catalogue.gettext(text) if plural is None else key[0]
            said = self._said[key] = self.vocabulary.fill(found)
        return said
