"""Sets of terms to begin with: what a wiki, a handbook, a knowledge base and a help centre call their things."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .terms import Term, Verb, Word

USUAL: Mapping[str, Mapping[str, Word]] = MappingProxyType(
    {
        "en": {
            "wiki": Term("wiki"),
            "page": Term("page"),
            "space": Term("space"),
            "revision": Term("revision"),
            "review": Term("review"),
            "queue": Term("queue"),
            "moderator": Term("moderator"),
            "group": Term("group"),
            "tag": Term("tag"),
            "search": Term("search"),
            "history": Term("history"),
            "comment": Term("comment"),
            "report": Term("report"),
            "rule": Term("rule"),
            "decision": Term("decision"),
            "concern": Term("concern"),
            "appeal": Term("objection"),
            "message": Term("message"),
            "edit": Verb("edit"),
        },
        "de": {
            "wiki": Term("Wiki", "Wikis", "n"),
            "page": Term("Seite", "Seiten", "f"),
            "space": Term("Bereich", "Bereiche", "m"),
            "revision": Term("Fassung", "Fassungen", "f"),
            "review": Term("Durchsicht", "Durchsichten", "f"),
            "queue": Term("Warteschlange", "Warteschlangen", "f"),
            "moderator": Term("Moderator", "Moderatoren", "m"),
            "group": Term("Gruppe", "Gruppen", "f"),
            "tag": Term("Schlagwort", "Schlagwörter", "n"),
            "search": Term("Suche", "Suchen", "f"),
            "history": Term("Verlauf", "Verläufe", "m"),
            "comment": Term("Kommentar", "Kommentare", "m"),
            "report": Term("Meldung", "Meldungen", "f"),
            "rule": Term("Regel", "Regeln", "f"),
            "decision": Term("Entscheidung", "Entscheidungen", "f"),
            "concern": Term("Rückfrage", "Rückfragen", "f"),
            "appeal": Term("Einspruch", "Einsprüche", "m"),
            "message": Term("Nachricht", "Nachrichten", "f"),
            "edit": Verb("bearbeiten", "bearbeitet", "bearbeitet", "Bearbeiten"),
        },
    }
)
"""The usual terms by language."""

_HANDBOOK: Mapping[str, Mapping[str, Word]] = {
    "en": {
        "wiki": Term("handbook"),
        "page": Term("guide"),
        "space": Term("chapter"),
        "revision": Term("version"),
        "review": Term("check"),
        "queue": Term("in-tray"),
        "moderator": Term("steward"),
        "group": Term("team"),
        "tag": Term("keyword"),
        "history": Term("change log"),
        "comment": Term("remark"),
        "concern": Term("query"),
        "edit": Verb("change"),
    },
    "de": {
        "wiki": Term("Handbuch", "Handbücher", "n"),
        "page": Term("Anleitung", "Anleitungen", "f"),
        "space": Term("Kapitel", "Kapitel", "n"),
        "revision": Term("Version", "Versionen", "f"),
        "review": Term("Kontrolle", "Kontrollen", "f"),
        "queue": Term("Eingang", "Eingänge", "m"),
        "moderator": Term("Betreuer", "Betreuer", "m"),
        "group": Term("Team", "Teams", "n"),
        "tag": Term("Stichwort", "Stichwörter", "n"),
        "history": Term("Änderungsverlauf", "Änderungsverläufe", "m"),
        "comment": Term("Anmerkung", "Anmerkungen", "f"),
        "concern": Term("Anfrage", "Anfragen", "f"),
        "edit": Verb("ändern", "ändert", "geändert", "Ändern"),
    },
}

_KNOWLEDGE_BASE: Mapping[str, Mapping[str, Word]] = {
    "en": {
        "wiki": Term("knowledge base"),
        "page": Term("article"),
        "space": Term("section"),
        "revision": Term("version"),
        "review": Term("check"),
        "queue": Term("worklist"),
        "moderator": Term("curator"),
        "group": Term("team"),
        "tag": Term("label"),
        "history": Term("change log"),
        "report": Term("hint"),
        "concern": Term("query"),
        "message": Term("notification"),
        "edit": Verb("update"),
    },
    "de": {
        "wiki": Term("Wissensdatenbank", "Wissensdatenbanken", "f"),
        "page": Term("Artikel", "Artikel", "m"),
        "space": Term("Rubrik", "Rubriken", "f"),
        "revision": Term("Version", "Versionen", "f"),
        "review": Term("Prüfung", "Prüfungen", "f"),
        "queue": Term("Arbeitsliste", "Arbeitslisten", "f"),
        "moderator": Term("Kurator", "Kuratoren", "m"),
        "group": Term("Team", "Teams", "n"),
        "tag": Term("Label", "Labels", "n"),
        "history": Term("Änderungsverlauf", "Änderungsverläufe", "m"),
        "report": Term("Hinweis", "Hinweise", "m"),
        "concern": Term("Anfrage", "Anfragen", "f"),
        "message": Term("Mitteilung", "Mitteilungen", "f"),
        "edit": Verb("aktualisieren", "aktualisiert", "aktualisiert", "Aktualisieren"),
    },
}

_HELP_CENTRE: Mapping[str, Mapping[str, Word]] = {
    "en": {
        "wiki": Term("help centre"),
        "page": Term("topic"),
        "space": Term("section"),
        "revision": Term("version"),
        "review": Term("check"),
        "queue": Term("worklist"),
        "moderator": Term("editor"),
        "group": Term("team"),
        "tag": Term("label"),
        "history": Term("change log"),
        "report": Term("hint"),
        "concern": Term("query"),
        "message": Term("notification"),
        "edit": Verb("change"),
    },
    "de": {
        "wiki": Term("Hilfe-Center", "Hilfe-Center", "n", "Hilfe-Centers"),
        "page": Term("Thema", "Themen", "n"),
        "space": Term("Rubrik", "Rubriken", "f"),
        "revision": Term("Version", "Versionen", "f"),
        "review": Term("Prüfung", "Prüfungen", "f"),
        "queue": Term("Arbeitsliste", "Arbeitslisten", "f"),
        "moderator": Term("Redakteur", "Redakteure", "m"),
        "group": Term("Team", "Teams", "n"),
        "tag": Term("Label", "Labels", "n"),
        "history": Term("Änderungsverlauf", "Änderungsverläufe", "m"),
        "report": Term("Hinweis", "Hinweise", "m"),
        "concern": Term("Anfrage", "Anfragen", "f"),
        "message": Term("Mitteilung", "Mitteilungen", "f"),
        "edit": Verb("ändern", "ändert", "geändert", "Ändern"),
    },
}

PRESETS: Mapping[str, Mapping[str, Mapping[str, Word]]] = MappingProxyType(
    {"Wiki": USUAL, "Handbook": _HANDBOOK, "Knowledge base": _KNOWLEDGE_BASE, "Help centre": _HELP_CENTRE}
)
"""Terms by language, by the name of the preset."""
