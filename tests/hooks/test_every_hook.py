"""The list of hooks, the plugin that has them all, and the reference agree."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from kbwiki import hooks
from kbwiki.hooks import specs
from kbwiki.hooks.marks import FACTS
from tests.docs.reading import REFERENCE, blocks_of, sections_of
from tests.hooks.everything import everything

PAGE = REFERENCE / "hooks.md"


def test_the_plugin_of_the_tests_has_every_hook() -> None:
    kind = everything("every")

    assert [name for name in FACTS if not hasattr(kind, name)] == []


@pytest.mark.parametrize("name", FACTS)
def test_every_hook_has_its_entry_with_its_signature_and_a_promise(name: str) -> None:
    section = sections_of(PAGE)[f"`{name}`"]
    arguments = ", ".join(inspect.signature(getattr(specs, name)).parameters)

    assert f"{name}({arguments})" in section
    assert inspect.getdoc(getattr(specs, name))
    assert FACTS[name].since in section


def test_no_hook_is_described_that_there_is_not() -> None:
    described = {heading.strip("`") for heading in sections_of(PAGE) if re.fullmatch(r"`[a-z_]+`", heading)}

    assert described == set(FACTS)


def test_every_hook_is_shown_in_an_example() -> None:
    shown = {
        node.name
        for block in blocks_of(PAGE, "python")
        for node in ast.walk(ast.parse(block.text))
        if isinstance(node, ast.FunctionDef) and node.name in FACTS
    }

    assert shown == set(FACTS)


@pytest.mark.parametrize(
    "block", blocks_of(PAGE, "python") if PAGE.exists() else [], ids=lambda block: f"line {block.line}"
)
def test_every_example_runs(block: object) -> None:
    from kbwiki.hooks.loading import load

    names: dict[str, object] = {}
    exec(compile(block.text, str(PAGE), "exec"), names)  # type: ignore[attr-defined]
    kinds = [one for one in names.values() if isinstance(one, type) and issubclass(one, hooks.Plugin)]
    kinds = [one for one in kinds if one is not hooks.Plugin]

    loaded, refused = load(kinds, {}, lambda kind, settings: None)  # type: ignore[arg-type, return-value]

    assert [one.said for one in refused] == []
    assert len(loaded) == len(kinds)


def test_every_public_name_is_documented() -> None:
    said = PAGE.read_text("utf-8")

    assert [name for name in hooks.__all__ if f"`{name}" not in said and f"{name}(" not in said] == []
