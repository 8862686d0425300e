"""Who is there, and who is in the groups that everything depends on."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.proxy_fix import ProxyFix

from ...actors import Actor
from ...cli.finding import Finding
from ...wording import kb_t
from ..identity.adapter import Renamed
from ..identity.detected import Detected
from ..identity.in_front import LOCAL_SOCKET, ProxyHeaders

if TYPE_CHECKING:
    from ..mount import Mount


def adapter(mount: Mount) -> Iterator[Finding]:
    """Ask it who sent a request of nobody's."""
    to_do = kb_t("See that actor= gives an Actor, or ANONYMOUS, in every request; Flask-Login needs a LoginManager.")
    try:
        with mount.app.test_request_context(mount.url_prefix or "/"):
            found = mount.identity.current()
    except Exception as error:
        yield Finding(
            "identity",
            kb_t("{label}: it fails with {error!r}", label=kb_t(mount.identity.label), error=error),
            to_do,
            code="identity-fails",
        )
        return
    if not isinstance(found, Actor):
        yield Finding(
            "identity", kb_t("it gives back {found!r}, which is no Actor", found=found), to_do, code="identity-fails"
        )
        return
    yield Finding("identity", kb_t(mount.identity.label))


def proxies(mount: Mount) -> Iterator[Finding]:
    """What has to be true for headers to be believed, and for addresses to be right behind a proxy."""
    found = mount.identity.inner if isinstance(mount.identity, Renamed) else mount.identity
    if not isinstance(found, ProxyHeaders):
        return
    if any(one != LOCAL_SOCKET and ip_network(one, strict=False).prefixlen == 0 for one in found.trusted):
        yield Finding(
            "identity",
            kb_t("every address is a trusted proxy: anybody can say in a header who they are"),
            kb_t("List the addresses of the proxies only."),
            code="everybody-trusted",
        )
    layers = _proxy_fixes(mount)
    if layers > 1:
        yield Finding(
            "proxy",
            kb_t("the app is wrapped in ProxyFix more than once, so nobody knows who opened the connection"),
            kb_t(
                "Wrap it once, with the number of proxies: ProxyFix(app.wsgi_app, x_for=2). Until then nobody "
                "is believed."
            ),
            code="proxyfix-twice",
        )
    if layers == 0:
        yield Finding(
            "proxy",
            kb_t("people come by a proxy, and the app does not heed what it says of host and scheme"),
            kb_t("Wrap it: app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)."),
            code="no-proxyfix",
        )


def _proxy_fixes(mount: Mount) -> int:
    """How many of the layers around the app are a ProxyFix."""
    layer: Any = mount.app.wsgi_app
    found = 0
    for _ in range(50):
        found += isinstance(layer, ProxyFix)
        layer = getattr(layer, "app", None) or getattr(layer, "wsgi_app", None)  # as middlewares call what they wrap
        if layer is None:
            break
    return found


def groups(mount: Mount) -> Iterator[Finding]:
    """Whoever looks at what nobody else looks at, and whoever may set it all up, must be somebody."""
    found = mount.identity.inner if isinstance(mount.identity, Renamed) else mount.identity
    if isinstance(found, Detected) and type(found.found).__name__ == "Nobody":
        return
    settings = mount.settings
    with mount.app.app_context():
        fallback = mount.identity.members(settings.fallback_group)
        admins = mount.identity.members(settings.admin_group)
    if fallback is not None and not list(fallback):
        yield Finding(
            "groups",
            kb_t(
                "nobody is in {fallback_group!r}, which looks at what no other [group] is responsible for",
                fallback_group=settings.fallback_group,
            ),
            kb_t("Put people into it, or set {key} to [a group] that has some.", key=f"{mount.prefix}FALLBACK_GROUP"),
            code="fallback-group-empty",
        )
    if admins is not None and len(list(admins)) < 2:
        yield Finding(
            "groups",
            kb_t(
                "fewer than two people are in {admin_group!r}: nobody else can look at what the one sets up",
                admin_group=settings.admin_group,
            ),
            kb_t(
                "Put a second person into it, or set {key} to [a group] that has more.",
                key=f"{mount.prefix}ADMIN_GROUP",
            ),
            code="admin-group-small",
        )
