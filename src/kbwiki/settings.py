"""Settings of one wiki: frozen, typed, each with a default that works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from .actors import ADMINS, EVERYONE, SIGNED_IN
from .errors import Invalid
from .wording.vocabularies import USUAL_TERMS, Vocabularies, vocabularies_of


class Weights(Mapping[str, float]):
    """Numbers by name, as a mapping that never changes, so that settings stay comparable and hashable."""

    def __init__(self, numbers: Mapping[str, float] | None = None) -> None:
        self._numbers = dict(numbers or {})

    def __getitem__(self, name: str) -> float:
        return self._numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __hash__(self) -> int:
        return hash(frozenset(self._numbers.items()))

    def __repr__(self) -> str:
        return repr(self._numbers)


class Options(Mapping[str, Any]):
    """Settings of plugins by key: whatever the host gave, told apart by identity."""

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        self._options = dict(options or {})

    def __getitem__(self, key: str) -> Any:
        return self._options[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)

    def __hash__(self) -> int:
        return hash(frozenset(self._options))

    def __repr__(self) -> str:
        return f"<{len(self)} settings of plugins>" if self else "{}"  # some are secrets


@dataclass(frozen=True, slots=True)
class Settings:
    """What a host can set. In a Flask app each is `app.config["KBWIKI_" + name.upper()]`; docs/reference/settings.md
    describes every one, and a test fails when one is missing there."""

    name: str = "Wiki"
    """What people call this wiki; shown in the frame."""
    home: str = "home"
    """The path of the page that is shown at the wiki's root address."""
    readers: tuple[str, ...] = (EVERYONE,)
    """Groups that may read where no space says otherwise."""
    writers: tuple[str, ...] = (SIGNED_IN,)
    """Groups that may write where no space says otherwise."""
    fallback_group: str = "moderators"
    """The group that looks at changes no other group is responsible for."""
    appeals_group: str = ""
    """The group that authors' objections to decisions go to; empty: the fallback group."""
    admin_group: str = ADMINS
    """The group that may read and write everything and set up spaces."""
    max_page_bytes: int = 2_000_000
    """The largest page text that is accepted, in bytes of UTF-8."""
    max_output_chars: int = 5_000_000
    """The longest HTML a page may turn into, in characters."""
    lock_timeout_seconds: float = 5.0
    """How long a write waits for another before it says that the wiki is busy."""
    document_pages: int = 200
    """How many pages “as one document” puts together at most."""
    render_cache_bytes: int = 32_000_000
    """How much rendered HTML each process keeps in memory, in bytes."""
    answer_cache_bytes: int = 32_000_000
    """How many whole answers each process keeps for as long as nothing in the wiki changes, in bytes; 0: none."""
    lease_minutes: float = 5.0
    """How long a moderator who does nothing has a review to themselves."""
    feed_days: int = 30
    """How long a feed of reviews goes on after its owner was last here, in days; 0: for ever."""
    stale_days: int = 365
    """So many days after its last change a page counts as stale in searches (is:stale)."""
    search_engine: str = "whoosh"
    """Which engine keeps the search index."""
    search_weights: Mapping[str, float] = Weights()
    """What makes a page stand before others in searches, by name, in place of the documented weights."""
    languages: tuple[str, ...] = ("en",)
    """The languages that pages are written in, the usual one first."""
    locales: tuple[str, ...] = ()
    """The languages that screens, feeds and messages speak, the usual one first; empty: all there are texts in."""
    translations: str = ""
    """A folder with catalogues of your own: `<language>/LC_MESSAGES/kbwiki.mo`."""
    vocabulary: Vocabularies = USUAL_TERMS
    """What people call a wiki, a page, a review …: a preset's name, or a mapping of terms."""
    search_catch_up_seconds: float = 1.0
    """How long a search waits for the index to take in what was saved last."""
    search_log_days: int = 90
    """How long it is kept what was searched, without who searched, in days; 0: nothing is written down."""
    grace_minutes: int = 10
    """How long a decision can be taken back before its authors are told about it, in minutes."""
    tell_approvals: bool = False
    """Whether authors are told, too, that their changes were approved."""
    name_moderators: bool = False
    """Whether authors are told which person decided, besides the group."""

    due_soon_hours: float = 4.0
    """So many working hours before its due time a review counts as due soon."""
    escalation_due_hours: float = 8.0
    """How many working hours a group has for what another one was late with."""

    time_zone: str = "UTC"
    """The organisation's: of days and times that people see and write, and of working hours; such as Europe/Berlin."""
    working_hours: str = "Mon-Fri 09:00-17:00"
    """When people are at work; due times in working hours count these only."""
    holidays: tuple[str, ...] = ()
    """Days nobody works, as ISO dates."""

    risk_weights: Mapping[str, float] = Weights()
    """Weights of reasons for risk, by name, in place of the documented ones."""
    risk_catch_up_seconds: float = 1.0
    """How long a queue in order of risk waits for the risk of what was saved last."""

    blame_revisions: int = 500
    """How many revisions are looked through at most to tell who wrote a sentence."""

    max_file_bytes: int = 50_000_000
    """The largest file that is accepted, in bytes."""
    file_types: tuple[str, ...] = ()
    """Endings that names of files may have, such as pdf and png; empty: any."""

    help_screens: tuple[str, ...] = ()
    """Screens of the host that only its script knows, by name, so that pages can help there."""
    help_ignore: tuple[str, ...] = ()
    """Endpoints of the host that need no help, with * for any letters, such as api.*"""
    sandbox: str = "sandbox"
    """The path below which everybody has a practice page of their own; empty: there are none."""

    draft_days: int = 30
    """How long a text that was begun and not saved is kept on the server, in days; 0: in the browser only."""
    templates: str = "templates"
    """What the folder is called whose pages new pages of a space can be started from; empty: there are none."""

    plugins: tuple[str, ...] = ()
    """Plugins by the names of their entry points, or as module:Class, in the order in which they are asked."""
    plugin_options: Mapping[str, Any] = Options()
    """Settings of plugins, by their keys below PLUGIN_."""
    hook_seconds: float = 0.5
    """How long a plugin is waited for while somebody waits for a page, in seconds."""
    hook_work_seconds: float = 60.0
    """How long a plugin is waited for by `flask kbwiki work`, in seconds."""
    hook_failures: int = 5
    """After so many failures a plugin is switched off for that hook."""

    @classmethod
    def from_mapping(cls, config: Mapping[str, Any], prefix: str = "KBWIKI_") -> Settings:
        """The settings found in `config` under `prefix`; what is absent keeps its default.

        Errors: Invalid names the key and the type that was expected.
        """
        found: dict[str, Any] = {}
        for one in fields(cls):
            if one.name == "plugin_options":
                continue
            key = prefix + one.name.upper()
            if config.get(key) is not None:
                found[one.name] = _checked(key, config[key], one.default)
        below = f"{prefix}PLUGIN_"
        found["plugin_options"] = Options(
            {key.removeprefix(below): value for key, value in config.items() if key.startswith(below)}
        )
        if isinstance(said := found.get("vocabulary"), Mapping):
            found["vocabulary"] = _terms(f"{prefix}VOCABULARY", said, next(iter(found.get("locales", ())), "en"))
        return cls(**found)


