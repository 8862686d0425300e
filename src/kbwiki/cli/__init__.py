"""The command line: `flask kbwiki …` in a host app, `kbwiki --database URL …` without one."""

from .standalone import main

__all__ = ["main"]
