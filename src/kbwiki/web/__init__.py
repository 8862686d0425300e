"""The Flask side: the extension, and one module per group of screens."""

from .extension import KBWiki
from .identity import flask_login_actor

__all__ = ["KBWiki", "flask_login_actor"]
