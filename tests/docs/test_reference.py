"""The reference is complete and says nothing that is not so: whatever the code has, it has, and the other way round.

The public names of the package and the fields of Settings are watched in tests/architecture.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum

import click
import pytest
from blinker import NamedSignal

from kbwiki import Settings, Wiki, errors, signals, testing
from kbwiki.cli.flask_commands import group
from kbwiki.cli.standalone import main as standalone
from kbwiki.demo.__main__ import main as demo
from kbwiki.markup.allowlist import KINDS as CALLOUTS
from kbwiki.markup.highlighting import LANGUAGES
from kbwiki.moderation import decide, picture, take_back
from kbwiki.moderation.policy import REASONS, Verdict
from kbwiki.pages import actions
from kbwiki.pages.policy import Kind
from kbwiki.web.routes import SCREENS
from kbwiki.wording import kb_t
from kbwiki.wording.vocabularies import Vocabularies
from tests.docs.reading import DOCS, REFERENCE, REPOSITORY, blocks_of, rows_of, sections_of

PYTHON = REFERENCE / "python.md"


def test_every_setting_of_the_mount_is_described_and_no_other() -> None:
    described = {name.strip("`") for name in sections_of(REFERENCE / "settings.md") if name.startswith("`KBWIKI_")}

    assert described == {f"KBWIKI_{field.name.upper()}" for field in fields(Settings)} | mount_keys()


def test_every_default_of_a_setting_is_given() -> None:
    sections = sections_of(REFERENCE / "settings.md")

    missing = [
        field.name
        for field in fields(Settings)
        if written(field.default) not in sections[f"`KBWIKI_{field.name.upper()}`"]
    ]

    assert missing == []


def test_every_command_is_described_and_no_other() -> None:
    headings = [name.strip("`") for name in sections_of(REFERENCE / "cli.md") if name.startswith("`flask kbwiki ")]

    assert sorted(headings) == sorted(leaves(group(), "flask kbwiki"))


def test_every_option_of_every_command_is_described_below_it() -> None:
    sections = sections_of(REFERENCE / "cli.md")

    for name, command in leaves(group(), "flask kbwiki").items():
        assert described_options(sections[f"`{name}`"]) == options_of(command), name


def test_every_option_before_the_commands_is_described() -> None:
    sections = sections_of(REFERENCE / "cli.md")

    assert described_options(sections["`flask kbwiki`"]) == options_of(group())
    assert described_options(sections["Without a host: `kbwiki`"]) == options_of(standalone)


def test_every_option_of_the_demo_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        demo(["--help"])
    offered = set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE)) - {"--help"}

    assert described_options(sections_of(REFERENCE / "cli.md")["The demo: `python -m kbwiki.demo`"]) == offered


def test_every_signal_is_described_with_all_fields_of_its_event() -> None:
    sections = sections_of(REFERENCE / "signals.md")
    sent = {name for name, value in vars(signals).items() if isinstance(value, NamedSignal)}

    assert sent == {name.strip("`") for name in sections if name.startswith("`")} - {"Committed"}
    assert [field.name for field in fields(signals.Committed) if f"`{field.name}`" not in sections["`Committed`"]] == []


def test_every_kind_of_change_and_every_verdict_is_named_with_the_signals() -> None:
    sections = sections_of(REFERENCE / "signals.md")

    assert [kind for kind in Kind if f"`{kind}`" not in sections["`change_committed`"]] == []
    assert [verdict for verdict in Verdict if f"`{verdict}`" not in sections["`decision_committed`"]] == []


def test_every_screen_has_its_address_endpoint_and_methods_in_the_reference() -> None:
    rows = rows_of((REFERENCE / "addresses.md").read_text("utf-8"))

    assert sorted((row[0].strip("`"), row[1].strip("`"), row[2]) for row in rows) == sorted(
        (screen.rule, screen.endpoint, ", ".join(screen.methods)) for screen in SCREENS
    )


def test_every_error_is_in_the_table_with_its_status_and_no_other() -> None:
    known = [errors.KBWikiError, *below(errors.KBWikiError)]

    rows = rows_of(sections_of(PYTHON)["Errors"])

    assert {row[0].strip("`"): row[1] for row in rows} == {error.__name__: str(error.status) for error in known}


def test_every_action_has_its_signature_in_the_reference() -> None:
    described = {name for name, _ in signatures()}
    exceptions_and_answers = {"EditConflict", "Moved", "Saved"}

    assert set(actions.__all__) - exceptions_and_answers <= described
    ours = (decide.decide, decide.Answer, take_back.take_back, take_back.restore_hidden)
    assert {one.__name__ for one in ours} <= described


def test_the_life_of_a_review_is_drawn_and_told_as_the_code_has_it() -> None:
    told = (REFERENCE / "reviews.md").read_text("utf-8")

    assert (REFERENCE / "review-states.svg").read_text("utf-8") == picture.draw()
    assert picture.table() in told


def test_every_answer_is_told_with_its_word() -> None:
    told = (REFERENCE / "reviews.md").read_text("utf-8")

    assert [verdict for verdict in Verdict if f"`{verdict}`" not in told] == []


def test_every_method_of_a_wiki_has_its_signature_in_the_reference() -> None:
    described = {name for name, _ in signatures()}
    methods = {name for name, value in vars(Wiki).items() if inspect.isfunction(value) and not name.startswith("_")}

    assert {f"Wiki.{name}" for name in methods} <= described


def test_every_signature_in_the_reference_is_that_of_the_code() -> None:
    for name, told in signatures():
        assert told == simplified(name), name


def test_every_reason_is_listed_with_its_words() -> None:
    rows = rows_of(sections_of(PYTHON)["Reasons"])

    told = {row[0].strip("`"): row[1].partition(" (")[0] for row in rows}

    assert told == {key: kb_t(words) for key, words in REASONS.items() if key}


def test_every_language_that_is_coloured_and_every_callout_is_named() -> None:
    sections = sections_of(REFERENCE / "markup.md")
    languages = re.search(r"The languages: ([^.]+)\.", sections["Code"])
    assert languages

    assert [one.strip() for one in languages[1].split(",")] == list(LANGUAGES)
    assert [kind for kind in CALLOUTS if f"`{kind}`" not in sections["Callouts"]] == []


def test_every_builder_for_tests_is_described_with_its_parameters() -> None:
    page = DOCS / "how-to" / "test-your-integration.md"
    functions = [value for value in vars(testing).values() if inspect.isfunction(value)]
    own = [value for value in functions if value.__module__ == testing.__name__]

    rows = {row[0].partition("(")[0].strip("`"): row[0] for row in rows_of(page.read_text("utf-8"))}

    for builder in own:
        names = inspect.signature(builder).parameters
        assert [name for name in names if not re.search(rf"\b{name}\b", rows[builder.__name__])] == []


def mount_keys() -> set[str]:
    """The keys the web part reads besides Settings, as its source names them: `{prefix}KEY`."""
    source = "".join(path.read_text("utf-8") for path in (REPOSITORY / "src/kbwiki/web").rglob("*.py"))
    keys = {f"KBWIKI_{key}" for key in re.findall(r"\{prefix\}([A-Z][A-Z_]*)", source)}
    assert len(keys) > 5, "the source names its keys otherwise now; look for them anew"
    return keys


def written(default: object) -> str:
    """A default as the page writes it."""
    if isinstance(default, Vocabularies):
        return f'`"{default.preset}"`'
    if isinstance(default, str):
        return f'`"{default}"`'
    if default == ():
        return "`()`"
    if isinstance(default, tuple):
        return "`({},)`".format(", ".join(f'"{one}"' for one in default))
    return f"`{default:_}`" if isinstance(default, int) and not isinstance(default, bool) else f"`{default}`"


def leaves(command: click.Group, name: str) -> dict[str, click.Command]:
    """Every command below a group by the words that call it."""
    found: dict[str, click.Command] = {}
    for word, one in command.commands.items():
        found |= leaves(one, f"{name} {word}") if isinstance(one, click.Group) else {f"{name} {word}": one}
    return found


def options_of(command: click.Command) -> set[str]:
    options = [one for one in command.params if isinstance(one, click.Option)]
    return {spelling for one in options for spelling in (*one.opts, *one.secondary_opts)}


def described_options(section: str) -> set[str]:
    """Options that head an entry of a definition list."""
    terms = [line for line in section.splitlines() if line.startswith("`--")]
    return {option for term in terms for option in re.findall(r"--[a-z-]+", term)}


def below(error: type[errors.KBWikiError]) -> list[type[errors.KBWikiError]]:
    ours = [one for one in error.__subclasses__() if one.__module__.startswith("kbwiki.")]
    return [found for one in ours for found in (one, *below(one))]


def signatures() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every signature on the page: name, and its parameters with their kinds and defaults."""
    told = []
    for block in blocks_of(PYTHON, "py"):
        for line in block.text.splitlines()[1:]:
            name, _, parameters = line.partition("(")
            function = ast.parse(f"def f({parameters}: ...").body[0]
            assert isinstance(function, ast.FunctionDef)
            told.append((name, parameters_of(function.args)))
    return told


