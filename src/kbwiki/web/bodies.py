"""How much a form may carry: the host's limits, raised for forms of ours, before anything reads them."""

from __future__ import annotations

from flask import Request

from ..files.storage import too_large

_FORM_OVERHEAD = 3
"""A character of text can take this many bytes more in an urlencoded form."""


_AROUND_A_FILE = 1_000_000
"""What a form with a file may have besides it."""


def raise_limits(request: Request, max_page_bytes: int, max_file_bytes: int = 0) -> None:
    """Let the request carry a page of the largest size, where its class lets itself be told; one with a file, a file.

    A file is written to the disk as it comes, so that only what stands beside it is kept in memory.
    """
    page = max_page_bytes * _FORM_OVERHEAD * 2 + 1_000_000
    has_file = request.mimetype == "multipart/form-data"
    whole = max(page, max_file_bytes + _AROUND_A_FILE) if has_file else page
    for name, most in (("max_content_length", whole), ("max_form_memory_size", page)):
        limit = getattr(request, name, None)
        if limit is not None and limit < most:
            try:
                setattr(request, name, most)
            except AttributeError:  # a host's own class: `flask kbwiki check` tells of it
                continue


def require_room(request: Request, max_file_bytes: int) -> None:
    """Say kindly that a file is too large before it is read, where its sender says so. Errors: Invalid."""
    if request.mimetype == "multipart/form-data" and (request.content_length or 0) > max_file_bytes + _AROUND_A_FILE:
        raise too_large(max_file_bytes)
