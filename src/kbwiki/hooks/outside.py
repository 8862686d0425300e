"""What plugins add around the wiki: routes, feeds, commands, scheduled work, people and channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..actors import Actor


@dataclass(frozen=True, slots=True)
class Asking:
    """A request to a plugin's route, as plain values. `values` are those of the rule, `form` what was posted.

    Where a name was given several times, the last counts.
    """

    method: str
    actor: Actor
    values: Mapping[str, str]
    args: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Screen:
    """An answer inside the wiki's own frame: a title and HTML, which is sanitised; or a template of the plugin's."""

    title: str
    html: str = ""
    template: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it is: bytes and their media type. HTML, SVG and XML are served so that nothing in them runs."""

    body: bytes
    media_type: str
    status: int = 200
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Json:
    """An answer as JSON."""

    body: object
    status: int = 200


@dataclass(frozen=True, slots=True)
class Go:
    """An answer that leads on to an address in this wiki or host; `note` is said there once."""

    url: str
    note: str = ""


Answer = Screen | Raw | Json | Go


@dataclass(frozen=True, slots=True)
class RouteTo:
    """A route below `/-/x/<plugin>/`. `groups` limits it to their members (and administrators); empty: all who may
    read. What is posted is checked against forged requests before `view` is asked.
    """

    rule: str
    view: Callable[[Asking], Answer]
    name: str
    methods: tuple[str, ...] = ("GET",)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed; `id` never changes."""

    id: str
    title: str
    url: str
    updated_at: datetime
    author: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """An Atom feed below `/-/x/<plugin>/<name>.atom`: `entries` gives the newest first, for this actor."""

    name: str
    title: str
    entries: Callable[[Actor], Iterable[FeedEntry]]


@dataclass(frozen=True, slots=True)
class Work:
    """Something to do every so often, by `flask kbwiki work`: by one process at a time, once for each interval."""

    name: str
    run: Callable[[], None]
    every: timedelta


@dataclass(frozen=True, slots=True)
class Imported:
    """A page that an importer brings: it is saved like any other, in the name of who imports."""

    path: str
    text: str
    title: str = ""
    tags: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Importer:
    """`flask kbwiki plugins import NAME SOURCE`: `pages` reads a source and gives pages, one after the other."""

    name: str
    pages: Callable[[str], Iterable[Imported]]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A page as exporters get it."""

    path: str
    title: str
    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exporter:
    """`flask kbwiki plugins export NAME TARGET`: `write` gets a target and every page that everybody may read."""

    name: str
    write: Callable[[str, Iterable[Exported]], None]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to a person: what `message_due` tells, once for each channel.

    `id` is this notice's alone, and the same when it comes again; `message_id` is the message that it begins or goes on
    with. `url` is the path at which the recipient can read it in the wiki.
    """

    wiki: str
    id: int
    message_id: int
    recipient_id: str
    recipient_name: str
    group: str
    at: datetime
    begun: bool
    subject: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to tell people what they have to know, such as mail: `send` gets notices in order, each at least once."""

    name: str
    send: Callable[[Sequence[Notice]], None]


@dataclass(frozen=True, slots=True)
class Directory:
    """Where people are found by name: what the host's identity does not know. `find` gets an id, `search` some letters.

    `members` gives those of a group.
    """

    find: Callable[[str], Actor | None]
    search: Callable[[str], Sequence[Actor]]
    members: Callable[[str], Sequence[Actor]]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the plugin's own in the organisation's vocabulary: singular and plural, as they are usually called."""

    name: str
    one: str
    many: str
