"""What stands between spaces in a question as typed."""

from __future__ import annotations

import re

_PIECE = re.compile(r'[^\s"]*"[^"]*"|[^\s"]+')
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


def straight(text: str) -> str:
    """The text with straight quotation marks in the place of all others, which telephones type; as long as before."""
    return text.translate(_QUOTATION_MARKS)


def pieces(text: str) -> list[tuple[int, int, str]]:
    """Each piece with where it begins and ends; what is in quotation marks is one, with its field."""
    return [(*match.span(), match.group()) for match in _PIECE.finditer(straight(text))]


def is_plain(piece: str) -> bool:
    """Whether it is searched for as it stands: no field, no quotation, nothing excluded, no beginning of words."""
    return piece[0] not in "-−" and not any(sign in piece for sign in '":*')
