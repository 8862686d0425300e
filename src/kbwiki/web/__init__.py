"""The Flask side: the extension, and one module per group of screens."""

from .extension import KBWiki
from .identity import (
    Identity,
    flask_login_actor,
    flask_security_actor,
    principal_actor,
    proxy_header_actor,
    remote_user_actor,
)

__all__ = [
    "Identity",
    "KBWiki",
    "flask_login_actor",
    "flask_security_actor",
    "principal_actor",
    "proxy_header_actor",
    "remote_user_actor",
]
