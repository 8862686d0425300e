"""The handbook's story, read from ``content/``: who did what to which page, and when."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any
from zlib import crc32

from ..spaces.policy import SpaceSettings, effective
from .growth import Step, before

CONTENT = resources.files("kbwiki.demo").joinpath("content")


@dataclass(frozen=True, slots=True)
class Write:
    """Somebody saves a page: with this text, or with the current one changed by ``swaps``."""

    at: datetime
    by: str
    page: str
    comment: str
    text: str | None = None
    swaps: tuple[tuple[str, str], ...] = ()
    title: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody moves a page."""

    at: datetime
    by: str
    page: str
    to: str
    comment: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Somebody deletes a page."""

    at: datetime
    by: str
    page: str
    comment: str


@dataclass(frozen=True, slots=True)
class Decide:
    """A member of a group answers its open review of a page."""

    at: datetime
    by: str
    group: str
    page: str
    verdict: str
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """A group approves all that is open; each review by the first of ``by`` who has no part in it."""

    at: datetime
    group: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A reader says that something is wrong with a page."""

    at: datetime
    by: str
    page: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An author answers what a group asked about a page."""

    at: datetime
    by: str
    page: str
    text: str


@dataclass(frozen=True, slots=True)
class Objection:
    """An author objects to the last decision that took something of theirs out of a page."""

    at: datetime
    by: str
    page: str
    text: str


Event = Write | Move | Delete | Decide | Round | Report | Reply | Objection


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The spaces as they are set up on the first day, and everything that happened since, oldest first."""

    began: datetime
    spaces: Mapping[str, SpaceSettings]
    events: tuple[Event, ...]


def read_chronicle(now: datetime) -> Chronicle:
    """The whole story, told so that it ends at ``now`` (aware)."""
    told = _toml("events.toml")
    histories = [page for file in sorted(_files("history")) for page in _toml(f"history/{file}")["page"]]
    last_round = min(row["until"] for row in told["round"])
    events: list[Event] = [write for page in histories for write in _history(page, now, last_round)]
    events += [event for row in told["round"] for event in _rounds(row, events, now)]
    events += [_told(row, now) for row in told["event"]]
    events.sort(key=lambda event: event.at)
    spaces = {row["path"]: _space(row) for row in _toml("spaces.toml")["space"]}
    return Chronicle(events[0].at - timedelta(hours=1), spaces, tuple(_without_idle_rounds(events, spaces)))


def text_of_page(path: str) -> str:
    """The text a page's quiet history ended with."""
    return _file(f"pages/{path}.md").read_text(encoding="utf-8")


def _history(page: Mapping[str, Any], now: datetime, last_round: int) -> Iterator[Write]:
    revisions: Sequence[Mapping[str, Any]] = page["revisions"]
    texts = [text_of_page(page["path"])]
    for revision in revisions[:0:-1]:
        texts.append(before(texts[-1], _step(revision)))
    previous = now - timedelta(days=10_000)
    for text, revision in zip(reversed(texts), revisions, strict=True):
        at = _working_hour(now, revision, last_round, salt=page["path"])
        at = previous = max(at, previous + timedelta(minutes=17))
        first = revision is revisions[0]
        yield Write(
            at,
            revision["by"],
            page["path"],
            revision["comment"],
            text,
            title=page["title"] if first else None,
            tags=tuple(page["tags"]) if first else None,
        )


def _step(revision: Mapping[str, Any]) -> Step:
    return Step(
        sections=tuple(revision.get("sections", ())),
        blocks=tuple(revision.get("blocks", ())),
        lines=tuple(revision.get("lines", ())),
        swaps=_pairs(revision),
    )


def _rounds(row: Mapping[str, Any], events: Sequence[Event], now: datetime) -> Iterator[Round]:
    at = _clock_time(now, row["until"], "09:00")
    began = min(event.at for event in events)
    while at > began:
        yield Round(at, row["group"], tuple(row["by"]))
        at -= timedelta(days=row["every"])


def _without_idle_rounds(events: Sequence[Event], spaces: Mapping[str, SpaceSettings]) -> Iterator[Event]:
    """All events save the rounds of groups to whom nothing was given since their last round."""
    given: set[str] = set()
    for event in events:
        if isinstance(event, Write):
            groups, _ = effective(spaces, event.page, "reviewers") or ((), "")
            given.update(groups)
        if not isinstance(event, Round):
            yield event
        elif event.group in given:
            given.remove(event.group)
            yield event


def _told(row: Mapping[str, Any], now: datetime) -> Event:
    at, by, page = _clock_time(now, row["days"], row["time"]), row["by"], row["page"]
    match row["kind"]:
        case "write":
            draft = _file(f"drafts/{row['draft']}").read_text(encoding="utf-8") if "draft" in row else None
            tags = tuple(row["tags"]) if "tags" in row else None
            return Write(at, by, page, row["comment"], draft, _pairs(row), row.get("title"), tags)
        case "move":
            return Move(at, by, page, row["to"], row["comment"])
        case "delete":
            return Delete(at, by, page, row["comment"])
        case "decide":
            answer = row["verdict"], row.get("reason", ""), row.get("note", "")
            return Decide(at, by, row["group"], page, *answer)
        case "report":
            return Report(at, by, page, row["text"], row.get("reason", ""))
        case "reply":
            return Reply(at, by, page, row["text"])
        case "object":
            return Objection(at, by, page, row["text"])
    raise ValueError(f"events.toml: there is no kind {row['kind']!r}")


def _pairs(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((was, becomes) for was, becomes in row.get("swaps", ()))


def _space(row: Mapping[str, Any]) -> SpaceSettings:
    groups: dict[str, Any] = {name: tuple(row[name]) for name in ("readers", "writers", "reviewers") if name in row}
    return SpaceSettings(title=row["title"], **groups)


def _working_hour(now: datetime, revision: Mapping[str, Any], last_round: int, *, salt: str) -> datetime:
    """Some minute of the working day, the same each time for a revision; until the last round weekends count as Friday.

    What came since is decided one by one: moved to a Friday before the round, it would be decided in it already.
    """
    at = _clock_time(now, revision["days"], "08:00")
    at += timedelta(minutes=crc32(f"{salt} {revision['days']} {revision['by']}".encode()) % 570)
    came_since = revision["days"] <= last_round
    return at if came_since else at - timedelta(days=max(0, at.weekday() - 4))


def _clock_time(now: datetime, days: int, clock: str) -> datetime:
    date = (now - timedelta(days=days)).date()
    return datetime.combine(date, time.fromisoformat(clock), tzinfo=now.tzinfo)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_file(name).read_text(encoding="utf-8"))


def _files(folder: str) -> list[str]:
    return [one.name for one in CONTENT.joinpath(folder).iterdir() if one.name.endswith(".toml")]


def _file(name: str) -> Traversable:
    return CONTENT.joinpath(*name.split("/"))
