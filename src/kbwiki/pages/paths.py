"""Paths of pages: pure functions. Letter case is part of a page's identity; look-alikes are found, not refused."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

from ..errors import Invalid
from ..wording import kb_t

_REMEMBERED = 20_000
"""How many answers of the functions that every view of a page asks for each of its links are remembered."""

MAX_PATH = 1000
MAX_BYTES = 1200
"""The same in bytes of UTF-8: an index entry of PostgreSQL holds 2,704, and one of ours holds a path and its parent."""
MAX_SEGMENT = 200
RESERVED = "-"
"""The first segment that belongs to kbwiki's own screens (`/-/search`, `/-/reviews`, …)."""

_FORBIDDEN = re.compile(r"[#?|<>{}\\]")
_SPACES = re.compile(r"\s+")
_BREAKS = re.compile(r"[\s_-]+")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"


def normalise_path(raw: str) -> str:
    """The one spelling of a path: NFC, single spaces, no empty segments at the ends.

    Errors: Invalid for what cannot be an address: nothing at all, `.` and `..` (no way out of the wiki), invisible
    and control characters, characters that mean something in links, too long, or kbwiki's own `-`.
    """
    path = _SPACES.sub(" ", unicodedata.normalize("NFC", raw)).strip(" /")
    if not path:
        raise Invalid("path", kb_t("Please give the [page] an address, for example: handbook/travel."))
    segments = [segment.strip() for segment in path.split("/")]
    for segment in segments:
        _check_segment(segment)
    if segments[0] == RESERVED:
        raise Invalid("path", kb_t("An address cannot begin with “-/”: that part belongs to the [wiki]'s own screens."))
    path = "/".join(segments)
    if len(path) > MAX_PATH:
        raise Invalid(
            "path",
            kb_t(
                "The address is too long: {count} characters, at most {most} are possible.",
                count=len(path),
                most=MAX_PATH,
            ),
        )
    if (size := len(path.encode())) > MAX_BYTES:
        raise Invalid(
            "path",
            kb_t(
                "The address is too long: {size} bytes in UTF-8, at most {most} are possible.",
                size=size,
                most=MAX_BYTES,
            ),
        )
    return path


def _check_segment(segment: str) -> None:
    if segment in ("", ".", ".."):
        raise Invalid("path", kb_t("An address cannot have empty parts, “.” or “..” between its slashes."))
    if len(segment) > MAX_SEGMENT or len(segment.encode("utf-8", "surrogatepass")) > 3 * MAX_SEGMENT:
        raise Invalid(
            "path",
            kb_t(
                "One part of the address is too long; at most {most} characters are possible.",
                most=MAX_SEGMENT,
            ),
        )
    if found := _FORBIDDEN.search(segment):
        raise Invalid(
            "path",
            kb_t("An address cannot contain “{what}”, because it means something in links.", what=found.group()),
        )
    if any(unicodedata.category(one) in _INVISIBLE and one not in _JOINERS for one in segment):
        raise Invalid("path", kb_t("An address cannot contain invisible or control characters."))


@lru_cache(maxsize=_REMEMBERED)
def look_alike(path: str) -> str:
    """A key that is equal for paths people would mistake for each other: case, compatibility forms, `-`, `_`, space."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())
    key = "/".join(_BREAKS.sub("-", segment).strip("-") or segment for segment in folded.split("/"))
    raw = key.encode("utf-8", "surrogatepass")
    if len(raw) <= MAX_BYTES and len(key) <= MAX_PATH:
        return key
    # Some characters unfold into eighteen; what no longer fits is told apart by its digest.
    return raw[: MAX_PATH - 64].decode("utf-8", "ignore") + sha256(raw).hexdigest()


def parent_of(path: str) -> str:
    """The path of the folder a page lies in: `a/b/c` → `a/b`, `a` → ``."""
    return path.rpartition("/")[0]


def title_of(path: str) -> str:
    """The title a page has when nobody gave it one: the last part of its path."""
    return path.rpartition("/")[2]


def slug(title: str) -> str:
    """A path segment made from a title, for new pages: lower case, words joined by hyphens; '' when nothing is left."""
    lower = unicodedata.normalize("NFC", title).lower()
    # Marks are part of words in many scripts, though not of what `\w` finds.
    words = "".join(one for one in lower if one.isalnum() or one.isspace() or one in "-_" or _is_mark(one))
    return unicodedata.normalize("NFC", _BREAKS.sub("-", words)).strip("-")[:MAX_SEGMENT]


def _is_mark(one: str) -> bool:
    return unicodedata.category(one) in ("Mn", "Mc")


@lru_cache(maxsize=_REMEMBERED)
def locate(target: str, style: str, page_path: str) -> str | None:
    """The path a link on the page `page_path` points to; None when it cannot be a page.

    `wiki` style (`[[target]]`): a name without slash is a neighbour in the same folder, `./x` and `../x` are
    relative, anything else with a slash counts from the wiki's root, as does a leading slash. `markdown` style
    (`[label](target)`) follows the rules of relative addresses (RFC 3986, 5.2). An empty target is the page itself.
    """
    if not target:
        return page_path
    relative = target.startswith(("./", "../")) or target in (".", "..")
    if style == "wiki" and not relative and "/" in target:
        base, rest = [], target.lstrip("/")
    else:
        base, rest = page_path.split("/")[:-1], target
    segments = base
    for segment in rest.split("/"):
        if segment == "..":
            if not segments:
                return None
            segments = segments[:-1]
        elif segment.strip() not in ("", "."):
            segments = [*segments, segment]
    try:
        return normalise_path("/".join(segments))
    except Invalid:
        return None


def written_for(path: str, style: str, page_path: str) -> str | None:
    """How a link of `style` on `page_path` is written so that `locate` finds `path`; None where it cannot be."""
    if style == "wiki" and ("[" in path or "]" in path):
        return None
    folder = parent_of(page_path)
    if style == "wiki":
        if parent_of(path) == folder:
            return title_of(path)
        return path if "/" in path else f"/{path}"
    here = folder.split("/") if folder else []
    there = path.split("/")
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    written = "/".join([".."] * (len(here) - common) + there[common:])
    # A first segment with a colon would read as a scheme (RFC 3986, 4.2).
    return f"./{written}" if ":" in written.split("/", 1)[0] else written


def below(path: str) -> tuple[str, str]:
    """The half-open range [low, high) that holds exactly the paths below `path` (0 follows / in code point order)."""
    return f"{path}/", f"{path}0"


def chain(path: str) -> list[str]:
    """The paths above `path`, nearest last: a/b/c → a, a/b."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
