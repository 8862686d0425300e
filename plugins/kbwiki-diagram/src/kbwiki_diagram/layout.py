"""Where nodes and edges stand: layer by layer, after Sugiyama, Tagawa and Toda (1981).

Edges that would lead back are turned for the while of it; each node gets a layer behind all it follows; an edge over
several layers goes by way-points in them; nodes of a layer are ordered by the middle of their neighbours, up and down
a few times; and each is moved towards its neighbours as far as there is room.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

from .flowchart import Edge, Flowchart
from .lines import LINE, CannotDraw, width_of, wrapped

_GAP, _BETWEEN = 34.0, 46.0
_SWEEPS = 6
_MOST_WAY_POINTS = 1500


@dataclass(slots=True)
class Node:
    """A node or, with an empty `shape`, a way-point. `across` and `along` are its middle, in the direction of flow."""

    lines: list[str]
    shape: str
    width: float = 0.0
    height: float = 0.0
    layer: int = 0
    across: float = 0.0
    along: float = 0.0
    x: float = 0.0
    y: float = 0.0


@dataclass(slots=True)
class Route:
    """An edge with the nodes it goes by, from its start to its end."""

    edge: Edge
    by: list[Node]
    label: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Arranged:
    """Nodes and routes in their places, and the size of it all."""

    chart: Flowchart
    nodes: dict[str, Node]
    routes: list[Route]
    width: float = 0.0
    height: float = 0.0

    @property
    def flows_across(self) -> bool:
        """Whether it reads from side to side."""
        return self.chart.direction in ("LR", "RL")


def arranged(chart: Flowchart) -> Arranged:
    """The chart with everything in its place. Errors: CannotDraw when it is too entangled."""
    nodes = {name: _sized(chart.labels[name], chart.shapes[name]) for name in chart.labels}
    forward = _forward(chart)
    _rank(nodes, forward)
    found = Arranged(chart, nodes, [])
    layers: list[list[Node]] = [[] for _ in range(max(one.layer for one in nodes.values()) + 1)]
    for node in nodes.values():
        layers[node.layer].append(node)
    links = _routed(found, forward, layers)
    _order(layers, links)
    _place(found, layers, links)
    return found


def _sized(label: str, shape: str) -> Node:
    lines = wrapped(label, 18 if shape in ("decision", "circle") else 26)
    width, height = width_of(lines) + 28, len(lines) * LINE + 18.0
    if shape == "decision":
        width, height = width * 1.35 + 20, height * 1.5 + 12
    elif shape == "circle":
        width = height = max(width, height)
    elif shape in ("hexagon", "slanted", "double"):
        width += 24
    elif shape == "store":
        height += 14
    return Node(lines, shape, max(width, 44.0), height)


def _forward(chart: Flowchart) -> list[tuple[str, str, Edge]]:
    """Edges from start to end, those that lead back into what led there turned round; loops at one node left out."""
    after: dict[str, list[str]] = {name: [] for name in chart.labels}
    for edge in chart.edges:
        after[edge.start].append(edge.end)
    state: dict[str, int] = {}
    back: set[tuple[str, str]] = set()
    for root in chart.labels:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(after[root]))]
        while stack:
            name, others = stack[-1]
            other = next(others, None)
            if other is None:
                state[name] = 2
                stack.pop()
            elif other not in state:
                state[other] = 1
                stack.append((other, iter(after[other])))
            elif state[other] == 1:
                back.add((name, other))
    return [
        (edge.end, edge.start, edge) if (edge.start, edge.end) in back else (edge.start, edge.end, edge)
        for edge in chart.edges
        if edge.start != edge.end
    ]


def _rank(nodes: dict[str, Node], forward: list[tuple[str, str, Edge]]) -> None:
    before = dict.fromkeys(nodes, 0)
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for start, end, _ in forward:
        before[end] += 1
        after[start].append(end)
    ready = deque(name for name, count in before.items() if count == 0)
    while ready:
        name = ready.popleft()
        for end in after[name]:
            nodes[end].layer = max(nodes[end].layer, nodes[name].layer + 1)
            before[end] -= 1
            if before[end] == 0:
                ready.append(end)


Links = list[tuple[Node, Node]]


def _routed(found: Arranged, forward: list[tuple[str, str, Edge]], layers: list[list[Node]]) -> Links:
    """Gives every edge its way-points; the links between neighbouring layers."""
    links: Links = []
    count = 0
    for start, end, edge in forward:
        first, last = found.nodes[start], found.nodes[end]
        by = [first]
        for layer in range(first.layer + 1, last.layer):
            point = Node([], "", 12.0, 0.0, layer)
            layers[layer].append(point)
            by.append(point)
            count += 1
        if count > _MOST_WAY_POINTS:
            raise CannotDraw("It is too entangled: too many edges lead over too many others.")
        by.append(last)
        links += pairwise(by)
        label = wrapped(edge.label, 22) if edge.label else []
        found.routes.append(Route(edge, by if edge.start == start else by[::-1], label))
    for edge in found.chart.edges:
        if edge.start == edge.end:
            label = wrapped(edge.label, 22) if edge.label else []
            found.routes.append(Route(edge, [found.nodes[edge.start]], label))
    return links


def _order(layers: list[list[Node]], links: Links) -> None:
    near: dict[int, tuple[list[Node], list[Node]]] = {id(node): ([], []) for layer in layers for node in layer}
    for above, below in links:
        near[id(below)][0].append(above)
        near[id(above)][1].append(below)
    place = {id(node): float(at) for layer in layers for at, node in enumerate(layer)}
    for sweep in range(_SWEEPS):
        side = sweep % 2
        for layer in layers if side == 0 else layers[::-1]:
            middle = {
                id(node): sum(place[id(one)] for one in near[id(node)][side]) / len(near[id(node)][side])
                if near[id(node)][side]
                else place[id(node)]
                for node in layer
            }
            layer.sort(key=lambda node: middle[id(node)])
            place |= {id(node): float(at) for at, node in enumerate(layer)}


def _place(found: Arranged, layers: list[list[Node]], links: Links) -> None:
    sideways = found.flows_across
    near: dict[int, list[Node]] = {id(node): [] for layer in layers for node in layer}
    for above, below in links:
        near[id(below)].append(above)
        near[id(above)].append(below)
    for layer in layers:
        at = 0.0
        for node in layer:
            size = node.height if sideways else node.width
            node.across = at + size / 2
            at += size + _GAP
    for sweep in range(8):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            _shift(layer, near, sideways)
    _stack(found, layers, sideways)


def _shift(layer: list[Node], near: dict[int, list[Node]], sideways: bool) -> None:
    """Moves nodes to the middle of their neighbours; where they would meet, they share the way evenly."""
    wanted = [
        sum(one.across for one in near[id(node)]) / len(near[id(node)]) if near[id(node)] else node.across
        for node in layer
    ]
    rooms = [((one.height if sideways else one.width) + _GAP) for one in layer]
    forth, back = wanted[:], wanted[:]
    for at in range(1, len(layer)):
        forth[at] = max(forth[at], forth[at - 1] + (rooms[at - 1] + rooms[at]) / 2)
    for at in range(len(layer) - 2, -1, -1):
        back[at] = min(back[at], back[at + 1] - (rooms[at] + rooms[at + 1]) / 2)
    for node, one, other in zip(layer, forth, back, strict=True):
        node.across = (one + other) / 2


def _stack(found: Arranged, layers: list[list[Node]], sideways: bool) -> None:
    least = min(node.across - (node.height if sideways else node.width) / 2 for layer in layers for node in layer)
    room_for_labels = [0.0] * (len(layers) + 1)
    for route in found.routes:
        if route.label and len(route.by) > 1:
            upper = min(route.by[0].layer, route.by[1].layer)
            needed = width_of(route.label) + 16 if sideways else len(route.label) * LINE
            room_for_labels[upper] = max(room_for_labels[upper], needed)
    along = 14.0
    for number, layer in enumerate(layers):
        depth = max(node.width if sideways and node.shape else 0 if sideways else node.height for node in layer)
        for node in layer:
            node.across += 14 - least
            node.along = along + depth / 2
        along += depth + _BETWEEN + room_for_labels[number] * 0.8
    total = along - _BETWEEN + 14
    backwards = found.chart.direction in ("BT", "RL")
    for layer in layers:
        for node in layer:
            if backwards:
                node.along = total - node.along
            node.x, node.y = (node.along, node.across) if sideways else (node.across, node.along)
    every = [node for layer in layers for node in layer]
    found.width = max(node.x + node.width / 2 for node in every) + 14
    found.height = max(node.y + node.height / 2 for node in every) + 14
