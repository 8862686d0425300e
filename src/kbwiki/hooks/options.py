"""Settings of plugins: found in the host's configuration, checked against what the plugin declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..wording import N_
from .plugin import Plugin, Setting


def key_of(prefix: str, plugin: str, name: str) -> str:
    """The configuration key of a setting: `KBWIKI_PLUGIN_GLOSSARY_MOST`."""
    return f"{prefix}PLUGIN_{plugin.upper().replace('-', '_')}_{name.upper()}"


def checked_settings(
    kind: type[Plugin], options: Mapping[str, Any], prefix: str, refused: Callable[..., Exception]
) -> Mapping[str, Any]:
    """The plugin's settings by name, with defaults for what is not set. Errors: `refused` for one of a wrong type."""
    found = {}
    for one in kind.settings:
        key = key_of(prefix, kind.name, one.name)
        value = options.get(key.removeprefix(f"{prefix}PLUGIN_"))
        found[one.name] = one.default if value is None else _checked(one, key, value, refused)
    return found


def _checked(setting: Setting, key: str, value: Any, refused: Callable[..., Exception]) -> Any:
    wanted = type(setting.default)
    if wanted is tuple and isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted:
        raise refused(
            N_("The plugin {plugin} cannot use {key}: it must be of type {wanted}, and is {value}."),
            key=key,
            wanted=wanted.__name__,
            value="***" if setting.secret else repr(value),
        )
    return value
