"""Keys of the host's config: those missing, those misspelt, those that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ...actors import EVERYONE, SIGNED_IN
from ...cli.finding import Finding
from ...settings import Settings
from ...wording import kb_t
from ..mount_keys import MOUNT_KEYS

if TYPE_CHECKING:
    from ..mount import Mount


def secret_key(mount: Mount) -> Iterator[Finding]:
    """Without one no form can be trusted."""
    if not mount.app.secret_key:
        yield Finding(
            "forms",
            kb_t("the app has no SECRET_KEY: the [wiki] can be read, and nothing written"),
            kb_t('Set app.config["SECRET_KEY"].'),
            code="no-secret-key",
        )
        return
    if mount.guards.csrf_token is not None:
        found = kb_t("the [wiki]'s own token, and the host's, as set")
    elif "csrf" in mount.app.extensions:
        found = kb_t("the [wiki]'s own token, and that of {name}", name="Flask-WTF")
    elif "csrf_token" in mount.app.jinja_env.globals:
        found = kb_t("the [wiki]'s own token, and that of {name}", name="csrf_token()")
    else:
        found = kb_t("the [wiki]'s own token")
    yield Finding("forms", found)


def cookies(mount: Mount) -> Iterator[Finding]:
    """Browsers drop a session cookie for other sites that is not for encrypted connections only."""
    config = mount.app.config
    if str(config.get("SESSION_COOKIE_SAMESITE") or "").lower() == "none" and not config.get("SESSION_COOKIE_SECURE"):
        yield Finding(
            "cookies",
            kb_t('SESSION_COOKIE_SAMESITE is "None" without SESSION_COOKIE_SECURE: browsers drop the session'),
            kb_t('Set SESSION_COOKIE_SECURE = True, or SESSION_COOKIE_SAMESITE = "Lax".'),
            code="insecure-cookie",
        )


def known_keys() -> set[str]:
    """Every key without its prefix."""
    return {one.name.upper() for one in fields(Settings)} | set(MOUNT_KEYS)


def unknown_settings(mount: Mount) -> Iterator[Finding]:
    """A key that begins as ours do, and that nobody reads: misspelt, or of a wiki that is not mounted."""
    others = [one.prefix for one in mount.app.extensions["kbwiki"].values() if one.prefix != "KBWIKI_"]
    known = known_keys()
    for key in sorted(mount.app.config):
        own = mount.prefix == "KBWIKI_" and any(key.startswith(prefix) for prefix in others)
        if not key.startswith(mount.prefix) or own or key.removeprefix(mount.prefix) in known:
            continue
        if key.startswith(f"{mount.prefix}PLUGIN_"):
            continue  # whether some plugin has it, is said of plugins
        near = get_close_matches(key.removeprefix(mount.prefix), known, n=1, cutoff=0.6)
        meant = f"{mount.prefix}{near[0]}" if near else ""
        yield Finding(
            "settings",
            kb_t("{key} is no setting of the [wiki]'s. Did you mean {meant}?", key=key, meant=meant)
            if meant
            else kb_t("{key} is no setting of the [wiki]'s.", key=key),
            kb_t("Rename it to {name}.", name=meant)
            if meant
            else kb_t("Remove it; docs/reference/settings.md has them all."),
            code="unknown-setting",
        )


def group_names(mount: Mount) -> Iterator[Finding]:
    """Names that mean nothing when a host hands them in."""
    names = mount.app.config.get(f"{mount.prefix}GROUP_NAMES") or {}
    said = {name for ours in names.values() for name in ((ours,) if isinstance(ours, str) else ours or ())}
    for name in sorted(said & {EVERYONE, SIGNED_IN}):
        yield Finding(
            "groups",
            kb_t(
                "{prefix}GROUP_NAMES maps [a group] to {name!r}, which has no effect: who is in it, the [wiki] says",
                prefix=mount.prefix,
                name=name,
            ),
            kb_t(
                "Map it to [a group] of another name, and let that [group] read or write in place of {name!r}.",
                name=name,
            ),
            code="reserved-group",
        )
