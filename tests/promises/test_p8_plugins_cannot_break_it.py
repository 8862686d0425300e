"""P8: a plugin that raises, hangs or gives nonsense costs its own contribution, never a page, a save or a decision.

A hostile plugin sits on each hook in turn and does one kind of harm after the other, while a reader reads, an author
writes, a moderator decides and `flask kbwiki work` runs. Every cell must hold: no answer of 500 or more, no script of
the plugin's in a page, what was saved is there, what was decided is decided, nothing stays locked. What each of them
saw is written to artefacts/hostile-plugins.md.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kbwiki import KBWiki, Wiki
from kbwiki.files import NewFile, upload_file
from kbwiki.hooks.marks import FACTS, Asked
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, open_reviews, read, save
from tests.hooks.everything import TEXT, everything, poisoned
from tests.web.conftest import Visitor

SCRIPT = "<script>kbevil()</script><img src=x onerror=kbevil()>"
HARM = re.compile(r"<script>kbevil|<img[^>]*onerror|href=\"javascript:", re.IGNORECASE)
SECONDS = 0.15
REPOSITORY = Path(__file__).parent.parent.parent
_released = threading.Event()


def _raises(_answer: Any, *_arguments: Any) -> Any:
    raise ValueError("out of order")


def _sleeps(answer: Any, *_arguments: Any) -> Any:
    _released.wait(30)
    return answer


def _wrong_type(_answer: Any, *_arguments: Any) -> Any:
    return object()


def _script(answer: Any, *_arguments: Any) -> Any:
    return poisoned(answer, SCRIPT)


def _kills_its_thread(_answer: Any, *_arguments: Any) -> Any:
    sys.exit(3)


def _writes_to_the_session(answer: Any, *_arguments: Any) -> Any:
    from flask import g, session

    session["evil"] = g.evil = "yes"
    return answer


def _changes_its_arguments(answer: Any, *arguments: Any) -> Any:
    for one in arguments:
        if is_dataclass(one) and not isinstance(one, type):
            for field in fields(one):
                object.__setattr__(one, field.name, SCRIPT)
    return answer


def _imports_something_missing(_answer: Any, *_arguments: Any) -> Any:
    import surely_no_such_module  # type: ignore[import-not-found]

    return surely_no_such_module


MISBEHAVIOURS: dict[str, Callable[..., Any]] = {
    "raises": _raises,
    "sleeps 30 s": _sleeps,
    "wrong type": _wrong_type,
    "script": _script,
    "kills its thread": _kills_its_thread,
    "writes to the session": _writes_to_the_session,
    "changes its arguments": _changes_its_arguments,
    "imports something missing": _imports_something_missing,
}


class Stage:
    """An app with one hostile plugin in it, and what is done there; `misbehaves` is what the plugin does just now."""

    def __init__(self, folder: Path, database: str, hook: str) -> None:
        self.hook = hook
        self.misbehaves: Callable[..., Any] | None = None
        self.step = "call" if FACTS[hook].asked is not Asked.ONCE or hook not in DECLARED_ONLY else "declare"
        self.calls = 0

        def twist(_hook: str, step: str, answer: Any, *arguments: Any) -> Any:
            if self.misbehaves is None or step != self.step:
                return answer
            self.calls += 1
            return self.misbehaves(answer, *arguments)

        app = Flask("host", instance_path=str(folder))
        app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=database, TESTING=True, KBWIKI_HOOK_SECONDS=SECONDS)
        app.config.update(KBWIKI_HOOK_WORK_SECONDS=SECONDS, KBWIKI_HOOK_FAILURES=100, KBWIKI_ANSWER_CACHE_BYTES=0)
        KBWiki(app, actor=lambda: self.visitor.actor, plugins=[everything("every", twist, only=hook)])
        self.app, self.visitor = app, Visitor(app.test_client())
        self.wiki: Wiki = app.extensions["kbwiki"]["main"].wiki
        assert self.wiki.plugins.refused == ()
        save(self.wiki, "page", TEXT)
        self.answers: list[tuple[str, int, str]] = []

    def see(self, who: Any, address: str, *, post: bool = False, form: str | None = None, **sent: str) -> str:
        """What somebody sees at an address."""
        self.visitor.actor = who
        answer = self.visitor.post(address, form=form, **sent) if post else self.visitor.get(address)
        text = answer.get_data(as_text=True)
        self.answers.append((address, answer.status_code, text if answer.mimetype == "text/html" else ""))
        return text

    def command(self, *words: str) -> None:
        """A command line; whatever code it ends with, it ends."""
        waiting = threading.Timer(2.0, _released.set)  # whoever runs a plugin's command waits for it, here not so long
        waiting.start()
        result = self.app.test_cli_runner().invoke(args=["kbwiki", *words])
        waiting.cancel()
        went = result.exception is None or isinstance(result.exception, SystemExit)
        self.answers.append((" ".join(words) if went else f"{words}: {result.exception!r}", 200 if went else 599, ""))

    def play(self, number: int) -> dict[str, str]:
        """A reader, an author, a moderator, and the work behind, as far as the hook has a part; what each saw."""
        self.answers.clear()
        text = f"{TEXT}\nRound {number}.\n"
        edit = {"title": "page", "text": text, "base": str(number)}
        reader = self.see(READER, f"/wiki/page?from=r{number}")
        for address in SEEN_AT.get(self.hook, ()):
            reader += self.see(SEEN_BY.get(self.hook, READER), address)
        author = ""
        if self.hook in PREVIEWED:
            author = self.see(WRITER, "/wiki/-/edit/page", post=True, action="preview", **edit)
        author += self.see(WRITER, "/wiki/-/edit/page", post=True, form="/wiki/-/edit/page", action="save", **edit)
        assert f"Round {number}." in read(self.wiki, "page"), "the save was lost"
        if self.hook == "text_extractors":
            author = self._upload(number)
        moderator = self._decide() if self.hook in MODERATED else None
        for words in DONE_BY.get(self.hook, ()):
            self.command(*words)
        saw = {"reader": self._said(reader), "author": self._said(author)}
        return saw if moderator is None else {**saw, "moderator": self._said(moderator)}

    def _upload(self, number: int) -> str:
        """A file of each round, and what a search for the plugin's words in it finds."""
        name = f"round-{number}.pdf"
        content = self.wiki.files.keep(io.BytesIO(b"%PDF-1.4\n" + name.encode()))
        with self.wiki.begin(WRITER) as tx:
            upload_file(tx, NewFile(name, content))
        assert name in self.see(WRITER, f"/wiki/-/files?q={name}"), "the file was lost"
        return self.see(WRITER, "/wiki/-/files?q=zinnia").replace('value="zinnia"', "")

    def _decide(self) -> str:
        review = next(line.id for line in open_reviews(self.wiki) if line.path == "page")
        address = f"/wiki/-/reviews/{review}"
        shown = self.see(MODERATOR, address)
        self.see(MODERATOR, f"{address}/decide", post=True, form=address, act="approve")
        assert review not in [line.id for line in open_reviews(self.wiki)], "the decision was lost"
        return shown

    def _said(self, text: str) -> str:
        """The plugin's part in what was seen, in a word."""
        shown = re.sub(r"<textarea.*?</textarea>", "", text, flags=re.DOTALL)
        if "this is how it was written" in shown:
            return "a box with the source"
        return "its part" if re.search("zinnia", shown, re.IGNORECASE) else "the page without it"


