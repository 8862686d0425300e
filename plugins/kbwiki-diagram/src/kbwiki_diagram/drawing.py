"""A flowchart as SVG, in the colour of the text around it; every size stands in attributes, nothing in a style."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from math import hypot

from .layout import Arranged, Node, Route
from .lines import LINE, width_of

Point = tuple[float, float]
PAPER = "var(--kb-paper, Canvas)"
FONT = 'font-family="system-ui, sans-serif" font-size="14"'


def svg_of(found: Arranged) -> str:
    """The SVG element."""
    shapes = "".join(_shape(node) for node in found.nodes.values())
    loops = [one for one in found.routes if len(one.by) == 1]
    lines = "".join(_line(route, found.flows_across) for route in found.routes if route.edge.line != "unseen")
    labels = "".join(_label(route, found.flows_across) for route in found.routes if route.label)
    width = found.width + (70 + max((width_of(one.label) for one in loops if one.label), default=0) if loops else 0)
    return (
        f"{opening(width, found.height, 'Flowchart: ' + '; '.join(found.chart.words()))}{lines}{shapes}{labels}"
        f"</g></svg>"
    )


def opening(width: float, height: float, words: str) -> str:
    """The beginning of an SVG element of this size, to be closed by `</g></svg>`."""
    label = escape(words if len(words) <= 900 else words[:900] + " …")
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="img" '
        f'aria-label="{label}"><g fill="none" stroke="currentColor" stroke-width="1.4" text-anchor="middle" {FONT}>'
    )


def text(lines: Sequence[str], x: float, y: float, *, anchor: str = "", weight: str = "") -> str:
    """Lines of text around a middle."""
    top = y - (len(lines) - 1) * LINE / 2 + 5
    how = (f' text-anchor="{anchor}"' if anchor else "") + (f' font-weight="{weight}"' if weight else "")
    return "".join(
        f'<text x="{x:.1f}" y="{top + number * LINE:.1f}" fill="currentColor" stroke="none"{how}>'
        f"{escape(line, quote=False)}</text>"
        for number, line in enumerate(lines)
    )


def on_paper(lines: Sequence[str], x: float, y: float) -> str:
    """Lines of text on a patch of the page's own colour, so that a line behind them does not run through."""
    width, height = width_of(lines) + 8, len(lines) * LINE
    patch = f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height}"'
    return f'{patch} fill="{PAPER}" stroke="none"></rect>{text(lines, x, y)}'


def arrow(tip: Point, before: Point) -> str:
    """The head of an arrow that ends at `tip`, coming from `before`."""
    length = hypot(tip[0] - before[0], tip[1] - before[1]) or 1.0
    x, y = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    left, right = (tip[0] - 9 * x + 4 * y, tip[1] - 9 * y - 4 * x), (tip[0] - 9 * x - 4 * y, tip[1] - 9 * y + 4 * x)
    points = " ".join(f"{one[0]:.1f},{one[1]:.1f}" for one in (tip, left, right))
    return f'<polygon points="{points}" fill="currentColor" stroke="none"></polygon>'


def dashes(line: str) -> str:
    """How a line of this kind is drawn."""
    return {"dotted": ' stroke-dasharray="4 4"', "thick": ' stroke-width="2.8"'}.get(line, "")


