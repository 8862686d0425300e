"""German texts name the case before a term as of a masculine noun; what is said follows the term's own gender."""

from __future__ import annotations

import pytest

from kbwiki.web.words import KINDS, did
from kbwiki.wording import speaking
from kbwiki.wording.amounts import grouped
from kbwiki.wording.speech import Speech
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[Der rule] gilt, [die rules] auch", "Die Regel gilt, die Regeln auch"),
        ("mit [einem früheren decision]", "mit einer früheren Entscheidung"),
        ("[Ihr report] zum [history]", "Ihre Meldung zum Verlauf"),
        ("[im history] [des page]", "im Verlauf der Seite"),
        ("[den appeals] und [keinem concern]", "den Einsprüchen und keiner Rückfrage"),
        ("[jeder comment], [des message], [zum search]", "jeder Kommentar, der Nachricht, zur Suche"),
    ],
)
def test_the_terms_of_moderation_have_their_gender(text: str, said: str) -> None:
    assert USUAL.fill(text) == said


def test_several_authors_have_done_what_one_has_done() -> None:
    with speaking(Speech(["de"], "", vocabularies_of("Wiki")).wording()):
        assert [did("edit", authors) for authors in (1, 2)] == ["hat den Text geändert", "haben den Text geändert"]
        assert [did("restore", authors) for authors in (1, 3)] == [
            "ist zu einer früheren Fassung zurückgegangen",
            "sind zu einer früheren Fassung zurückgegangen",
        ]
        assert all(did(kind, 2) for kind in KINDS)
    assert did("edit", 1) == did("edit", 2) == "changed the text"


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert (grouped(1234567), grouped(1234.56, 1), grouped(0.5, 3)) == ("1,234,567", "1,234.6", "0.500")
    with speaking(Speech(["de"], "", vocabularies_of("Wiki")).wording()):
        assert (grouped(1234567), grouped(1234.56, 1), grouped(7)) == ("1.234.567", "1.234,6", "7")