SEEN_AT = {
    "search_fields": ("/wiki/-/search?q=everyword",),
    "query_operators": ("/wiki/-/search?q=every:thing+leave",),
    "routes": ("/wiki/-/x/every/screen",),
    "feeds": ("/wiki/-/x/every/all.atom",),
    "page_templates": ("/wiki/-/new?path=fresh",),
    "page_types": ("/wiki/-/new?path=fresh",),
    "risk_reasons": ("/wiki/-/reviews?order=risk",),
    "vocabulary": ("/wiki/-/vocabulary",),
    "commands": ("/wiki/-/plugins",),
    "change_kinds": ("/wiki/-/plugins",),
}
"""Where else than at a page, an editor and a review the hook has a part."""
SEEN_BY = {"vocabulary": ADMIN, "commands": ADMIN, "change_kinds": ADMIN, "risk_reasons": MODERATOR}
"""Who looks there, if not a reader."""

PREVIEWED = {
    "fences",
    "macros",
    "spans",
    "link_schemes",
    "embeds",
    "allowed_html",
    "markdown_extensions",
    "toolbar_buttons",
    "page_types",
    "advise",
    "navigation",
}
"""Hooks that may have a part in a preview; a page is saved with each of them."""

MODERATED = {
    "fences",
    "macros",
    "markdown_extensions",
    "risk_reasons",
    "route_change",
    "change_kinds",
    "verdicts",
    "decision_reasons",
    "on_decision",
    "consumers",
    "channels",
    "directories",
}
"""Hooks that may have a part in what a moderator sees and does."""

