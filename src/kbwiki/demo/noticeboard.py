"""What hangs on the intranet's front page: notices, dates to come, who is on call and who is away."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

from .people import STAFF, Person


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice by a colleague, with the handbook page it is about, if any."""

    at: datetime
    kind: str
    title: str
    body: str
    by: Person
    page: str = ""
    page_title: str = ""


@dataclass(frozen=True, slots=True)
class Appointment:
    """Something to come."""

    at: datetime
    title: str
    where: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Who takes the calls in the week that begins on a Monday: one engineer, one on the desk."""

    monday: datetime
    engineer: Person
    desk: Person


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody who is not in, and why."""

    person: Person
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """The whole front page at one moment."""

    notices: tuple[Notice, ...]
    coming: tuple[Appointment, ...]
    duty: tuple[Duty, ...]
    away: tuple[Absence, ...]


def board(now: datetime) -> Board:
    """The front page as it hangs at ``now``; every date in it is counted from there."""
    text = resources.files("kbwiki.demo").joinpath("content/intranet.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    return Board(
        notices=tuple(_notice(row, now) for row in rows["notice"]),
        coming=tuple(_appointment(row, now) for row in rows["coming"]),
        duty=tuple(_duty(rows["on_call"], now, week) for week in range(3)),
        away=tuple(Absence(STAFF[row["person"]], row["why"]) for row in rows["away"]),
    )


def _notice(row: dict[str, Any], now: datetime) -> Notice:
    texts = {key: value for key, value in row.items() if key not in {"days", "by"}}
    return Notice(at=now - timedelta(days=row["days"]), by=STAFF[row["by"]], **texts)


def _appointment(row: dict[str, Any], now: datetime) -> Appointment:
    return Appointment(at=now - timedelta(days=row["days"]), title=row["title"], where=row["where"])


def _duty(names: dict[str, list[str]], now: datetime, weeks_ahead: int) -> Duty:
    monday = now - timedelta(days=now.weekday()) + timedelta(weeks=weeks_ahead)
    week = monday.toordinal() // 7
    engineers, desk = names["field"], names["desk"]
    return Duty(monday, STAFF[engineers[week % len(engineers)]], STAFF[desk[week % len(desk)]])
