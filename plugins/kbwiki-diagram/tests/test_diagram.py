"""Diagrams: what is drawn, what is said in words, and what is told of what cannot be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kbwiki import Settings, Wiki
from kbwiki.testing import shown_as_html
from kbwiki_diagram import DiagramPlugin, drawn
from kbwiki_diagram.flowchart import read_flowchart
from kbwiki_diagram.layout import arranged
from kbwiki_diagram.lines import CannotDraw, spoken, statements_of, wrapped


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    folder: Path = tmp_path_factory.mktemp("diagram")
    wiki = Wiki(f"sqlite:///{folder}/wiki.db", plugins=[DiagramPlugin], settings=Settings(hook_seconds=10.0))
    wiki.upgrade()
    yield wiki
    assert [count for count in wiki.plugins.tally.counts() if count.failures] == []
    wiki.close()


def words(source: str) -> list[str]:
    return [re.sub(r"&gt;", ">", one) for one in re.findall(r"<li>([^<]*)</li>", drawn(source))]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("graph TD\nA --> B", ["A → B"]),
        ("graph TD; A-->B; B-->C", ["A → B", "B → C"]),
        ("flowchart LR\nA[One] --> B(Two) --> C{Three?}", ["One → Two", "Two → Three?"]),
        ("graph\nA -->|yes| B\nA -- no --> C", ["A → B (yes)", "A → C (no)"]),
        ("graph TD\nA -. perhaps .-> B\nA == surely ==> C", ["A → B (perhaps)", "A → C (surely)"]),
        ("graph TD\nA & B --> C", ["A → C", "B → C"]),
        ("graph TD\nA --- B\nB <--> C", ["A – B", "B ↔ C"]),
        ("graph TD\nA --> A", ["A → A"]),
        ("graph TD\nlonely[On its own]", ["On its own"]),
        ('graph TD\nA["A (with) [signs]; yes"] --> B["#quot;B#quot;"]', ['A (with) [signs]; yes → "B"']),
        ("graph TD\nA[Zwei<br/>Zeilen] --> Übung[(Ablage)]", ["Zwei Zeilen → Ablage"]),
        ("graph TD %% a comment\nA --> B %% another", ["A → B"]),
        ("graph TD\nA:::big --> B\nclassDef big fill:#f00\nstyle A fill:red", ["A → B"]),
        ("graph TD\nA --x B\nB --o C", ["A → B", "B → C"]),
        ("sequenceDiagram\nAda->>Ben: Hello\nBen-->>Ada: Hi", ["Ada → Ben: Hello", "Ben → Ada: Hi"]),
        (
            "sequenceDiagram\nautonumber\nparticipant A as Ada L.\nA->>B: one\nloop daily\nB->>B: two\nend\n"
            "Note over A,B: end",
            ["Ada L. → B: 1. one", "loop daily", "B → B: 2. two", "Ada L.: end"],
        ),
        ("sequenceDiagram\nA->>+B: x\nB-->>-A: y\nA-xB: z\nA-)B", ["A → B: x", "B → A: y", "A → B: z", "A → B"]),
        ("sequenceDiagram\nalt a\nA->>B: x\nelse b\nA->>B: y\nend", ["alt a", "A → B: x", "part b", "A → B: y"]),
    ],
)
def test_a_diagram_is_drawn_and_said_in_words(source: str, said: list[str]) -> None:
    assert words(source) == said
    svg = re.search(r"<svg.*</svg>", drawn(source), re.DOTALL)
    assert svg is not None
    tree = ElementTree.fromstring(svg[0])
    assert tree.get("role") == "img"
    assert tree.get("aria-label", "").startswith(("Flowchart: ", "Sequence: "))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "nothing in it"),
        ("pie\n", "none of the kinds"),
        ("graph XX\nA-->B", "one of TD, BT, LR and RL"),
        ("graph TD", "no node"),
        ("graph TD\nsubgraph x\nA-->B\nend", "Line 2, “subgraph x”"),
        ("graph TD\nA -> B", "is no arrow"),
        ("graph TD\nA -->", "a node is missing"),
        ("graph TD\nA[x --> B", "has no “]”"),
        ("graph TD\nA --> B\nclick A href", "“click” is not known here"),
        ("graph TD\n" + "\n".join(f"N{n} --> N{n + 1}" for n in range(150)), "too large"),
        ("graph TD\n" + "x" * 30_000, "20000 are the most"),
        ("sequenceDiagram\nwhat is this", "this is no message"),
        ("sequenceDiagram\nloop x\nA->>B: y", "An “end” is missing"),
        ("sequenceDiagram\nend", "nothing that could end"),
        ("sequenceDiagram", "nobody in it"),
    ],
)
def test_what_cannot_be_drawn_is_told_with_its_line_and_shown_as_written(source: str, why: str) -> None:
    html = drawn(source)

    assert why in html
    assert "<svg" not in html
    assert '<pre class="kb-code"' in html


@pytest.mark.parametrize("direction", ["TD", "BT", "LR", "RL"])
def test_nodes_stand_apart_and_edges_lead_onwards(direction: str) -> None:
    edges = "A-->B; A-->C; B-->D; C-->D; D-->E; E-->A; A-->E; F-->E; B-->B"

    found = arranged(read_flowchart(statements_of(f"graph {direction}; {edges}")))

    nodes = list(found.nodes.values())
    for at, one in enumerate(nodes):
        assert 0 < one.x < found.width
        assert 0 < one.y < found.height
        for other in nodes[at + 1 :]:
            apart = abs(one.x - other.x) >= (one.width + other.width) / 2
            assert apart or abs(one.y - other.y) >= (one.height + other.height) / 2
    way = {"TD": (0, 1), "BT": (0, -1), "LR": (1, 0), "RL": (-1, 0)}[direction]
    start, end = found.nodes["A"], found.nodes["D"]
    assert (end.x - start.x) * way[0] + (end.y - start.y) * way[1] > 0


def test_the_largest_diagram_takes_no_time_to_speak_of() -> None:
    edges = "\n".join(f"N{n % 100} --> N{(n * 7 + 3) % 100}" for n in range(280))

    tangle = "\n".join(f"N{n} --> N{n + 1}\nN0 --> N{n}" for n in range(110))

    with pytest.raises(CannotDraw, match="entangled"):
        arranged(read_flowchart(statements_of(f"graph TD\n{tangle}")))
    assert "<svg" in drawn("graph TD\n" + "\n".join(f"A{n} --> B{n % 7}" for n in range(100)))
    assert drawn("graph TD\n" + edges)


def test_labels_are_wrapped_and_their_entities_are_signs() -> None:
    assert wrapped("one two three four five six seven", 12) == ["one two", "three four", "five six", "seven"]
    assert wrapped("x" * 30, 12) == ["x" * 12, "x" * 12, "x" * 6]
    assert spoken('"a #lt;b#gt; #amp; #quot;c#quot;"') == 'a <b> & "c"'


def test_on_a_page_it_is_in_the_colour_of_the_text_without_style_or_script(wiki: Wiki) -> None:
    source = "graph TD\nA[<script>alert(1)</script>] -->|a &amp; b| B{Well?}\nC[(x)]"

    html = shown_as_html(wiki, f"```mermaid\n{source}\n```")

    assert '<figure class="kb-x-diagram-figure">' in html
    assert 'stroke="currentColor"' in html
    assert 'fill="var(--kb-paper, Canvas)"' in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert " style=" not in html
    assert "viewBox=" in html
    assert "<polygon points=" in html
    assert "<path d=" in html
    assert "The diagram in words" in html


def test_every_part_that_is_drawn_reaches_the_page(wiki: Wiki) -> None:
    for source in (
        "graph LR\nA((a)) ==> B([b]) -.-> C[[c]] --> D[(d)] --> E{{e}} --> F[/f/] --> G{g} --> A\nG --> G",
        "sequenceDiagram\nA->>A: x\nalt y\nA-xB: z\nelse w\nA->>B: v\nend\nNote right of B: u",
    ):
        html = shown_as_html(wiki, f"```mermaid\n{source}\n```")
        assert re.sub(r"></(path|rect|polygon)>", "/>", html).count("<") == re.sub(
            r"></(path|rect|polygon)>", "/>", drawn(source)
        ).count("<")
        for attribute in ("stroke-dasharray", "points", " d=", "fill", "text-anchor", "width", "rx"):
            assert html.count(attribute) == drawn(source).count(attribute), attribute
