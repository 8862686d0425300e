"""An embeddable wiki engine for Flask apps. The public names, nothing else."""

from ._version import __version__
from .actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from .autogenerate import include_object
from .settings import Settings
from .spaces.policy import SpaceSettings
from .web import (
    Identity,
    KBWiki,
    flask_login_actor,
    flask_security_actor,
    principal_actor,
    proxy_header_actor,
    remote_user_actor,
)
from .wiki import Wiki

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "Identity",
    "KBWiki",
    "Settings",
    "SpaceSettings",
    "Wiki",
    "__version__",
    "flask_login_actor",
    "flask_security_actor",
    "include_object",
    "principal_actor",
    "proxy_header_actor",
    "remote_user_actor",
]
