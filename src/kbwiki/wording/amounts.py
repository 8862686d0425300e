"""Days, times, numbers and lists as the language that is spoken writes them.

English needs nothing for it; for other languages Babel knows how, and is read when the first of them is spoken. Days
and times are those of the wiki's time zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from . import N_, kb_t, spoken
from .catalogue import ENGLISH

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def day(moment: datetime) -> str:
    """A day as people write it: 3 May 2026."""
    there = _there(moment)
    locale = _babel_locale(spoken().locale)
    if locale is None:
        return f"{there.day} {_MONTHS[there.month - 1]} {there.year}"
    from babel.dates import format_date

    return format_date(there, "long", locale=locale)


def clock(moment: datetime) -> str:
    """A time of day, with its zone: 14:05 CET."""
    there = _there(moment)
    return f"{there:%H:%M} {_zone_name(there)}"


def day_and_time(moment: datetime) -> str:
    """A moment: 3 May 2026, 14:05 CET."""
    return kb_t("{day}, {time}", day=day(moment), time=clock(moment))


def number(value: float, places: int = 0) -> str:
    """A number with so many places after the point: 1234.5."""
    plain = f"{value:.{places}f}"
    locale = _babel_locale(spoken().locale)
    if locale is None:
        return plain
    from babel.numbers import format_decimal

    pattern = "0" + ("." + "0" * places if places else "")
    return format_decimal(float(plain), pattern, locale=locale)


def grouped(value: float, places: int = 0) -> str:
    """A large number as people write it: 1,234,567."""
    locale = _babel_locale(spoken().locale)
    if locale is None:
        return f"{value:,.{places}f}"
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(float(f"{value:.{places}f}") if places else round(value), pattern, locale=locale)


_SIZES = ((1_000_000_000, N_("{number} GB")), (1_000_000, N_("{number} MB")), (1_000, N_("{number} kB")))


def file_size(size: int) -> str:
    """How large a file is, as people say it: 3.4 MB."""
    for unit, words in _SIZES:
        if size >= unit:
            return kb_t(words, number=number(size / unit, 0 if size >= 10 * unit or not size % unit else 1))
    return kb_t("{n} byte", "{n} bytes", n=size)


def per_cent(share: float, places: int = 0) -> str:
    """A share of 1 in per cent: 94 %."""
    return kb_t("{number} %", number=number(share * 100, places))


def listed(names: Sequence[str]) -> str:
    """Names in a row, as a sentence has them: Anna, Bert and Carl."""
    if len(names) < 2:
        return "".join(names)
    said = names[0]
    for name in names[1:-1]:
        said = kb_t("{names}, {name}", names=said, name=name)
    return kb_t("{names} and {last}", names=said, last=names[-1])


def language_name(locale: str) -> str:
    """What a language calls itself."""
    known = _babel_locale(locale)
    return str(known.get_display_name()) if known is not None else "English" if locale == ENGLISH else locale


def _there(moment: datetime) -> datetime:
    """The moment on the wiki's clock; one at the end of time, such as that of a lock for ever, as it is."""
    try:
        return moment.astimezone(spoken().zone)
    except OverflowError:
        return moment


def _zone_name(there: datetime) -> str:
    """Short, and in the language where it has a word for it: MEZ. Zones without one are told by their distance."""
    usual = there.tzname() or ""
    if not usual.isalpha():
        return f"UTC{usual}"
    locale = _babel_locale(spoken().locale)
    if locale is None or usual == "UTC":
        return usual
    from babel.dates import get_timezone_name

    name: str = get_timezone_name(there, width="short", locale=locale)
    return name if name.isalpha() else usual


@lru_cache(maxsize=100)
def _babel_locale(locale: str) -> Any:
    """Babel's locale; None for English, and for one that Babel does not know."""
    if locale == ENGLISH:
        return None
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