def _shape(node: Node) -> str:
    x, y, w, h = node.x, node.y, node.width / 2, node.height / 2
    shown = text(node.lines, x, y + (5 if node.shape == "store" else 0))
    corners = {
        "decision": [(x, y - h), (x + w, y), (x, y + h), (x - w, y)],
        "hexagon": [
            *((x - w, y), (x - w + 14, y - h), (x + w - 14, y - h)),
            *((x + w, y), (x + w - 14, y + h), (x - w + 14, y + h)),
        ],
        "slanted": [(x - w + 14, y - h), (x + w, y - h), (x + w - 14, y + h), (x - w, y + h)],
    }.get(node.shape)
    if corners:
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
        return f'<polygon points="{points}" fill="{PAPER}"></polygon>{shown}'
    if node.shape == "store":
        d = (
            f"M{x - w:.1f} {y - h + 7:.1f} A{w:.1f} 7 0 0 1 {x + w:.1f} {y - h + 7:.1f} V{y + h - 7:.1f} "
            f"A{w:.1f} 7 0 0 1 {x - w:.1f} {y + h - 7:.1f} Z M{x - w:.1f} {y - h + 7:.1f} "
            f"A{w:.1f} 7 0 0 0 {x + w:.1f} {y - h + 7:.1f}"
        )
        return f'<path d="{d}" fill="{PAPER}"></path>{shown}'
    rx = {"round": 8.0, "pill": h, "circle": w}.get(node.shape, 2.0)
    size = f'width="{2 * w:.1f}" height="{2 * h:.1f}" rx="{rx:.1f}"'
    box = f'<rect x="{x - w:.1f}" y="{y - h:.1f}" {size} fill="{PAPER}"></rect>'
    if node.shape == "double":
        box += f'<path d="M{x - w + 8:.1f} {y - h:.1f} V{y + h:.1f} M{x + w - 8:.1f} {y - h:.1f} V{y + h:.1f}"></path>'
    return box + shown


def _line(route: Route, sideways: bool) -> str:
    if len(route.by) == 1:
        return _loop(route)
    points = _points(route, sideways)
    d = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (ax, ay), (bx, by) in pairwise(points):
        middle = ((ax + bx) / 2, ay, (ax + bx) / 2, by) if sideways else (ax, (ay + by) / 2, bx, (ay + by) / 2)
        d += " C{:.1f} {:.1f} {:.1f} {:.1f}".format(*middle) + f" {bx:.1f} {by:.1f}"
    heads = arrow(points[-1], _towards(points[-1], points[-2], sideways)) if route.edge.arrow else ""
    heads += arrow(points[0], _towards(points[0], points[1], sideways)) if route.edge.both else ""
    return f'<path d="{d}"{dashes(route.edge.line)}></path>{heads}'


def _towards(tip: Point, other: Point, sideways: bool) -> Point:
    """Edges arrive straight: the curve ends in the direction of flow."""
    return (other[0], tip[1]) if sideways else (tip[0], other[1])


def _points(route: Route, sideways: bool) -> list[Point]:
    """Where the edge leaves its start, the way-points, and where it meets its end."""
    first, last = route.by[0], route.by[-1]
    points = [(node.x, node.y) for node in route.by]
    points[0] = _border(first, points[1], sideways)
    points[-1] = _border(last, points[-2], sideways)
    return points


def _border(node: Node, towards: Point, sideways: bool) -> Point:
    if sideways:
        return (node.x + (node.width / 2 if towards[0] > node.x else -node.width / 2), node.y)
    return (node.x, node.y + (node.height / 2 if towards[1] > node.y else -node.height / 2))


def _loop(route: Route) -> str:
    node = route.by[0]
    x, y = node.x + node.width / 2, node.y
    d = f"M{x:.1f} {y - 8:.1f} C{x + 46:.1f} {y - 26:.1f} {x + 46:.1f} {y + 26:.1f} {x:.1f} {y + 8:.1f}"
    head = arrow((x, y + 8), (x + 16, y + 15)) if route.edge.arrow else ""
    return f'<path d="{d}"{dashes(route.edge.line)}></path>{head}'


def _label(route: Route, sideways: bool) -> str:
    if len(route.by) == 1:
        node = route.by[0]
        return text(route.label, node.x + node.width / 2 + 40, node.y, anchor="start")
    points = _points(route, sideways)
    at = (len(points) - 1) // 2
    (ax, ay), (bx, by) = points[at], points[at + 1]
    return on_paper(route.label, (ax + bx) / 2, (ay + by) / 2)
