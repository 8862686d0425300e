"""Documents as a rebuild takes them in: a bounded stretch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..documents import Document


def batches(documents: Iterable[Document], *, pages: int, characters: int) -> Iterator[dict[int, Document]]:
    """The documents by their pages, of which the latest counts: so many ``pages`` and ``characters`` at a time.

    The last page of a stretch may have more characters than are left.
    """
    batch: dict[int, Document] = {}
    size = 0
    for document in documents:
        batch[document.id] = document
        size += len(document.body)
        if len(batch) >= pages or size >= characters:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch
