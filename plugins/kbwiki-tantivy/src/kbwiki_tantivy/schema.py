"""What the index has of each page. Texts come in taken apart, each term with its place; several may share one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import tantivy

from kbwiki.search.documents import Document
from kbwiki.search.engines.filing import path_terms, tag_terms
from kbwiki.search.weights import USUAL, Standing
from kbwiki.search.words.analysis import places

TEXT, TITLE = "text", "title"
"""The fields in which words are looked for: everything there is to read, and the title by itself."""

TAG, WITHIN, PAGE, SPACE, KIND, POSITION = "tag", "within", "page", "space", "kind", "position"
STATE = "state"
"""The kind of the one document that is no page: it has the position in the journal."""

_BETWEEN = 10
"""Places left free between two stretches of text, so that no phrase crosses over."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in (TEXT, TITLE):
        builder.add_text_field(field, tokenizer_name="raw", index_option="position")
    for field in (TAG, WITHIN, KIND):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in (PAGE, SPACE, POSITION):
        builder.add_integer_field(field, indexed=True, fast=True)
    return builder.build()


SCHEMA = _schema()


def written(term: str) -> str:
    """The term as the index has it: lone surrogates, which tags and paths may have, become question marks."""
    return _SURROGATE.sub("?", term)


def document_of(page: Document, standing: Standing = USUAL) -> tantivy.Document:
    """The page as tantivy takes it."""
    document = tantivy.Document()
    document.add_integer(PAGE, page.id)
    document.add_integer(SPACE, page.space)
    text = _tokens(_stretches(page, standing), page.language)
    document.add_pre_tokenized_text(TEXT, tantivy.PreTokenizedString("", text))
    title = _tokens([(page.title, 1)], page.language)
    document.add_pre_tokenized_text(TITLE, tantivy.PreTokenizedString("", title))
    for tag in tag_terms(page.tags):
        document.add_text(TAG, written(tag))
    for path in path_terms(page.path):
        document.add_text(WITHIN, written(path))
    return document


def state(position: int) -> tantivy.Document:
    """The document that says up to where the index speaks."""
    document = tantivy.Document()
    document.add_text(KIND, STATE)
    document.add_integer(POSITION, position)
    return document


def _stretches(page: Document, standing: Standing) -> Iterator[tuple[str, int]]:
    """What there is to read, and how often it counts.

    A term that counts more stands more often at its place, so that BM25 saturates once over all that a page says:
    fields of their own would each add a score of their own.
    """
    yield page.body, _times(standing.body)
    yield page.title, _times(standing.title)
    yield page.path, _times(standing.path)
    for heading in page.headings:
        yield heading, _times(standing.headings)
    for tag in page.tags:
        yield tag, _times(standing.tags)
    for more, boost in page.more:
        yield more, _times(standing.body * boost)


def _times(weight: float) -> int:
    return max(1, round(weight))


def _tokens(stretches: Iterable[tuple[str, int]], language: str) -> list[tantivy.Token]:
    standing: list[tuple[int, str]] = []
    at = 0
    for text, times in stretches:
        found, end = places(text, language, at)
        standing += [(place, term) for term, here in found.items() for place in here] * times
        at = end + _BETWEEN
    standing.sort()
    return [tantivy.Token(written(term), place, 0, 0) for place, term in standing]
