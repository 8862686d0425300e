"""What is refused, told and printed outside the web speaks the wiki's own words, in the language that is spoken.

The language here puts « » around everything that went through the catalogue, and calls a page a guide.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Callable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from kbwiki import errors
from kbwiki.cli import main
from kbwiki.errors import NOTHING_THERE, KBWikiError, NotFound, SchemaBehind
from kbwiki.journal.verify import NO_PLACE
from kbwiki.markup import parse, render
from kbwiki.moderation.messages.lines import Told, line_of, subject_line
from kbwiki.moderation.messages.templates import PLACEHOLDERS, check_template
from kbwiki.moderation.numbers.figures import DEFINITIONS
from kbwiki.moderation.policy import REASONS, Verdict, why_of
from kbwiki.moderation.rules.globs import check_pattern
from kbwiki.moderation.rules.parsing import parse_effect, parse_match, parse_object
from kbwiki.moderation.transitions import TABLE, Event, State, follow
from kbwiki.pages.paths import normalise_path
from kbwiki.pages.policy import clean_comment, clean_tags, clean_title
from kbwiki.search.query import parse_query
from kbwiki.search.synonyms.policy import cleaned
from kbwiki.settings import Settings
from kbwiki.spaces.restraining import Standing
from kbwiki.wording import Wording, kb_t, speaking
from kbwiki.wording.terms import NOUNS
from kbwiki.wording.vocabulary import USUAL as USUAL_TERMS
from kbwiki.wording.vocabulary import Term, Vocabulary

PACKAGE = Path(errors.__file__).parent
NO_TERMS = re.compile(
    r"kbwiki search|--view concern|it knows [\w, ]+|What can be filled in: .*|The fields are .*|name_moderators"
)
"""Where words of a notation stand, which stay in every language, and the revisions of tables."""
AT = datetime(2026, 5, 3, 10, 15, tzinfo=UTC)
OWN = {
    "wiki": Term("handbook", "handbooks"),
    "page": Term("guide", "guides"),
    "space": Term("shelf", "shelves"),
    "revision": Term("edition", "editions"),
    "review": Term("check", "checks"),
    "queue": Term("tray", "trays"),
    "moderator": Term("steward", "stewards"),
    "group": Term("team", "teams"),
    "tag": Term("label", "labels"),
    "search": Term("lookup", "lookups"),
    "history": Term("chronicle", "chronicles"),
    "comment": Term("remark", "remarks"),
    "report": Term("alert", "alerts"),
    "rule": Term("policy", "policies"),
    "decision": Term("verdict", "verdicts"),
    "concern": Term("query", "queries"),
    "appeal": Term("complaint", "complaints"),
    "message": Term("notice", "notices"),
}
_FORMS = [form for name in NOUNS for form in astuple(USUAL_TERMS[name].complete("en"))[:2]]
USUAL = re.compile(rf"(?<![-\w/.`“'_])(?:{'|'.join(_FORMS)})\b(?![-_.=:]\w)", re.IGNORECASE)


class Marking(gettext.NullTranslations):
    """A language that shows what was looked up."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"


OURS = Wording("en", Marking(), Vocabulary(OWN))


@pytest.fixture(autouse=True)
def _our_language() -> Iterator[None]:
    with speaking(OURS):
        yield


def assert_said(text: str) -> None:
    """The whole text went through the catalogue, and no usual term is left in it."""
    assert text.startswith("«"), text
    assert text.endswith("»"), text
    assert not USUAL.search(NO_TERMS.sub("", text)), text


@pytest.mark.parametrize("kind", NOTHING_THERE)
def test_what_is_not_there_is_said_by_its_kind(kind: str) -> None:
    assert_said(str(NotFound(kind, "travel")))


def test_what_a_host_calls_its_own_things_is_said_as_it_calls_them() -> None:
    assert str(NotFound("recipe", "soup")) == "«There is no recipe “soup” that you can read.»"


def test_tables_that_are_behind_are_spoken_of() -> None:
    assert str(SchemaBehind()) == "«The handbook's tables are not up to date. Run: flask kbwiki db upgrade»"


