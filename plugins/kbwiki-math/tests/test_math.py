"""Formulas: what is one, what is none, and what a reader sees of one that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbwiki import Settings, Wiki
from kbwiki.testing import READER, shown_as_html
from kbwiki_math import MathPlugin
from kbwiki_math.formulas import Unreadable, mathml


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    folder: Path = tmp_path_factory.mktemp("math")
    wiki = Wiki(f"sqlite:///{folder}/wiki.db", plugins=[MathPlugin], settings=Settings(hook_seconds=10.0))
    wiki.upgrade()
    yield wiki
    assert [count for count in wiki.plugins.tally.counts() if count.failures] == []
    wiki.close()


def shown(wiki: Wiki, text: str) -> str:
    return shown_as_html(wiki, text, by=READER)


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("It is $x^2$.", ["x^2"]),
        ("$x$ and $y$", ["x", "y"]),
        ("**$x$**, *($y$)*", ["x", "y"]),
        ("$n$-th", ["n"]),
        ("$5 and $6", []),
        ("It costs $5, or US$6; $7,000 and $8 more", []),
        ("from $5 to $x$", ["x"]),
        ("$HOME/$USER and $PATH", []),
        ("a$b$c", []),
        ("$ x $", []),
        ("\\$x\\$ is no formula", []),
        ("`$x$` is code", []),
        ("    $x$ is code\n", []),
        ("```\n$x$\n```", []),
        ("$a and `b$`", []),
        ("$x", []),
        ("$$", []),
        ("$$x$$", ["x"]),
        ("$$\nx\n$$", ["x"]),
        ("words\n$$\nx\n+ y\n$$\nwords", ["x\n+ y"]),
        ("$$\n\nx\n\n$$", []),
        ("See $$x$$ here", ["x"]),
        ("- $$x$$\n- $y$", ["x", "y"]),
        ("| a |\n|---|\n| $x$ |", ["x"]),
        ("# About $x$", ["x"]),
        ("[the $x$](page)", ["x"]),
        ("```math\nx\n\ny\n```", ["x", "y"]),
        ("$a\\$b$", ["a\\$b"]),
    ],
)
def test_what_is_a_formula(wiki: Wiki, text: str, formulas: list[str]) -> None:
    assert re.findall(r'alttext="([^"]*)"', shown(wiki, text)) == formulas


@pytest.mark.parametrize(
    ("latex", "holds"),
    [
        (r"\frac{a}{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
        (r"\sqrt[3]{x}", "<mroot>"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "<mtable>"),
        (r"x < y", "<mo>&lt;</mo>"),
        (r"\text{if } x", "<mtext>"),
        (r"\mathbb{R}", "ℝ"),
    ],
)
def test_formulas_are_mathml(wiki: Wiki, latex: str, holds: str) -> None:
    html = shown(wiki, f"$$\n{latex}\n$$")

    assert holds in html
    assert 'display="block"' in html


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\frac{a}", "a part of it is missing"),
        (r"\frobnicate x", "there is no command \\frobnicate"),
        ("{x", "a closing brace } is missing"),
        ("x}", "a closing brace } too many"),
        ("x^2^3", "two exponents"),
        ("x^", "something is missing after"),
        (r"\left(x", "has no \\right"),
        ("{" * 80 + "x" + "}" * 80, "nested too deeply"),
        ("x" * 5000, "5000 characters"),
        (" ", "nothing in it"),
    ],
)
def test_what_is_wrong_is_said_to_who_wrote_it(latex: str, said: str) -> None:
    with pytest.raises(Unreadable) as error:
        mathml(latex, "inline")

    assert said in str(error.value)


def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written(wiki: Wiki) -> None:
    html = shown(wiki, "It is $\\nonsense<b>$.\n\n$$\n\\frac{a}\n$$\n")

    assert '<code class="kb-x-math-bad" title="This formula cannot be read: there is no command \\nonsense">' in html
    assert "$\\nonsense&lt;b&gt;$</code>" in html
    assert "a part of it is missing" in html
    assert "<code>\\frac{a}</code>" in html


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(x)}{x}",
        r"\color{red;background:url(javascript:alert(1))}x",
        r"\mathrm{</math><img src=x onerror=alert(1)>}",
        r"\text{</mtext></math><svg onload=alert(1)>}",
        r"\class{x}{y}",
        r"\unicode{x3c}script>",
    ],
)
def test_no_formula_runs_anything(wiki: Wiki, latex: str) -> None:
    html = shown(wiki, f"$$\n{latex}\n$$\n\nand ${latex}$")

    tags = re.findall(r"<([a-zA-Z]+)([^>]*)>", re.sub(r'"[^"]*"', '""', html))
    assert not {name for name, _ in tags} & {"script", "img", "svg", "style", "a"}
    assert not re.search(r"\s(?:on\w+|style|href)=", "".join(attributes for _, attributes in tags))
