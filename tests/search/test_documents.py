"""A document that cannot be indexed is refused before it comes near an index."""

from __future__ import annotations

from typing import Any

import pytest

from kbwiki.search.documents import Document

WHOLE = {"id": 1, "title": "", "path": "", "headings": (), "tags": (), "body": "", "space": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", None), ("body", b"x"), ("tags", ["a"]), ("headings", (1,)), ("id", "1"), ("space", None)],
)
def test_a_broken_document_is_refused(field: str, value: Any) -> None:
    with pytest.raises(TypeError, match=field):
        Document(**{**WHOLE, field: value})


def test_a_number_too_great_for_any_index_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        Document(**{**WHOLE, "id": 1 << 63})