REFUSED: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("no address", lambda: normalise_path("")),
    ("our own address", lambda: normalise_path("-/x")),
    ("a long address", lambda: normalise_path("x/" * 600)),
    ("an address with dots", lambda: normalise_path("a/../b")),
    ("a long title", lambda: clean_title("x" * 1000)),
    ("a long comment", lambda: clean_comment("x" * 9000)),
    ("many tags", lambda: clean_tags([f"t{number}" for number in range(500)])),
    ("a long tag", lambda: clean_tags(["x" * 500])),
    ("no JSON", lambda: parse_object("match", "{")),
    ("no object", lambda: parse_object("match", "[]")),
    ("an unknown word", lambda: parse_match({"colour": "red"})),
    ("no effect", lambda: parse_effect({})),
    ("no list", lambda: parse_effect({"add_groups": "legal"})),
    ("no glob", lambda: check_pattern("match.paths", "hr/**x")),
    ("one word", lambda: cleaned(["holiday"])),
    ("a placeholder nothing fills in", lambda: check_template("{secret}")),
    ("a closed review", lambda: follow(State.DECIDED, Event.LAPSE)),
)


@pytest.mark.parametrize("refused", [call for _, call in REFUSED], ids=[name for name, _ in REFUSED])
def test_refusals_are_said(refused: Callable[[], Any]) -> None:
    with pytest.raises(KBWikiError) as caught:
        refused()
    assert_said(str(caught.value))


def test_every_state_in_which_nothing_can_happen_is_said() -> None:
    for state in State:
        for event in Event:
            if (state, event) not in TABLE:
                with pytest.raises(KBWikiError) as caught:
                    follow(state, event)
                assert_said(str(caught.value))


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("of_actor", [True, False])
def test_a_lock_is_said(below: bool, of_actor: bool) -> None:
    text = Standing(1, "travel", below, of_actor, "safety", AT).said
    assert_said(text.replace("Something is wrong here", ""))


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("template", ["", "{who} {what}", "{group}", "{next}"])
def test_messages_to_authors_are_said(verdict: Verdict, template: str) -> None:
    told = Told(1, 1, "Safety", verdict, "Mona", AT, "misplaced", "", {"template": template}, "page", 1, 1, 2)
    line = line_of(told, Settings(), title="", path="")

    for part in (line.who, line.what, line.why, line.next, line.objecting):
        assert_said(part)
    assert not USUAL.search(line.text.replace("{", ""))
    assert "team “Safety”" in subject_line(Settings(), "Safety", [line, line])


def test_words_of_reasons_figures_and_placeholders_are_said() -> None:
    for text in (*DEFINITIONS.values(), *PLACEHOLDERS.values(), *filter(None, REASONS.values()), NO_PLACE):
        assert_said(kb_t(text))
    assert why_of("misplaced", {}) == "«It belongs on another guide»"
    assert why_of("key", {"why": "Our own words"}) == "«Our own words»"


def test_what_a_search_does_not_understand_is_said() -> None:
    for asked in ('"open', "OR", "NOT", "title:", "colour:red", "a*", "wor*d", "word " * 100, "x" * 9000):
        for note in parse_query(asked).notes:
            assert_said(str(note))


def test_what_rendering_adds_is_said() -> None:
    html = render(parse("> [!NOTE]\n> Look.\n\n- [ ] one[^1]\n\n[^1]: A note."), resolve=lambda _: None).html  # type: ignore[arg-type,return-value]

    assert "«Note»" in html
    assert "«To do»" in html
    assert "«Footnotes»" in html


