"""Finding plugins by name and making them, or refusing them with the name and the mend; the host starts either way."""

from __future__ import annotations

import importlib
import logging
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import Any

import pluggy
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from .._version import __version__
from ..wording import N_, kb_t
from . import specs
from .marks import FACTS, PROJECT
from .options import checked_settings
from .plugin import Plugin, Site

log = logging.getLogger("kbwiki.plugins")

ENTRY_POINTS = "kbwiki.plugins"
"""The entry point group in which packages name their plugins; nothing in it is loaded unless it is asked for."""

Wanted = str | type[Plugin]
"""A plugin: the name of its entry point, `module:Class`, or the class itself."""
SiteOf = Callable[[type[Plugin], Mapping[str, Any]], Site]
_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plugin that works: its object, and its implementation of each hook by name."""

    name: str
    plugin: Plugin
    hooks: Mapping[str, pluggy.HookImpl]
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A plugin that was left out, and why; `said` is it in the present language."""

    name: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What is wrong, and how to mend it."""
        return kb_t(self.text, **self.params)


class _Refused(Exception):
    """Why a plugin cannot be used: a text for `kb_t`, and what stands in it."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text)
        self.text, self.params = text, params


def load(
    wanted: Iterable[Wanted], options: Mapping[str, Any], site_of: SiteOf, prefix: str = "KBWIKI_"
) -> tuple[tuple[Loaded, ...], tuple[Refusal, ...]]:
    """The plugins that work, in the order they were named, and those that do not. Never raises.

    `options` are the settings of all plugins, by their keys below `<prefix>PLUGIN_`.
    """
    loaded: dict[str, Loaded] = {}
    refused: list[Refusal] = []
    for one in wanted:
        name = one if isinstance(one, str) else getattr(one, "name", "") or repr(one)
        try:
            made = _made(one, options, site_of, prefix)
            if made.name in loaded:
                raise _Refused(N_("The plugin {plugin} is named twice; leave one of them out."))
            loaded[made.name] = made
        except _Refused as refusal:
            facts = {"plugin": name, **refusal.params}
            log.error("The plugin %s is left out: %s", name, refusal.text.format_map(facts))
            refused.append(Refusal(name, refusal.text, facts))
        except Exception as error:
            log.exception("The plugin %s is left out: it cannot be made.", name)
            refused.append(Refusal(name, _CANNOT_BE_MADE, {"plugin": name, "error": _said(error)}))
    return tuple(loaded.values()), tuple(refused)


_CANNOT_BE_MADE = N_("The plugin {plugin} cannot be made: {error}. Install it anew, or tell its authors.")


def _made(wanted: Wanted, options: Mapping[str, Any], site_of: SiteOf, prefix: str) -> Loaded:
    kind = _class_of(wanted)
    _require_sound(kind)
    settings = checked_settings(kind, options, prefix, _Refused)
    hooks = _hooks_of(kind)
    plugin = kind(site_of(kind, settings))
    manager = _checked(plugin, kind.name)
    bound = {caller.name: caller.get_hookimpls()[0] for caller in manager.get_hookcallers(plugin) or ()}
    return Loaded(kind.name, plugin, {name: bound[name] for name in hooks}, settings)


def _class_of(wanted: Wanted) -> type[Plugin]:
    if not isinstance(wanted, str):
        found: Any = wanted
    elif ":" in wanted:
        module, _, attribute = wanted.partition(":")
        found = _imported(lambda: getattr(importlib.import_module(module), attribute))
    else:
        installed = entry_points(group=ENTRY_POINTS)
        if wanted not in installed.names:
            raise _Refused(
                N_("No plugin {plugin} is installed. Installed are: {names}. Install it with pip, or mend the name."),
                names=", ".join(sorted(installed.names)) or "–",
            )
        found = _imported(installed[wanted].load)
    if not (isinstance(found, type) and issubclass(found, Plugin)):
        raise _Refused(N_("The plugin {plugin} is no class derived from kbwiki.hooks.Plugin; it is {found}."),
                       found=repr(found)[:100])  # fmt: skip
    return found


def _imported(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except BaseException as error:  # whatever its module raises while it is imported, an exit included
        if isinstance(error, KeyboardInterrupt):
            raise
        raise _Refused(
            N_("The plugin {plugin} cannot be imported: {error}. Install what it needs, or tell its authors."),
            error=_said(error),
        ) from error


def _require_sound(kind: type[Plugin]) -> None:
    if not (isinstance(kind.name, str) and _NAME.fullmatch(kind.name)):
        raise _Refused(N_("The plugin {plugin} has no proper name: small letters, digits and hyphens, at most 30."))
    try:
        fits = SpecifierSet(kind.requires_kbwiki).contains(__version__, prereleases=True)
        requirements = [Requirement(one) for one in kind.requires]
    except (InvalidSpecifier, InvalidRequirement) as error:
        raise _Refused(N_("The plugin {plugin} says wrongly what it needs: {error}."), error=_said(error)) from error
    if not fits:
        raise _Refused(
            N_("The plugin {plugin} {version} needs kbwiki {needed}, and this is {ours}. Install a fitting version."),
            version=str(kind.version),
            needed=kind.requires_kbwiki,
            ours=__version__,
        )
    for one in requirements:
        _require_installed(one)


def _require_installed(requirement: Requirement) -> None:
    try:
        there = version(requirement.name)
    except PackageNotFoundError:
        there = ""
    if not there or not requirement.specifier.contains(there, prereleases=True):
        raise _Refused(
            N_('The plugin {plugin} needs {needed}, which is not installed. Run: pip install "{needed}"'),
            needed=str(requirement),
        )


def _hooks_of(kind: type[Plugin]) -> tuple[str, ...]:
    """The hooks that the class implements; those that are deprecated are warned about, with the plugin's name."""
    names = []
    for name in FACTS:
        if getattr(getattr(kind, name, None), f"{PROJECT}_impl", None) is None:
            continue
        names.append(name)
        if FACTS[name].deprecated:
            said = f"The plugin {kind.name} uses the hook {name}, which is deprecated: {FACTS[name].deprecated}"
            warnings.warn(said, DeprecationWarning, stacklevel=2)
            log.warning("%s", said)
    return tuple(names)


def _checked(plugin: Plugin, name: str) -> pluggy.PluginManager:
    """A manager with this plugin alone, so that what is wrong with it is wrong with nobody else."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specs)
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        text = N_("The plugin {plugin} has a hook that kbwiki does not know so: {error}. The hooks are: {hooks}.")
        said = f"{type(error).__name__}: {error}".replace("\n", " ")[:500]
        raise _Refused(text, error=said, hooks=", ".join(FACTS)) from error
    return manager


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:500]
    except Exception:
        return type(error).__name__
