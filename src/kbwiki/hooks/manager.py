"""The one caller of plugins: apart, for a limited time, counted, and never while anything is locked (P8).

Whatever a plugin does, the caller goes on with what the others gave. What went wrong is logged with the plugin and the
hook, counted, and after too many failures that hook of that plugin is off until an administrator switches it on.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from ..clock import Clock
from ..holding import is_writing
from ..wording import Wording, spoken
from .checking import own_copy, problem_with
from .loading import Loaded, Refusal
from .marks import FACTS, Asked
from .own_tables import OwnTables
from .switches import Switches
from .tally import MOST_HANGING, Tally
from .workers import WORKERS, Outcome, Pending

log = logging.getLogger("kbwiki.plugins")

MOST_KEPT = 500
"""So many declarations are kept, counting each once for each language."""
MOST_THINGS = 200
"""So many things one plugin may give to one hook."""
TRACE = "KBWIKI_TRACE_HOOKS"
"""With this variable of the environment every call is printed to standard error."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given(Generic[T]):
    """One thing that a plugin gave."""

    plugin: str
    value: T


@dataclass(frozen=True, slots=True)
class Called(Generic[T]):
    """What became of one call: the value, or why there is none (`problem`, in words for logs and administrators)."""

    value: T | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds calls are waited for: while somebody waits, and while nobody does."""

    waiting: float
    working: float

    def of(self, asked: Asked) -> float:
        """The seconds for calls of this kind."""
        return self.working if asked is Asked.WORKING else self.waiting


class Plugins:
    """The plugins of one wiki. `loaded` are those that work, `refused` those that were left out, and why."""

    def __init__(
        self,
        loaded: tuple[Loaded, ...],
        refused: tuple[Refusal, ...],
        *,
        patience: Patience,
        tally: Tally,
        switches: Switches,
        tables: OwnTables,
        clock: Clock,
    ) -> None:
        self.loaded, self.unusable = loaded, refused
        self.tally, self.switches, self.tables = tally, switches, tables
        self._patience, self._clock = patience, clock
        self._hooks = {name: tuple(one for one in loaded if name in one.hooks) for name in FACTS}
        self._used = frozenset(name for name, plugins in self._hooks.items() if plugins)
        self._declared: dict[tuple[str, str, Wording | None], tuple[Given[Any], ...]] = {}
        self._hanging: dict[str, list[Pending]] = {one.name: [] for one in loaded}

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The plugins that are left out, and why: those that cannot be used, and those whose tables are behind."""
        return (*self.unusable, *self.tables.behind().values())

    def find(self, plugin: str) -> Loaded | None:
        """The plugin of this name that works."""
        return next((one for one in self.loaded if one.name == plugin), None)

    def uses(self, hook: str) -> bool:
        """Whether any plugin has something to say to this hook. Costs nothing to speak of."""
        return hook in self._used

    def declared(self, hook: str) -> tuple[Given[Any], ...]:
        """What the plugins declare, asked for once; without those of plugins that are off for this hook.

        Declarations with words that people read are asked for once in each language and vocabulary. One that fails is
        asked for again the next time, until it is switched off.
        """
        if hook not in self._used:
            return ()
        self.switches.look()
        words = spoken() if FACTS[hook].in_words else None
        names = [one.name for one in self._hooks[hook] if not self._is_off(one.name, hook)]
        unknown = [name for name in names if (name, hook, words) not in self._declared]
        if unknown and not is_writing():  # what is not asked now is not to stay unasked
            self._learn(hook, words, unknown)
        return tuple(given for name in names for given in self._declared.get((name, hook, words), ()))

    def _learn(self, hook: str, words: Wording | None, names: list[str]) -> None:
        """Ask those plugins what they declare, and keep it, but for what failed."""
        if len(self._declared) > MOST_KEPT:  # an administrator tries one word after the other
            self._declared.clear()
        for name, given in self._asked(hook, {}, names).items():
            if given is not None:
                self._declared[name, hook, words] = tuple(given)

    def ask(self, hook: str, **arguments: Any) -> list[Given[Any]]:
        """What each plugin gives now, in their order; all are asked at once, and share the time there is."""
        if hook not in self._used or not self._may_ask(hook):
            return []
        self.switches.look()
        return [one for some in self._asked(hook, arguments, self.who_uses(hook)).values() for one in some or ()]

    def _asked(self, hook: str, arguments: dict[str, Any], names: Iterable[str]) -> dict[str, list[Given[Any]] | None]:
        """What each of these plugins gives; None for one that failed. Those that are off are not in it."""
        began = [(name, self._begun(name, hook, arguments)) for name in names if not self._is_off(name, hook)]
        until = time.monotonic() + self._patience.of(FACTS[hook].asked)
        given: dict[str, list[Given[Any]] | None] = {}
        for plugin, pending in began:
            things = self._of_hook(plugin, hook, pending, until)
            given[plugin] = None if things.problem else [Given(plugin, thing) for thing in things.value or ()]
        return given

    def _begun(self, plugin: str, hook: str, arguments: dict[str, Any]) -> Pending | None:
        """The call of a plugin's own method, under way; None when too many calls of it hang."""
        if self._is_left_out(plugin, hook):
            return None
        implementation = next(one.hooks[hook] for one in self._hooks[hook] if one.name == plugin)
        taken = {name: own_copy(arguments[name]) for name in implementation.argnames if name in arguments}
        return self._begin(plugin, hook, partial(_gathered, partial(implementation.function, **taken)))

    def _of_hook(self, plugin: str, hook: str, pending: Pending | None, until: float) -> Called[list[Any]]:
        if pending is None:
            return Called(None, f"{plugin} is switched off here")
        return self._ended(plugin, hook, pending, pending.wait(until), _each_is(FACTS[hook].gives))

    def ask_one(self, plugin: str, hook: str, **arguments: Any) -> Called[list[Any]]:
        """What this plugin alone gives now, or why it gives nothing."""
        if not self._may_ask(hook):
            return Called(None, "kbwiki asked at the wrong moment")
        self.switches.look()
        until = time.monotonic() + self._patience.of(FACTS[hook].asked)
        return self._of_hook(plugin, hook, self._begun(plugin, hook, arguments), until)

    def who_uses(self, hook: str) -> tuple[str, ...]:
        """The plugins that have something to say to this hook, in their order, switched off or not."""
        return tuple(one.name for one in self._hooks[hook])

    def call(
        self,
        plugin: str,
        hook: str,
        function: Callable[..., Any],
        *arguments: Any,
        gives: Any,
        asked: Asked,
        seconds: float | None = None,
    ) -> Called[Any]:
        """Call a function that the plugin declared to `hook`; what it gives is of the type `gives`.

        `gives` may be None: then it is not looked at. `seconds` is how long it is waited for, where that is not what
        calls of its kind have: on the command line, where nobody else waits.
        """
        if not self._may_ask(hook):
            return Called(None, "kbwiki asked at the wrong moment")
        self.switches.look()
        if self._is_left_out(plugin, hook):
            return Called(None, f"{plugin} is switched off here")
        pending = self._begin(plugin, hook, partial(function, *(own_copy(one) for one in arguments)))
        outcome = pending.wait(time.monotonic() + (self._patience.of(asked) if seconds is None else seconds))
        return self._ended(plugin, hook, pending, outcome, lambda value: _is(value, gives))

    def turn_on(self, plugin: str, hook: str = "") -> None:
        """Ask again what was switched off, with a clean slate. Errors: Busy."""
        self.switches.turn_on(plugin, hook)
        self.forgive(plugin, hook)

    def forgive(self, plugin: str, hook: str = "") -> None:
        """Begin anew with what was switched on: a clean slate, and what was declared is asked for again."""
        self.tally.forgive(plugin, hook)
        self._declared = {}

    def turn_off(self, plugin: str, hook: str = "", *, by: str, why: str = "") -> None:
        """Do not ask the plugin, or one hook of it, until somebody switches it on."""
        self.switches.turn_off(plugin, hook, why=why, by=by)

    def _may_ask(self, hook: str) -> bool:
        """False, and said aloud, while this thread holds a lock: a plugin could hold up everybody."""
        if not is_writing():
            return True
        log.error("%s was not asked, since something is being written: that is a fault of kbwiki.", hook)
        return False

    def _is_left_out(self, plugin: str, hook: str) -> bool:
        if self._is_off(plugin, hook):
            return True
        hanging = self._hanging[plugin] = [one for one in self._hanging[plugin] if not one.is_done]
        return len(hanging) >= MOST_HANGING

    def _is_off(self, plugin: str, hook: str) -> bool:
        return self.switches.is_off(plugin, hook) or plugin in self.tables.behind()

    def _begin(self, plugin: str, hook: str, function: Callable[[], Any]) -> Pending:
        if os.environ.get(TRACE):
            print(f"kbwiki: {plugin}.{hook}", file=sys.stderr)  # noqa: T201 - what was asked for
        return WORKERS.begin(function, spoken())

    def _ended(
        self, plugin: str, hook: str, pending: Pending, outcome: Outcome, check: Callable[[Any], str | None]
    ) -> Called[Any]:
        said, error = "", outcome.error
        if outcome.hung:
            self._hanging[plugin].append(pending)
            said = f"gave nothing within {outcome.seconds:.2f} s"
        elif error is not None:
            said = f"raised {type(error).__name__}: {_words_of(error)}"
        else:
            try:
                wrong = check(outcome.value)
            except Exception as raised:  # a thing whose very comparison raises
                wrong = f"something that cannot be looked at ({type(raised).__name__})"
            if wrong is None:
                self.tally.well(plugin, hook, outcome.seconds)
                return Called(outcome.value)
            said = f"gave {wrong}"
        log.error("The plugin %s failed in %s: it %s.", plugin, hook, said, exc_info=error)
        if self.tally.failed(plugin, hook, outcome.seconds, said, self._clock()):
            log.error("The plugin %s is switched off for %s: it failed too often.", plugin, hook)
            self.switches.turn_off(plugin, hook, why=said)
        return Called(None, said)


def _gathered(function: Callable[[], Any]) -> list[Any]:
    """What a hook gives, as a list: nothing, one thing, or several. Runs where the plugin does."""
    value = function()
    if value is None:
        return []
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        things = []
        for thing in value:
            things.append(thing)
            if len(things) > MOST_THINGS:
                break
        return things
    return [value]


def _each_is(gives: Any) -> Callable[[Any], str | None]:
    def check(things: Any) -> str | None:
        if gives == ():
            return None
        if len(things) > MOST_THINGS:
            return f"more than {MOST_THINGS} things"
        return next((said for thing in things if (said := problem_with(thing, gives))), None)

    return check


def _is(value: Any, gives: Any) -> str | None:
    return None if gives is None else problem_with(value, gives)


def _words_of(error: BaseException) -> str:
    """What an error says, where it can be asked: its own text may raise, too."""
    try:
        return str(error)[:500]
    except Exception:
        return "(it cannot be said what)"