IMPORT = ("plugins", "import", "every", "x", "--actor", "writer", "--in-group", "staff")
WORK = (("work", "--once"),)
DONE_BY = {
    "route_change": WORK,
    "on_decision": WORK,
    "consumers": WORK,
    "channels": WORK,
    "scheduled_work": WORK,
    "risk_reasons": WORK,
    "commands": (("x", "every", "every"), ("plugins",)),
    "importers": (IMPORT,),
    "exporters": (("plugins", "export", "every", "x"),),
}
"""The commands in which the hook has a part."""

DECLARED_ONLY = {
    "allowed_html",
    "toolbar_buttons",
    "page_templates",
    "page_types",
    "navigation",
    "verdicts",
    "decision_reasons",
    "vocabulary",
}
"""Hooks that give nothing to be called: there the declaration itself is hostile."""


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, dict[str, str]]]:
    """What was seen in each cell; written down at the end."""
    cells: dict[str, dict[str, str]] = {}
    yield cells
    folder = REPOSITORY / "artefacts"
    folder.mkdir(exist_ok=True)
    rows = [f"| {hook} | " + " | ".join(cells[hook].get(one, "") for one in MISBEHAVIOURS) + " |" for hook in cells]
    head = ["| hook | " + " | ".join(MISBEHAVIOURS) + " |", "|" + "---|" * (len(MISBEHAVIOURS) + 1)]
    (folder / "hostile-plugins.md").write_text("\n".join([*head, *rows]) + "\n", "utf-8")


@pytest.fixture
def _quiet() -> Iterator[None]:
    logging.getLogger("kbwiki").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("kbwiki").setLevel(logging.NOTSET)
    _released.set()
    _released.clear()


@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("hook", FACTS)
def test_a_hostile_plugin_costs_its_own_contribution_alone(
    hook: str, sqlite_url: str, tmp_path: Path, table: dict[str, dict[str, str]]
) -> None:
    stage = Stage(tmp_path, sqlite_url, hook)
    cells = table.setdefault(hook, {})

    for number, (name, misbehaves) in enumerate(MISBEHAVIOURS.items(), 1):
        stage.misbehaves = misbehaves
        stage.wiki.plugins.turn_on("every")
        saw = stage.play(number)
        _released.set()
        _released.clear()

        broken = [(address, status) for address, status, _ in stage.answers if status >= 500]
        assert broken == [], (name, broken)
        harmed = [(address, found[0]) for address, _, text in stage.answers if (found := HARM.search(text))]
        assert harmed == [], (name, harmed)
        with stage.wiki.begin(WRITER):
            pass  # nothing is locked
        cells[name] = ", ".join(f"{who}: {what}" for who, what in saw.items())
    assert stage.calls or hook in NOT_ASKED_HERE, f"{hook} was never asked"
    stage.wiki.close()


NOT_ASKED_HERE = {"exporters", "change_kinds", "channels", "directories"}
"""Hooks that none of the scenes reaches; the tests of each try them."""


@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_a_plugin_that_is_hostile_in_all_its_declarations_costs_them_alone(
    name: str, sqlite_url: str, tmp_path: Path
) -> None:
    stage = Stage(tmp_path, sqlite_url, "macros")
    stage.wiki.close()

    def twist(_hook: str, step: str, answer: Any, *arguments: Any) -> Any:
        return MISBEHAVIOURS[name](answer, *arguments) if step == "declare" else answer

    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=sqlite_url, TESTING=True, KBWIKI_HOOK_SECONDS=SECONDS)
    app.config.update(KBWIKI_HOOK_WORK_SECONDS=SECONDS, KBWIKI_ANSWER_CACHE_BYTES=0)
    KBWiki(app, actor=lambda: stage.visitor.actor, plugins=[everything("every", twist)])
    stage.app, stage.visitor = app, Visitor(app.test_client())
    stage.wiki = app.extensions["kbwiki"]["main"].wiki

    stage.play(1)

    assert [(address, status) for address, status, _ in stage.answers if status >= 500] == []
    assert [address for address, _, text in stage.answers if HARM.search(text)] == []
    stage.wiki.close()
