"""How plugins stand, for `flask kbwiki check`: left out, behind, switched off, or set in a way nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ..hooks.options import key_of
from ..wiki import Wiki
from ..wording import kb_t
from .finding import Finding

_PREFIX = "KBWIKI_"


def look_at_plugins(wiki: Wiki) -> Iterator[Finding]:
    """Every plugin in turn."""
    plugins = wiki.plugins
    behind = plugins.tables.behind()
    for refusal in plugins.unusable:
        to_do = kb_t("Mend that, or take {plugin} out of KBWIKI_PLUGINS.", plugin=refusal.name)
        yield Finding("plugins", refusal.said, to_do, code="plugin-left-out")
    for refusal in behind.values():
        to_do = kb_t("Run: flask kbwiki plugins upgrade {plugin}", plugin=refusal.name)
        yield Finding("plugins", refusal.said, to_do, code="plugin-tables-behind")
    plugins.switches.look(now=True)
    known = {one.name for one in plugins.loaded}
    for off in plugins.switches.off():
        if off.plugin in known:
            what = f"{off.plugin} ({off.hook})" if off.hook else off.plugin
            who = off.by or kb_t("kbwiki, since it failed too often")
            says = kb_t("{what} is switched off, by {who}. {why}", what=what, who=who, why=off.why)
            to_do = kb_t("Run: flask kbwiki plugins on {plugin}", plugin=f"{off.plugin} {off.hook}".strip())
            yield Finding("plugins", says, to_do if not off.by else None, code="plugin-off" if not off.by else "")
    yield from _unknown_keys(wiki)
    if plugins.loaded and not plugins.refused:
        names = ", ".join(f"{one.name} {type(one.plugin).version}" for one in plugins.loaded)
        yield Finding("plugins", names, figures={"plugins": [one.name for one in plugins.loaded]})


def _unknown_keys(wiki: Wiki) -> Iterator[Finding]:
    plugins = wiki.plugins
    known = {
        key_of("", one.name, setting.name).removeprefix("PLUGIN_")
        for one in plugins.loaded
        for setting in type(one.plugin).settings
    }
    left_out = tuple(f"{one.name.upper().replace('-', '_')}_" for one in plugins.unusable)
    for key in sorted(wiki.settings.plugin_options):
        if key in known or (left_out and key.startswith(left_out)):
            continue
        near = get_close_matches(key, known, n=1, cutoff=0.6)
        said = f"{_PREFIX}PLUGIN_{key}"
        says = kb_t("{key} is no setting of any plugin that is there.", key=said)
        meant = kb_t("Rename it to {key}.", key=f"{_PREFIX}PLUGIN_{near[0]}") if near else kb_t("Remove it.")
        yield Finding("plugins", says, meant, code="unknown-plugin-setting")
