"""An embeddable wiki engine for Flask apps. The public names, nothing else."""

from ._version import __version__
from .actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from .settings import Settings
from .spaces.policy import SpaceSettings
from .web import KBWiki, flask_login_actor
from .wiki import Wiki

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "KBWiki",
    "Settings",
    "SpaceSettings",
    "Wiki",
    "__version__",
    "flask_login_actor",
]
