"""The host app that shows kbwiki at work: a company's intranet with a handbook mounted in it.

``python -m kbwiki.demo`` serves it; ``flask --app kbwiki.demo kbwiki …`` is its command line.
"""

from .app import create_app

__all__ = ["create_app"]
