"""A visit: one request to one wiki, with its actor and its one connection for reading."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import Request, Response, current_app, make_response, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ..actors import ANONYMOUS, Actor
from ..db import Transaction
from ..errors import Busy
from ..markup import Resolved
from ..moderation.desk.feeds import note_visit
from ..moderation.queries.state import Standing, standing
from ..wording import spoken
from . import csrf
from .addresses import Addresses, quoted
from .file_links import linked_files
from .frame import Frame, render
from .languages import wanted
from .without_layout import PARAMETER, left_out, passed_on

if TYPE_CHECKING:
    from .mount import Mount


log = logging.getLogger("kbwiki.web")


class Visit:
    """What a view gets: who is there (`actor`), the wiki, a connection to read with, addresses and templates."""

    def __init__(
        self,
        mount: Mount,
        request: Request,
        values: Mapping[str, Any] = MappingProxyType({}),
        url: Addresses | None = None,
    ) -> None:
        self.mount = mount
        self.wiki = mount.wiki
        self.settings = mount.settings
        self.request = request
        self.now = self.wiki.clock()
        self.url = url or Addresses(mount.place.base(request, mount.blueprint_name, values), mount.rules)
        self.actor: Actor = ANONYMOUS
        self.is_lasting = True
        """False when plugins had a part in the answer and may say something else the next time: it is not kept then."""
        self.is_for_one_session = False
        """Whether the answer has a form: with it stands a token of the host's, which is good for one session."""
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._standing: Standing | None = None

    def begin(self) -> None:
        """Ask the host who is there and, for a request that changes something, make sure that our form sent it."""
        self.actor = self.mount.identity.current()
        if self.request.method not in ("GET", "HEAD", "OPTIONS"):
            csrf.check(self.wiki.name, self.actor)

    @cached_property
    def locale(self) -> str:
        """The language of the answer."""
        return self.wiki.voice.chosen(wanted(self.mount, self.request))

    @property
    def zone(self) -> tzinfo:
        """The organisation's time zone, in which people say days."""
        return self.wiki.voice.zone

    @property
    def here(self) -> datetime:
        """Now, on the organisation's clock: its date is what people call today."""
        return self.now.astimezone(self.zone)

    @property
    def sign_in_url(self) -> str | None:
        """Where somebody not signed in can do so, to come back here (or, from most forms, to the first page)."""
        if not self.actor.is_anonymous:
            return None
        if self.mount.sign_in_url is not None:
            return self.mount.sign_in_url or None
        is_here = self.request.method == "GET" or self.is_editor
        return self.mount.identity.sign_in(self.address if is_here else self.url("home"))

    @property
    def is_editor(self) -> bool:
        """Whether it is at the form of a page, which is there to be read as well as to be sent."""
        return (self.request.endpoint or "").rpartition(".")[2] in ("edit", "new")

    @property
    def address(self) -> str:
        """The address that was asked for, as it was sent: a path may have a question mark or a percent sign in it."""
        asked = left_out(self.request.query_string.decode("latin-1"))
        return quoted(self.request.script_root + self.request.path) + (f"?{asked}" if asked else "")

    @cached_property
    def is_bare(self) -> bool:
        """Whether the screen is to stand inside a page of the host's, with nothing around it."""
        return PARAMETER in self.request.args

    @cached_property
    def nonce(self) -> str:
        """The nonce of the host's content security policy; empty where there is none."""
        return self.mount.guards.nonce()

    @property
    def connection(self) -> Connection:
        """The visit's connection for queries, opened when first asked for."""
        if self._connection is None:
            _ = self.wiki.id  # takes a connection of its own the first time: none is held meanwhile
            self._connection = self._open.enter_context(self.wiki.read())
        return self._connection

    @property
    def standing(self) -> Standing:
        """Where the wiki stood when this visit first asked."""
        if self._standing is None:
            self._standing = standing(self.connection, self.wiki.id, self.actor, self.now)
            if self._standing.feeds_behind:
                self._note_visit()
        return self._standing

    def _note_visit(self) -> None:
        """Tell the actor's feeds which groups they are in now; where the database is busy, the next visit does."""
        with self.wiki.database.write_if_free() as connection:
            if connection is not None:
                note_visit(connection, self.wiki.id, self.actor, self.now)

    def files_at(self, connection: Connection, paths: Iterable[str]) -> Mapping[str, Resolved]:
        """How links lead to those of the paths that are files this actor may see."""
        return linked_files(self, connection, paths)

    @contextmanager
    def change(self) -> Iterator[Transaction]:
        """A transaction in the name of the visit's actor."""
        spoken()  # the terms are read before anything is locked
        self.close()
        with self.wiki.begin(self.actor) as tx:
            yield tx

    def catch_up_links(self) -> None:
        """Let backlinks take in what was saved last; when the wiki is busy, what is known already has to do."""
        self.close()
        try:
            self.wiki.catch_up_links()
        except Busy:
            log.info("Backlinks are shown as last read: the database was busy.")

    def freshen_links(self) -> None:
        """Let backlinks take in what was saved last, where they lag behind and nobody is writing just now: it is the
        first reader after a change who does it, and no reader waits for it."""
        standing = self.standing
        if standing.position is None or standing.links >= standing.position:
            return
        self.close()
        try:
            read = self.wiki.catch_up_links(wait=False)
        except Busy:
            log.info("Backlinks are shown as last read: the database was busy.")
            return
        if read >= standing.position - standing.links:
            self._standing = replace(standing, links=standing.position)

    def close(self) -> None:
        """Give the connection back; the next query takes one again."""
        self._connection = None
        self._open.close()

    def show(self, template: str, *, title: str, section: str = "read", status: int = 200, **facts: Any) -> Response:
        """The template as a response. `facts` are what it receives as `kb.…` besides what every screen has."""
        frame = Frame.of(self, title=title, section=section, facts=facts)
        html = render(self, template, frame)
        self.is_for_one_session = "csrf" in frame.__dict__
        return Response(html, status=status, mimetype="text/html")

    def go(self, address: str) -> Response:
        """Send the browser on after a change, so that reloading repeats nothing."""
        return make_response(redirect(passed_on(self, address), code=303))

    def as_response(self, returned: ResponseReturnValue) -> Response:
        """What a view gave back, as a response object."""
        return returned if isinstance(returned, Response) else current_app.make_response(returned)
