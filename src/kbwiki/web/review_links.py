"""Where the changes under review lead: addresses outside that were not there before, and pages nobody has written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from ..files.queries import files_at
from ..markup import PLAIN, Dialect, Link, parse
from ..pages.diff import Difference
from ..pages.paths import locate
from ..pages.queries.view import PageView
from ..pages.rendering import existing
from .visit import Visit

MOST = 20
"""So many of each are listed; how many more there are is said."""

_LONGEST_PARSED = 20_000
_MOST_ASKED = 400

# More than what becomes a link is found, code for instance: an address that is listed needlessly costs a glance.
_ADDRESS = re.compile(
    r"(?:\bhttps?:(?://)?|\bmailto:|(?<![\w:/.])//(?=\w[\w-]*\.)|(?<![\w@/.-])www\.)[^\s<>\"`\\^{|}\[\]]+",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class LinkOut:
    """An address outside that the changes added, as it is written, and the host it leads to."""

    host: str
    address: str


@dataclass(frozen=True, slots=True)
class LinksAdded:
    """What the changes lead to: at most `MOST` of each, and how many there are in all."""

    out: tuple[LinkOut, ...]
    out_count: int
    missing: tuple[str, ...]
    missing_count: int


def links_added(
    visit: Visit, before: PageView | None, after: PageView, difference: Difference | None
) -> LinksAdded | None:
    """The links that the changes added; None where there are none, or the text is not to be shown."""
    if difference is None or after.kind == "delete":
        return None
    added, removed = _lines(difference, "after"), _lines(difference, "before")
    out = _out(added, removed, visit.request.host)
    missing = _missing(visit, before, after, added, removed)
    if not out and not missing:
        return None
    return LinksAdded(tuple(out[:MOST]), len(out), tuple(missing[:MOST]), len(missing))


def _lines(difference: Difference, side: str) -> str:
    """The lines that changed, as they read on one side."""
    rows = (row for hunk in difference.hunks for row in hunk.rows if row.kind != "same")
    return "".join(run.text for row in rows for run in getattr(row, side) or ())


def _out(added: str, removed: str, own_host: str) -> list[LinkOut]:
    """Addresses in the added text that the removed text did not have, in order, each once."""
    old = set(addresses(removed))
    new = dict.fromkeys(address for address in addresses(added) if address not in old)
    found = (LinkOut(host_of(address), address) for address in new)
    return [one for one in found if one.host != own_host]


def addresses(text: str) -> list[str]:
    """Every address in a text as a browser would understand it: entities and escapes are resolved."""
    plain = _ESCAPED.sub(r"\1", unescape(text))
    return [_without_punctuation(found[0]) for found in _ADDRESS.finditer(plain)]


def _without_punctuation(address: str) -> str:
    address = address.rstrip(".,;:!?'*_")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?'*_")
    return address


def host_of(address: str) -> str:
    """The host an address leads to; of a mail address what follows the @."""
    if address[:7].lower() == "mailto:":
        return address.partition("?")[0].rpartition("@")[2].lower()
    if address.startswith("//"):
        address = f"https:{address}"
    elif not re.match(r"https?:", address, re.IGNORECASE):
        address = f"https://{address}"
    else:
        scheme, _, rest = address.partition(":")
        address = f"{scheme}://{rest.lstrip('/')}"
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return address


def _missing(visit: Visit, before: PageView | None, after: PageView, added: str, removed: str) -> list[str]:
    """Pages that are linked to now, were not before, and that nobody has written (or the visitor may not read)."""
    new = _new_links(before, after, added, removed, visit.wiki.dialect)
    targets = {locate(link.target, link.style, after.path) for link in new}
    wanted = sorted(target for target in targets if target is not None and target != after.path)[:_MOST_ASKED]
    if not wanted:
        return []
    found = existing(visit.connection, visit.wiki.id, visit.actor, wanted)
    if left := [one for one in wanted if one not in found]:
        found |= {
            path: file.path for path, file in files_at(visit.connection, visit.wiki.id, visit.actor, left).items()
        }
    return [target for target in wanted if target not in found]


def _new_links(before: PageView | None, after: PageView, added: str, removed: str, dialect: Dialect) -> set[Link]:
    """What is kept about both texts says it exactly; a text nobody has read yet is read as far as it is new."""
    if dialect is PLAIN and after.links is not None and (before is None or before.links is not None):
        return set(after.links) - set((before.links or ()) if before is not None else ())
    if len(added) + len(removed) > _LONGEST_PARSED:
        return set()
    return set(parse(added, dialect).links) - set(parse(removed, dialect).links)
