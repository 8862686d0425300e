"""Flowcharts: nodes of several shapes, and edges between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .lines import CannotDraw, Statement, spoken

MOST_NODES, MOST_EDGES = 120, 300
DIRECTIONS = {"TD": "TD", "TB": "TD", "BT": "BT", "LR": "LR", "RL": "RL"}

_ID = re.compile(r"[^\W_](?:\w|-(?=\w)(?!-))*|_\w*", re.UNICODE)
_SHAPES = (
    ("((", "))", "circle"),
    ("([", "])", "pill"),
    ("[[", "]]", "double"),
    ("[(", ")]", "store"),
    ("{{", "}}", "hexagon"),
    ("[/", "/]", "slanted"),
    ("[", "]", "box"),
    ("(", ")", "round"),
    ("{", "}", "decision"),
    (">", "]", "box"),
)
_EDGE = re.compile(
    r"\s*(?P<start><)?(?:"
    r"(?P<opens>--|-\.|==)\s+(?P<said>\"[^\"]*\"|[^|\[\](){}\"]+?)\s*(?P<closes>-{2,}[>-]?|\.-+>?|={2,}>?)"
    r"|(?P<plain>-{2,}[>ox]|-{3,}|-\.+->?|={2,}>|={3,}|~~~)"
    r")\s*(?:\|(?P<label>[^|]*)\|)?\s*"
)
_AND = re.compile(r"\s*&\s*")
_IGNORED = ("classDef", "class", "style", "linkStyle", "accTitle", "accDescr")
_REFUSED = ("subgraph", "end", "click", "direction")


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another; `line` is solid, dotted, thick or unseen."""

    start: str
    end: str
    label: str = ""
    line: str = "solid"
    arrow: bool = True
    both: bool = False


@dataclass(slots=True)
class Flowchart:
    """Nodes by id with label and shape, in the order they were named, and edges."""

    direction: str
    labels: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def words(self) -> list[str]:
        """What the diagram says, for who cannot see it."""
        said = []
        for edge in self.edges:
            start, end = (" ".join(self.labels[one].split()) for one in (edge.start, edge.end))
            sign = "↔" if edge.both else "→" if edge.arrow else "–"
            said.append(f"{start} {sign} {end}" + (f" ({' '.join(edge.label.split())})" if edge.label else ""))
        joined = {one for edge in self.edges for one in (edge.start, edge.end)}
        return said + [" ".join(label.split()) for one, label in self.labels.items() if one not in joined]


def read_flowchart(statements: Sequence[Statement]) -> Flowchart:
    """The flowchart that these statements describe. Errors: CannotDraw."""
    first, *others = statements
    named = first.text.split()[1:]
    direction = named[0] if named else "TD"
    if direction not in DIRECTIONS or len(named) > 1:
        raise first.refused("after “graph” comes one of TD, BT, LR and RL.")
    chart = Flowchart(DIRECTIONS[direction])
    for statement in others:
        word = statement.text.split()[0].rstrip(":")
        if word in _REFUSED:
            raise statement.refused(f"“{word}” is not known here; leave this line out, or draw two diagrams.")
        if word not in _IGNORED:
            _Reader(chart, statement).read()
        if len(chart.labels) > MOST_NODES or len(chart.edges) > MOST_EDGES:
            raise CannotDraw(f"It is too large: {MOST_NODES} nodes and {MOST_EDGES} edges are the most.")
    if not chart.labels:
        raise CannotDraw("There is no node in it.")
    return chart


class _Reader:
    def __init__(self, chart: Flowchart, statement: Statement) -> None:
        self._chart, self._statement = chart, statement
        self._text, self._at = statement.text, 0

    def read(self) -> None:
        starts = self._nodes()
        while self._at < len(self._text):
            edge = _EDGE.match(self._text, self._at)
            if edge is None or edge.end() == self._at:
                what = self._text[self._at :][:20].strip()
                raise self._statement.refused(f"“{what}” is no arrow such as --> or -- words -->.")
            self._at = edge.end()
            ends = self._nodes()
            for start in starts:
                for end in ends:
                    self._chart.edges.append(_edge(start, end, edge))
            starts = ends

    def _nodes(self) -> list[str]:
        found = [self._node()]
        while (joined := _AND.match(self._text, self._at)) is not None:
            self._at = joined.end()
            found.append(self._node())
        return found

    def _node(self) -> str:
        match = _ID.match(self._text, self._at)
        if match is None:
            raise self._statement.refused(f"a node is missing at “{self._text[self._at :][:20]}”.")
        self._at = match.end()
        name = match[0]
        self._chart.labels.setdefault(name, name)
        self._chart.shapes.setdefault(name, "box")
        for opens, closes, shape in _SHAPES:
            if self._text.startswith(opens, self._at):
                self._labelled(name, opens, closes, shape)
                break
        if (style := re.compile(r":::\w+").match(self._text, self._at)) is not None:
            self._at = style.end()
        return name

    def _labelled(self, name: str, opens: str, closes: str, shape: str) -> None:
        start = self._at + len(opens)
        quoted = re.compile(r'\s*"[^"]*"\s*').match(self._text, start)
        end = self._text.find(closes, quoted.end() if quoted else start)
        if end < 0:
            raise self._statement.refused(f"the “{opens}” after {name} has no “{closes}”.")
        self._chart.labels[name] = spoken(self._text[start:end]) or name
        self._chart.shapes[name] = shape
        self._at = end + len(closes)


def _edge(start: str, end: str, match: re.Match[str]) -> Edge:
    drawn = (match["plain"] or f"{match['opens']}{match['closes']}").strip()
    line = "unseen" if drawn == "~~~" else "thick" if "=" in drawn else "dotted" if "." in drawn else "solid"
    label = spoken(match["label"] or match["said"] or "")
    return Edge(start, end, label, line, arrow=drawn[-1] in ">ox", both=match["start"] is not None)
