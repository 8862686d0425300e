"""The list of hooks, the plugin that has them all, and the reference agree."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from kbwiki import hooks
from kbwiki.hooks import specs
from kbwiki.hooks.loading import load
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


def test_every_example_runs_and_makes_a_plugin_that_can_be_used() -> None:
    names: dict[str, object] = {}
    kinds: set[type[hooks.Plugin]] = set()
    for block in blocks_of(PAGE, "python"):
        exec(compile(block.text, f"{PAGE.name}:{block.line}", "exec"), names)
        found = [one for one in names.values() if isinstance(one, type) and issubclass(one, hooks.Plugin)]
        kinds |= {one for one in found if one is not hooks.Plugin}

    made = [load([kind], {}, lambda kind, settings: None) for kind in kinds]  # type: ignore[arg-type, return-value]

    assert [one.said for _, refused in made for one in refused] == []
    assert {hook for loaded, _ in made for one in loaded for hook in one.hooks} == set(FACTS)


def test_every_public_name_is_documented() -> None:
    said = PAGE.read_text("utf-8")

    assert [name for name in hooks.__all__ if f"`{name}" not in said and f"{name}(" not in said] == []
