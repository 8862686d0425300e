"""Screens without anything around them, for hosts that fetch one into a page of their own: `?kb_fragment`.

Asked for by the address, and by no header: a host's pages may fetch whole screens, too, to take a part out of them, or
to go there, and a browser that keeps an answer keeps it by its address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Response
from markupsafe import Markup

if TYPE_CHECKING:
    from .visit import Visit

PARAMETER = "kb_fragment"
WITHOUT = {"kbwiki/layout.html": "kbwiki/bare.html"}
"""The template that stands in place of the layout, also where a host has a layout of its own."""

_SENT = re.compile(rf"(?:(?<=&)|^){PARAMETER}(?:=[^&]*)?(?:&|$)")
_FRAME_ID = re.compile(r"[A-Za-z][\w:.-]{0,200}")


def passed_on(visit: Visit, address: str) -> str:
    """Where a redirect leads: what was asked for without layout goes on without it, inside the wiki."""
    if not visit.is_bare or not f"{address}/".startswith(f"{visit.url.base}/"):
        return address
    address, mark, section = address.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{PARAMETER}=1{mark}{section}"


def left_out(query: str) -> str:
    """A query string without our parameter: somebody who signs in comes back to a whole page."""
    return _SENT.sub("", query).rstrip("&")


def framed(visit: Visit, response: Response) -> Response:
    """A screen without layout as whoever asked takes it, in the frame that Turbo names; search engines leave it out."""
    if not visit.is_bare:
        return response
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Turbo-Frame")
    frame = visit.request.headers.get("Turbo-Frame", "")
    if response.mimetype == "text/html" and _FRAME_ID.fullmatch(frame):
        html = Markup('<turbo-frame id="{}">{}</turbo-frame>')
        inside = Markup(response.get_data(as_text=True))  # noqa: S704 - an answer of ours
        response.set_data(html.format(frame, inside))
    return response
