"""The page about plugins: what each is, did, took and is set to, with a button to switch it off and on. For admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden, NotFound
from ..hooks.loading import Loaded
from ..hooks.options import key_of
from ..hooks.switches import Off
from ..hooks.tally import Count
from ..hooks.work import Done, last_done
from ..journal.states import State
from ..plugin_subject import history, newest, switch_plugin, take_back_switch
from .forms import whole_number
from .notes import Note, UndoOffer
from .visit import Visit
from .words import N_, kb_t, number, when

_OFF, _ON = N_("{plugin} switched off"), N_("{plugin} switched on")


@dataclass(frozen=True, slots=True)
class HookRow:
    """A hook that a plugin uses, as it went in this process; `off` says why it is off, '' while it is on."""

    name: str
    calls: str
    milliseconds: str
    failures: int
    last_failure: str
    last_failed: Markup | str
    is_off: bool
    off: str


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting: its key, type, value as text, and what it is for."""

    key: str
    kind: str
    value: str
    is_set: bool
    help: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """Scheduled work: when it was last begun, and how that ended."""

    name: str
    begun: Markup
    ended: bool
    failure: str


@dataclass(frozen=True, slots=True)
class PluginRow:
    """A plugin that works."""

    name: str
    version: str
    summary: str
    is_off: bool
    off: str
    hooks: tuple[HookRow, ...]
    settings: tuple[SettingRow, ...]
    work: tuple[WorkRow, ...]


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """Something that was switched, and who did it."""

    words: str
    comment: str
    actor: str
    when: Markup


def plugins_page(visit: Visit) -> Response:
    """Every plugin. Errors: Forbidden for all but administrators."""
    _require_administrator(visit)
    plugins = visit.wiki.plugins
    plugins.switches.look(now=True)
    done = last_done(visit.connection, visit.wiki.id)
    return visit.show(
        "kbwiki/plugins.html",
        title=kb_t("Plugins"),
        section="plugins",
        rows=tuple(_row(visit, one, done) for one in plugins.loaded),
        refused=tuple((one.name, one.said) for one in plugins.refused),
        history=tuple(_switched(visit, one) for one in history(visit.connection, visit.wiki.id)),
        since=visit.mount.began_at,
        flash=_done(visit),
    )


def switch(visit: Visit) -> Response:
    """Switch a plugin, or one hook of it, on or off. Errors: Forbidden; NotFound for one there is not."""
    _require_administrator(visit)
    sent, plugins = visit.request.form, visit.wiki.plugins
    name, hook, on = sent.get("plugin", ""), sent.get("hook", ""), sent.get("do") == "on"
    loaded = plugins.find(name)
    if loaded is None or (hook and hook not in loaded.hooks):
        raise NotFound("plugin", f"{name} {hook}".strip()[:100])
    with visit.change() as tx:
        done = switch_plugin(tx, name, hook, on=on, comment=sent.get("comment", ""))
    _noticed(visit)
    return visit.go(visit.url("plugins", done=done))


def undo(visit: Visit, number: int) -> Response:
    """Take back what was switched last. Errors: Forbidden; Conflict."""
    with visit.change() as tx:
        done = take_back_switch(tx, number)
    _noticed(visit)
    return visit.go(visit.url("plugins", done=done))


def _noticed(visit: Visit) -> None:
    plugins = visit.wiki.plugins
    before = {(one.plugin, one.hook) for one in plugins.switches.off()}
    plugins.switches.look(now=True)
    for plugin, hook in before - {(one.plugin, one.hook) for one in plugins.switches.off()}:
        plugins.forgive(plugin, hook)


def _row(visit: Visit, one: Loaded, done: list[Done]) -> PluginRow:
    plugins = visit.wiki.plugins
    off = {(row.plugin, row.hook): row for row in plugins.switches.off()}
    counts = {count.hook: count for count in plugins.tally.counts() if count.plugin == one.name}
    kind = type(one.plugin)
    whole = off.get((one.name, ""))
    return PluginRow(
        one.name,
        kind.version,
        kind.summary,
        whole is not None,
        _why_off(visit, whole),
        tuple(_hook(visit, hook, counts.get(hook), off.get((one.name, hook))) for hook in one.hooks),
        _settings(visit, one),
        tuple(_work(visit, row) for row in done if row.plugin == one.name),
    )


def _hook(visit: Visit, name: str, count: Count | None, off: Off | None) -> HookRow:
    calls = count.calls if count is not None else 0
    mean = f"{1000 * count.seconds / calls:.1f}" if count is not None and calls else "–"
    return HookRow(
        name,
        number(calls),
        mean,
        count.failures if count is not None else 0,
        count.last_failure if count is not None else "",
        _moment(visit, count.last_failed_at) if count is not None else "",
        off is not None,
        _why_off(visit, off),
    )


def _why_off(visit: Visit, off: Off | None) -> str:
    if off is None:
        return ""
    if off.by:
        return kb_t("{name} switched it off. {why}", name=off.by, why=off.why).strip()
    return kb_t("It failed too often. The last time it {why}", why=off.why)


def _settings(visit: Visit, one: Loaded) -> tuple[SettingRow, ...]:
    rows = []
    for setting in type(one.plugin).settings:
        key = key_of(visit.mount.prefix, one.name, setting.name)
        given = one.settings[setting.name]
        is_set = visit.mount.app.config.get(key) is not None
        value = ("•••" if given else "–") if setting.secret else _value(given)
        rows.append(SettingRow(key, type(setting.default).__name__, value, is_set, setting.help))
    return tuple(rows)


def _value(given: object) -> str:
    if isinstance(given, tuple):
        return ", ".join(given) or "–"
    return repr(given)[:300] if given != "" else "–"


def _work(visit: Visit, row: Done) -> WorkRow:
    return WorkRow(row.name, when(row.begun_at, visit.now), row.ended_at is not None, row.failure)


def _switched(visit: Visit, state: State) -> SwitchRow:
    words = [
        kb_t(
            _OFF if off else _ON,
            plugin=f"{plugin} ({hook})" if hook else plugin,
        )
        for plugin, hook, off in state.payload["switched"]
    ]
    comment = state.payload.get("comment", "")
    return SwitchRow(", ".join(words), comment, state.actor, when(state.at, visit.now))


def _moment(visit: Visit, at: datetime | None) -> Markup | str:
    return when(at, visit.now) if at is not None else ""


def _done(visit: Visit) -> tuple[Note, ...]:
    done = whole_number(visit.request.args.get("done", ""))
    if not done or done != newest(visit.connection, visit.wiki.id):
        return ()
    undo = UndoOffer(visit.url("undo_switch", number=done), kb_t("Undo"))
    said = kb_t("It holds at once here, and within seconds in every other process. Those who look after this [wiki] "
                "will look at it.")  # fmt: skip
    return (Note("success", said, undo),)


def _require_administrator(visit: Visit) -> None:
    if visit.settings.admin_group not in visit.actor.groups:
        raise Forbidden(kb_t("Only administrators can see and switch plugins."))