# The command line


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its name."""
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_said_when_it_is_read(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    texts = [command.help, *(one.help for one in command.params if isinstance(one, click.Option))]
    for text in texts:
        if text != "Show the version and exit.":  # click's own
            assert_said(text or "")
    shown = command.get_help(click.Context(command, info_name="kbwiki"))
    assert "«" in shown


def test_help_is_plain_english_where_nothing_else_is_spoken() -> None:
    with speaking(Wording()):
        assert COMMANDS[("spaces", "list")].help == "List every space with the groups that hold in it."


ANSWERS = (
    (("db", "upgrade"), "«The tables are up to date"),
    (("db", "current"), "«at "),
    (("journal", "verify"), ": intact»"),
    (("spaces", "set", "hr"), "«Shelf hr is set.»"),
    (("spaces", "list"), "looked at by:"),
    (("check",), "«up to date"),
    (("rules", "set", "legal", "--effect", '{"add_groups": ["legal"]}'), "«The policy “legal” is set (version 1).»"),
    (("rules", "set", "nothing"), "«A new policy needs --effect"),
    (("rules", "simulate"), "«with more than one team\t"),
    (("rules", "reroute"), "open checks looked through"),
    (("rules", "show", "legal"), "«version 1, in use»"),
    (("rules", "remove", "legal"), "«The policy “legal” is removed.»"),
    (("rules", "show", "none"), "«There is no policy “none” that you can read.»"),
    (("reviews", "age"), "«0 escalated, 0 lapsed.»"),
    (("reviews", "age", "--dry-run"), "«A dry run: 0 would be escalated"),
    (("reviews", "revoke-feeds", "ann"), "«0 feed addresses revoked»"),
    (("reviews", "show", "7", "--actor", "a", "--in-group", "b"), "«There is no check “7” that you can read.»"),
    (("numbers",), "«for the team»"),
    (("synonyms", "set", "holiday", "vacation"), "«Set 1 is known from the next lookup on.»"),
    (("synonyms", "remove", "1"), "«Set 1 is out of use.»"),
    (("searches", "prune"), "«0 deleted.»"),
    (("search", "find", "travel"), "«0 found.»"),
    (("search", "move", "whoosh"), "and this handbook has none.»"),
)


def test_commands_answer_in_the_wikis_words(sqlite_url: str) -> None:
    faults = []
    for arguments, said in ANSWERS:  # in this order: some speak of what others made
        answer = CliRunner().invoke(main, ["--database", sqlite_url, *arguments])
        if said not in answer.output or not isinstance(answer.exception, SystemExit | None):
            faults.append((arguments, answer.output, answer.exception))

    assert faults == []


# The code

DEVELOPERS_ALONE = {
    "settings.py": "read where the app is made, before anybody could be spoken to in a language of theirs",
    "search/weights.py": "the same, of KBWIKI_SEARCH_WEIGHTS",
    "moderation/risk.py": "the same, of KBWIKI_RISK_WEIGHTS",
    "hooks/outgoing.py": "told to the plugin that asked, which tells people in words of its own",
}
SAYING = {"kb_t", "N_"}
PRINTING = {"echo", "secho", "ClickException", "UsageError", "BadParameter", "progressbar"}
REFUSING = {"Forbidden", "Invalid", "Conflict", "Busy", "SchemaBehind", "NotAllowed", "AlreadyThere", "MovedOn"} | {
    "EditConflict", "LostRace", "Restrained", "TransferError",
}  # fmt: skip
OF_INTEREST = re.compile(rf"\b({'|'.join(sorted(PRINTING | REFUSING | {'NotFound'}))})\(")
LETTERS = re.compile(r"[A-Za-z]{3,}[^A-Za-z]* ")


@cache
def calls_of(path: Path) -> tuple[ast.Call, ...]:
    """Every call in the file; none where its text shows that none can be of interest."""
    text = path.read_text("utf-8")
    if not OF_INTEREST.search(text):
        return ()
    return tuple(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def bare_texts(node: ast.AST) -> Iterator[ast.AST]:
    """Sentences in the code below `node` that nothing says."""
    if isinstance(node, ast.Call) and name_of(node) in SAYING:
        return
    if isinstance(node, ast.FormattedValue):
        yield from bare_texts(node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and LETTERS.search(node.value):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from bare_texts(child)


def unsaid(path: Path) -> Iterator[str]:
    """Where in the file something is refused or printed that nothing says."""
    for node in calls_of(path):
        if name_of(node) in PRINTING | REFUSING:
            given = [*node.args, *(one.value for one in node.keywords if one.arg in (None, "why", "label", "message"))]
        else:
            given = [one.value for one in node.keywords if one.arg == "help" and "cli" in path.parts]
        for text in (found for one in given for found in bare_texts(one)):
            yield f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}: {ast.unparse(text)}"


def files() -> list[Path]:
    rooms = ("web", "wording", "demo")
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] not in rooms]


def test_nothing_is_refused_or_printed_that_nothing_says() -> None:
    found = [
        line
        for path in files()
        if path.relative_to(PACKAGE).as_posix() not in DEVELOPERS_ALONE
        for line in unsaid(path)
    ]
    assert not found, "\n".join(found)


def test_the_list_of_what_developers_alone_read_is_no_longer_than_it_must_be() -> None:
    assert all(any(unsaid(PACKAGE / name)) for name in DEVELOPERS_ALONE)


@pytest.mark.parametrize(
    "code",
    [
        'raise Invalid("text", "Please write a sentence.")',
        'raise Forbidden(f"This belongs to the group {group}.")',
        'raise Conflict("The page " + name + " is gone.")',
        'click.echo(f"{count} pages are there.")',
    ],
)
def test_a_sentence_that_nothing_says_is_found(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    (tmp_path / "planted.py").write_text(code)
    assert list(unsaid(tmp_path / "planted.py"))


def test_every_kind_of_thing_that_can_be_missing_has_its_sentence() -> None:
    named = {
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in calls_of(path)
        if name_of(node) == "NotFound" and isinstance(node.args[0], ast.Constant)
    }
    assert named == set(NOTHING_THERE)
