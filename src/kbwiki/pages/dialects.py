"""What the plugins of a wiki add to its texts, as the one dialect that all of them are read and shown in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256
from typing import Any

from ..caching import BoundedCache
from ..holding import is_writing
from ..hooks.manager import Called, Given, Plugins
from ..hooks.marks import Asked
from ..hooks.text import AllowedHtml, Embed, Fence, LinkScheme, Macro, MacroCall, Span
from ..markup import PLAIN, Dialect, Syntax
from ..markup.allowances import Allowance, allowance_of
from ..markup.dialect import Call, Made, Maker, Marks
from ..markup.names import is_language, is_macro_name, is_mark, is_scheme
from .extensions import extended_reader

log = logging.getLogger("kbwiki.plugins")

HOOKS = ("fences", "macros", "spans", "link_schemes", "embeds", "allowed_html", "markdown_extensions")
TIMES = 4
"""All pieces of one page together may take so many times what one call may take."""

Declared = dict[str, tuple[Given[Any], ...]]


class Dialects:
    """The dialect of a wiki as it is now. Without plugins it is kbwiki's own, and asking costs nothing."""

    def __init__(self, plugins: Plugins, seconds: float, kept_bytes: int) -> None:
        self._plugins = plugins
        self._used = tuple(hook for hook in HOOKS if plugins.uses(hook))
        self._seconds = seconds
        self._kept = BoundedCache[tuple[object, ...], str](kept_bytes)
        self._declared: tuple[Given[Any], ...] = ()
        self._dialect: Dialect | None = None

    def now(self) -> Dialect:
        """What texts are read and shown in. While something is written nobody is asked: it is what it last was."""
        if not self._used:
            return PLAIN
        if is_writing():
            return self._dialect or PLAIN
        declared = {hook: self._plugins.declared(hook) for hook in self._used}
        things = tuple(thing for hook in self._used for thing in declared[hook])
        if self._dialect is None or list(map(id, things)) != list(map(id, self._declared)):
            self._dialect = _Builder(self._plugins, declared, self._kept).dialect(self._seconds * TIMES)
            self._declared = things  # which keeps them from being forgotten, so that their ids stay theirs
        return self._dialect


