"""What is allowed, and what a state of a file is: pure functions and plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from ..errors import Invalid
from ..wording import kb_t
from .sniffing import AUDIO, PDF, PICTURES, SVG, VIDEO

LONGEST_NAME = 150
LONGEST_ALT = 1000
PLAIN_NAME = "file"
"""What a file is called of whose name nothing is left."""


LARGEST_PICTURE = 100_000_000
"""A picture of more dots than this is not shown in a page: decoding it could stop a reader's browser."""


def shown_as(media_type: str, width: int, height: int) -> str:
    """How a page shows a file: picture, video, audio or document; '' for what is only downloaded."""
    if media_type in PICTURES or media_type == SVG:
        return "picture" if width * height <= LARGEST_PICTURE else ""
    if media_type in VIDEO:
        return "video"
    if media_type in AUDIO:
        return "audio"
    return "document" if media_type == PDF else ""


class Kind(StrEnum):
    """What sort of change made a version."""

    UPLOAD = "upload"
    REPLACE = "replace"
    DESCRIBE = "describe"
    MOVE = "move"
    DELETE = "delete"
    BRING_BACK = "bring-back"
    RESTORE = "restore"
    REVERT = "revert"
    HIDE = "hide"
    UNHIDE = "unhide"


@dataclass(frozen=True, slots=True)
class FileState:
    """Everything a version says about its file, with the bytes by digest."""

    path: str
    deleted: bool
    alt: str
    digest: bytes
    size: int
    media_type: str
    width: int
    height: int
    text: str = ""


_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|#{}]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_name(raw: str) -> str:
    """The name a file gets for the name it came with: one that is safe on every system and reads as it looks.

    Folders before it are left out, as are control characters and those that turn the direction of writing; names that
    mean a device somewhere get a word before them. Never empty, and the ending stays.
    """
    name = unicodedata.normalize("NFC", raw.replace("\\", "/").rpartition("/")[2] or raw)
    name = "".join(one for one in name if unicodedata.category(one) not in _INVISIBLE)
    name = unicodedata.normalize("NFC", " ".join(_NOT_IN_NAMES.sub("-", name).split())).strip(". -")
    if not name:
        return PLAIN_NAME
    if _RESERVED.fullmatch(name):
        name = f"{PLAIN_NAME}-{name}"
    return _shortened(name)


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        stem, dot, ending = name, "", ""
    tail = dot + ending
    while len(stem) + len(tail) > LONGEST_NAME or len((stem + tail).encode()) > 2 * LONGEST_NAME:
        stem = stem[:-1]
    return (stem.rstrip(". -") or PLAIN_NAME) + tail


def ending_of(name: str) -> str:
    """The ending of a name, small and without its dot; '' when there is none."""
    stem, dot, ending = name.rpartition("/")[2].rpartition(".")
    return ending.casefold() if dot and stem else ""


def require_ending(name: str, allowed: Iterable[str]) -> None:
    """Errors: Invalid where only some endings are allowed, and this is none of them."""
    known = sorted({one.casefold().lstrip(".") for one in allowed})
    if known and ending_of(name) not in known:
        raise Invalid(
            "file", kb_t("Files like this cannot be kept here. These can: {endings}.", endings=", ".join(known))
        )


def other_name(path: str, number: int) -> str:
    """The same path with a number in its name: form.pdf → form-2.pdf."""
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem:
        stem, dot, ending = name, "", ""
    return f"{folder}{slash}{_shortened(f'{stem}-{number}{dot}{ending}')}"


def clean_alt(alt: str) -> str:
    """An alternative text as it is stored: one line, trimmed. Errors: Invalid when too long."""
    said = "".join(" " if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in alt)
    cleaned = unicodedata.normalize("NFC", " ".join(said.split()))
    if len(cleaned) > LONGEST_ALT:
        raise Invalid(
            "alt", kb_t("The description is too long: at most {most} characters are possible.", most=LONGEST_ALT)
        )
    return cleaned


def words_digest(alt: str, comment: str) -> str:
    """What the journal keeps of words that may have to be hidden: SHA-256 over both, in hex."""
    return sha256(f"{alt}\0\0{comment}".encode("utf-8", "surrogatepass")).hexdigest()


def folded(text: str) -> str:
    """A text as it is looked for: small letters, no accents, single spaces."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(one for one in apart if unicodedata.category(one) != "Mn").split())


def found_by(state: FileState) -> str:
    """The words a file is found by: its name in one piece and in parts, its alternative text, and the text in it."""
    name = state.path.rpartition("/")[2]
    return folded(f"{name} {re.sub(r'[._-]+', ' ', name)} {state.alt} {state.text}")
