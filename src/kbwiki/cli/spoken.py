"""Commands whose help is said when somebody reads it, not when the program starts: in the wiki's own words by then.

What help says is marked with `N_` where the command is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..wording import kb_t

F = TypeVar("F", bound=Callable[..., Any])


class _Spoken:
    """`help` as it is said here and now."""

    _help: str | None = None

    @property
    def help(self) -> str | None:
        """The marked text, said."""
        return kb_t(self._help) if self._help else self._help

    @help.setter
    def help(self, text: str | None) -> None:
        self._help = text


class Option(_Spoken, click.Option):
    """An option."""


class Command(_Spoken, click.Command):
    """A command."""


class Group(_Spoken, click.Group):
    """A group of commands."""

    command_class = Command
    group_class = type


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """`click.option`, whose help is said when it is read."""
    return click.option(*names, cls=Option, **settings)


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """`click.command`, whose help is said when it is read."""
    return click.command(name, cls=Command, **settings)


def group(name: str, **settings: Any) -> Callable[[Callable[..., Any]], Group]:
    """`click.group`, whose help and commands are said when they are read."""
    return click.group(name, cls=Group, **settings)