class _Builder:
    def __init__(self, plugins: Plugins, declared: Declared, kept: BoundedCache[tuple[object, ...], str]) -> None:
        self._plugins, self._declared, self._kept = plugins, declared, kept
        self._versions = {
            one.name: repr((one.name, str(one.plugin.version), sorted(one.settings.items(), key=str)))
            for one in plugins.loaded
        }

    def dialect(self, seconds: float) -> Dialect:
        fences = self._fences()
        macros = self._macros()
        marks = self._marks()
        schemes = self._schemes()
        embeds = tuple(
            (one.value.pattern, self._maker(one, "embeds", one.value.pattern.pattern, one.value.render))
            for one in self._each("embeds", Embed)
            if isinstance(one.value.pattern.pattern, str)
        )
        syntax = Syntax(tuple(sorted(macros)), tuple(sorted(marks, key=repr)), tuple(sorted(schemes)), bool(embeds))
        extensions = self._declared.get("markdown_extensions", ())
        extended = extended_reader(self._plugins, syntax, extensions) if extensions else None
        return Dialect(
            syntax=syntax,
            fences=fences,
            macros=macros,
            marks=marks,
            schemes=schemes,
            embeds=embeds,
            allowances=self._allowances(),
            extended=extended,
            extends=tuple(sorted({one.plugin for one in extensions})) if extended is not None else (),
            seconds=seconds,
            fingerprint=self._fingerprint(),
        )

    def _each(self, hook: str, kind: type[Any]) -> Iterable[Given[Any]]:
        return (one for one in self._declared.get(hook, ()) if isinstance(one.value, kind))

    def _fences(self) -> dict[str, Maker]:
        made: dict[str, Maker] = {}
        for one in self._each("fences", Fence):
            for language in one.value.languages:
                if self._is_new(one, "fences", language, language.lower() in made, is_language(language)):
                    made[language.lower()] = self._maker(one, "fences", language.lower(), one.value.render)
        return made

    def _macros(self) -> dict[str, Maker]:
        made: dict[str, Maker] = {}
        for one in self._each("macros", Macro):
            name = one.value.name
            if self._is_new(one, "macros", name, name in made, is_macro_name(name)):
                made[name] = self._maker(one, "macros", name, _called(one.value.render), varies=one.value.varies)
        return made

    def _marks(self) -> dict[Marks, Maker]:
        made: dict[Marks, Maker] = {}
        for one in self._each("spans", Span):
            marks = Marks(one.value.opens, one.value.closes, one.value.block)
            taken = any(other.opens == marks.opens and other.block == marks.block for other in made)
            if self._is_new(one, "spans", marks.opens, taken, is_mark(marks.opens) and is_mark(marks.closes)):
                made[marks] = self._maker(one, "spans", repr(marks), one.value.render)
        return made

    def _schemes(self) -> dict[str, Maker]:
        made: dict[str, Maker] = {}
        for one in self._each("link_schemes", LinkScheme):
            name = one.value.name.lower()
            if self._is_new(one, "link_schemes", name, name in made, is_scheme(name)):
                made[name] = self._maker(one, "link_schemes", name, one.value.resolve, gives=str | None)
        return made

    def _allowances(self) -> dict[str, Allowance]:
        declared: dict[str, list[AllowedHtml]] = {}
        for one in self._each("allowed_html", AllowedHtml):
            declared.setdefault(one.plugin, []).append(one.value)
        made = {}
        for plugin, several in declared.items():
            attributes: dict[str, set[str]] = {}
            for allowed in several:
                for element, names in allowed.attributes.items():
                    attributes.setdefault(element, set()).update(names)
            made[plugin] = allowance_of(
                plugin,
                [element for allowed in several for element in allowed.elements],
                attributes,
                [name for allowed in several for name in allowed.classes],
            )
            if made[plugin].refused:
                log.warning("The plugin %s may not have in its HTML: %s", plugin, ", ".join(made[plugin].refused))
        return made

    @staticmethod
    def _is_new(one: Given[Any], hook: str, name: str, taken: bool, fits: bool) -> bool:
        if not fits:
            log.warning("The plugin %s declares %r in %s, which cannot be: it is left out.", one.plugin, name, hook)
        elif taken:
            log.warning("The plugin %s declares %r in %s, as another does: it is left out.", one.plugin, name, hook)
        return fits and not taken

    def _maker(
        self,
        one: Given[Any],
        hook: str,
        name: str,
        function: Callable[..., Any],
        *,
        gives: Any = str,
        varies: bool = False,
    ) -> Maker:
        call = partial(self._plugins.call, one.plugin, hook, function, gives=gives, asked=Asked.READING)
        if varies:
            return Maker(one.plugin, lambda argument: _made(hook, call(argument)), varies=True)
        return Maker(one.plugin, partial(self._kept_or_made, (self._versions[one.plugin], hook, name), call))

    def _kept_or_made(self, key: tuple[object, ...], call: Callable[[Any], Called[Any]], argument: Any) -> Made:
        """What was made of it before in this process, so that a page with many slow pieces is whole after a while."""
        kept = self._kept.get((*key, argument))
        if kept is not None:
            return Made(kept)
        made = _made(str(key[1]), call(argument))
        if made.value is not None:
            self._kept.put((*key, argument), made.value)
        return made

    def _fingerprint(self) -> str:
        facts = [self._versions.get(name, name) for name in sorted(self._owners())]
        facts += [f"{hook} {one.plugin} {_said(one.value)}" for hook, given in self._declared.items() for one in given]
        return sha256("\0".join(facts).encode("utf-8", "backslashreplace")).hexdigest()[:32]

    def _owners(self) -> set[str]:
        return {one.plugin for given in self._declared.values() for one in given}


def _said(declared: object) -> str:
    """What is declared, without the functions: their addresses in memory are others in every process."""
    names = (name for name in getattr(type(declared), "__dataclass_fields__", ()) if name not in ("render", "resolve"))
    return ", ".join(f"{name}={_sorted(getattr(declared, name))}" for name in names)


def _sorted(value: object) -> str:
    return repr(sorted(value.items()) if isinstance(value, dict) else value)


def _called(render: Callable[[MacroCall], str]) -> Callable[[Call], str]:
    return lambda call: render(MacroCall(call.name, call.words, dict(call.named), call.path))


def _made(hook: str, called: Called[Any]) -> Made:
    from ..hooks.checking import is_harmless

    if called.value is not None and hook == "link_schemes" and not is_harmless(called.value):
        log.warning("A plugin resolved a link to %r, which is no address: it leads nowhere.", called.value[:200])
        return Made(None)
    return Made(called.value, called.problem)
