"""The root of the command line: ends kindly on what kbwiki refuses, and says everything as the wiki speaks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from ..errors import KBWikiError
from ..transfer.git import TransferError
from ..wiki import Wiki
from ..wording import Later, Wording, is_told, speaking
from . import spoken

_SPEAKS = "kbwiki.speaks"


class Commands(spoken.Group):
    """A group whose commands end kindly on what kbwiki refuses: one sentence, exit code 1.

    `usual` gives the wording that help is said in, before it is known which wiki is meant. Who runs a command while
    something is spoken already hears it in that.
    """

    usual: Callable[[], Wording] = staticmethod(Wording)

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        """Read the command line; help that is asked for is said here."""
        if is_told():
            return super().make_context(*args, **settings)
        with speaking(Later(self.usual)):
            return super().make_context(*args, **settings)

    def invoke(self, ctx: click.Context) -> object:
        """Run, and turn kbwiki's errors into click's."""
        if is_told():
            return self._run(ctx)
        with ExitStack() as stack:  # left as a whole, in order: nothing is spoken any more when the command has ended
            stack.enter_context(speaking(Later(self.usual)))
            ctx.meta[_SPEAKS] = stack
            return self._run(ctx)

    def _run(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (KBWikiError, TransferError) as error:
            raise click.ClickException(str(error)) from error


def speak_as(ctx: click.Context, wiki: Wiki) -> None:
    """Say everything that the command says from here on as the wiki speaks."""
    stack: ExitStack | None = ctx.meta.get(_SPEAKS)
    if stack is not None:
        stack.enter_context(speaking(Later(lambda: _wording_of(wiki))))


def _wording_of(wiki: Wiki) -> Wording:
    try:
        return wiki.voice.now()
    except (KBWikiError, SQLAlchemyError):  # no tables yet, no database: whatever the command does will say so
        return wiki.voice.wording()
