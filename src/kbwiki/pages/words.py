"""Texts as lines and words: what the difference view and the merge compare.

A line ends after each "\\n" and nowhere else. A word is what a reader of the language would call one, as
far as that can be told without a dictionary: letters, digits and "_" with the marks and apostrophes inside
them; in scripts that put no space between words, one character. No character is parted from the marks that
belong to it.
"""

import re
from collections.abc import Iterator, Sequence

# What an unchanged field weighs. One word keeps two changes apart; in a script without spaces, where a word
# has one or two characters, three of these do.
WORD = 3
UNSPACED = 1

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, bopomofo and the Han characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Marks that combine with the character before them. The Indic ranges hold letters too, which does no harm:
# a letter belongs to the word anyway. Python's \w leaves marks out.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d"
    "\u0859-\u085b\u0898-\u0963\u0966-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u0f86-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060"
    "\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u135d-\u135f\u1712-\u1715\u17b4-\u17d3"
    "\u17dd\u180b-\u180f\u1920-\u193b\u1a17-\u1a1b\u1a55-\u1a7f\u1ab0-\u1b44\u1b6b-\u1b73\u1b80-\u1bf3\u1c24-\u1c37"
    "\u1cd0-\u1cf9\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ua66f-\ua67d\ua802-\ua827\ua880-\ua8f1"
    "\ua926-\ua953\ua980-\ua9c0\ua9e5\uaa29-\uaa43\uaa4c\uaa4d\uaa7b-\uaaef\uabe3-\uabed\ufb1e\ufe00-\ufe0f"
    "\ufe20-\ufe2f\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)
_LETTER = rf"[^\W{_UNSPACED}]"
_WORD = rf"{_LETTER}+(?:(?:[{_MARKS}]+|['’](?={_LETTER})){_LETTER}*)*"
_SINGLE = rf"(?:[\U0001f1e6-\U0001f1ff]{{2}}|.)(?:[{_MARKS}]|(?<=\u200d)[^\w\s])*"
_TOKEN = re.compile(rf"{_WORD}|[^\S\r\n]+|\r?\n|\r|{_SINGLE}", re.DOTALL)
_FIELD = re.compile(rf"""[^\s()\[\]{{}}<>|"“”«»{_UNSPACED}]+|[^\S\n]+|\n|.[{_MARKS}]*""", re.DOTALL)
_UNSPACED_START = re.compile(f"[{_UNSPACED}]")


def lines(text: str) -> list[str]:
    """Cut `text` after each newline. Joined, the lines are the text; only the last may lack its newline."""
    found = text.split("\n")
    last = found.pop()
    found = [line + "\n" for line in found]
    if last:
        found.append(last)
    return found


def tokens(text: str) -> list[str]:
    """Cut `text` into words, runs of blanks, line ends and other characters. Joined, they are the text."""
    return _TOKEN.findall(text)


def fields(text: str) -> list[str]:
    """Cut `text` at blanks, newlines, brackets, double quotes and bars. Joined, the parts are the text.

    Coarser than `tokens`: an address, a number with its unit, a word with its comma are one field. In
    scripts without spaces each character is one.
    """
    return _FIELD.findall(text)


def is_word(token: str) -> bool:
    """Tell whether a token or field has a letter, a digit or a character like 語 in it."""
    return token[0].isalnum() or (len(token) > 1 and any(map(str.isalnum, token)))


def is_unspaced(token: str) -> bool:
    """Tell whether a token is one character of a script that puts no spaces between words."""
    return _UNSPACED_START.match(token) is not None


def weight(field: str) -> int:
    """Return how much a field does to keep two changes apart: WORD for a word, nothing for blanks and signs."""
    if is_unspaced(field):
        return UNSPACED
    return WORD if is_word(field) else 0


def limits(fields: Sequence[str]) -> Iterator[int]:
    """Give each field that ends a line, or a cell in a line that begins with a bar, the weight of a word."""
    in_table, at_start = False, True
    for field in fields:
        if field == "\n":
            at_start = True
        elif at_start and not field.isspace():
            in_table, at_start = field == "|", False
        yield WORD if field == "\n" or (field == "|" and in_table) else 0