def _checked(key: str, value: Any, default: Any) -> Any:
    if isinstance(default, Vocabularies):
        return value if isinstance(value, Mapping) else _terms(key, value, "en")
    if isinstance(default, Weights):
        return _numbers(key, value)
    if isinstance(default, tuple):
        if isinstance(value, str) or not all(isinstance(one, str) for one in value):
            example = default[0] if default else "2026-12-25"
            raise Invalid(key, f"{key} must be a list of texts, for example [{example!r}]; it is {value!r}.")
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise Invalid(key, f"{key} must be of type {type(default).__name__}; it is {value!r}.")
    return value


def _terms(key: str, value: Any, language: str) -> Vocabularies:
    """Terms without a language are in the usual one."""
    try:
        return vocabularies_of(value, language.replace("_", "-").partition("-")[0])
    except ValueError as error:
        raise Invalid(key, f"{key} cannot be used: {error}.") from error


def _numbers(key: str, value: Any) -> Weights:
    """A mapping from names to numbers; what the names may be, those who use it say."""
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise Invalid(key, f'{key} must map names to numbers, for example {{"new-author": 1.0}}; it is {value!r}.')
    for name, number in value.items():
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise Invalid(key, f"{key} must map names to numbers; {name!r} is mapped to {number!r}.")
    return Weights({name: float(number) for name, number in value.items()})