def simplified(name: str) -> list[tuple[str, str]]:
    """The signature of what the page calls `name`, as the code has it."""
    module = next(
        block.text.splitlines()[0].removeprefix("# ")
        for block in blocks_of(PYTHON, "py")
        if any(line.startswith(f"{name}(") for line in block.text.splitlines())
    )
    value: object = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    assert callable(value)
    parameters = [one for one in inspect.signature(value).parameters.values() if one.name != "self"]
    made = {one.name: one.default_factory for one in fields(value)} if is_dataclass(value) else {}
    return [
        (one.name, f"{one.kind.name} {made[one.name]()!r}")  # type: ignore[operator]
        if made.get(one.name, MISSING) is not MISSING
        else (one.name, f"{one.kind.name} {shown(one.default)}")
        for one in parameters
    ]


def parameters_of(arguments: ast.arguments) -> list[tuple[str, str]]:
    defaults: list[ast.expr | None] = [*[None] * (len(arguments.args) - len(arguments.defaults)), *arguments.defaults]
    positional = [
        (one.arg, f"POSITIONAL_OR_KEYWORD {told_default(default)}")
        for one, default in zip(arguments.args, defaults, strict=True)
    ]
    return positional + [
        (one.arg, f"KEYWORD_ONLY {told_default(default)}")
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]


def told_default(default: ast.expr | None) -> str:
    if default is None:
        return "-"
    try:
        return repr(ast.literal_eval(default))
    except ValueError:
        return ast.unparse(default)


def shown(default: object) -> str:
    """A default as the page may write it: a value, or the name of something."""
    if default is inspect.Parameter.empty:
        return "-"
    if isinstance(default, Enum):
        return f"{type(default).__name__}.{default.name}"
    return default.__name__ if inspect.isfunction(default) else repr(default)
