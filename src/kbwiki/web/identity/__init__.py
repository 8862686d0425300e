"""Who is at the browser: adapters from what a host knows to an Actor."""

from .adapter import CurrentActor, Identity
from .detected import identity_of
from .in_front import proxy_header_actor, remote_user_actor
from .logged_in import flask_login_actor, flask_security_actor
from .principal import principal_actor

__all__ = [
    "CurrentActor",
    "Identity",
    "flask_login_actor",
    "flask_security_actor",
    "identity_of",
    "principal_actor",
    "proxy_header_actor",
    "remote_user_actor",
]
