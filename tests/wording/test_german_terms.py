"""German texts name the case before a term as of a masculine noun; what is said follows the term's own gender."""

from __future__ import annotations

import pytest

from kbwiki.wording.vocabularies import vocabularies_of

USUAL = vocabularies_of("Wiki").of("de")
HANDBOOK = vocabularies_of({"de": {"page": ["Handbuch", "Handbücher", "n"]}}).of("de")


@pytest.mark.parametrize(
    ("text", "page", "handbook"),
    [
        ("[der page]", "die Seite", "das Handbuch"),
        ("[dem page]", "der Seite", "dem Handbuch"),
        ("[des page]", "der Seite", "des Handbuchs"),
        ("[Ein neuer page]", "Eine neue Seite", "Ein neues Handbuch"),
        ("[keinen page]", "keine Seite", "kein Handbuch"),
        ("[zum page]", "zur Seite", "zum Handbuch"),
        ("[neuer page]", "neue Seite", "neues Handbuch"),
        ("[die pages]", "die Seiten", "die Handbücher"),
        ("[den pages]", "den Seiten", "den Handbüchern"),
        ("[pages|dat]", "Seiten", "Handbüchern"),
    ],
)
def test_what_stands_before_a_term_follows_its_gender(text: str, page: str, handbook: str) -> None:
    assert USUAL.fill(text) == page
    assert HANDBOOK.fill(text) == handbook
