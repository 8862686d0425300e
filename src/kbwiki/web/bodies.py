"""How much a form may carry: the host's limits, raised for forms of ours, before anything reads them."""

from __future__ import annotations

from flask import Request

_FORM_OVERHEAD = 3
"""A character of text can take this many bytes more in an urlencoded form."""


def raise_limits(request: Request, max_page_bytes: int) -> None:
    """Let the request carry a page of the largest size, where its class lets itself be told."""
    most = max_page_bytes * _FORM_OVERHEAD * 2 + 1_000_000
    for name in ("max_content_length", "max_form_memory_size"):
        limit = getattr(request, name, None)
        if limit is not None and limit < most:
            try:
                setattr(request, name, most)
            except AttributeError:  # a host's own class: `flask kbwiki check` tells of it
                continue


