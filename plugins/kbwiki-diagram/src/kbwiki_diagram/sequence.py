"""Sequences: who says what to whom, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence as Several
from dataclasses import dataclass, field

from .lines import CannotDraw, Statement, spoken

MOST_PEOPLE, MOST_STEPS = 20, 200

_PERSON = re.compile(r"(?:create\s+)?(?:participant|actor)\s+(?P<id>\S+)(?:\s+as\s+(?P<name>.+))?")
_MESSAGE = re.compile(
    r"(?P<start>[^\s:+<>-][^:<>]*?)\s*(?P<line><<-->>|<<->>|-->>|->>|-->|->|--x|-x|--\)|-\))[+-]?\s*"
    r"(?P<end>[^\s:][^:]*?)\s*(?::\s*(?P<said>.*))?"
)
_NOTE = re.compile(r"[Nn]ote\s+(?P<where>over|left of|right of)\s+(?P<who>[^:]+?)\s*:\s*(?P<said>.*)")
_FRAME = re.compile(r"(?P<kind>loop|alt|opt|par|critical|break)\b\s*(?P<said>.*)")
_PART = re.compile(r"(?:else|and|option)\b\s*(?P<said>.*)")
_IGNORED = re.compile(r"(?:activate|deactivate|destroy|link|links|accTitle|accDescr|title)\b")
_REFUSED = ("box", "rect")


@dataclass(frozen=True, slots=True)
class Step:
    """A message, note, frame, part of a frame or end of one (`kind`), between two people or over them."""

    kind: str
    said: str
    start: str = ""
    end: str = ""
    dashed: bool = False
    head: str = ">"


@dataclass(slots=True)
class Sequence:
    """People by id with their names, in the order they were named, and steps."""

    people: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def words(self) -> list[str]:
        """What the diagram says, for who cannot see it."""
        said = []
        for step in self.steps:
            if step.kind == "message":
                words = f": {step.said}" if step.said else ""
                said.append(f"{self.people[step.start]} → {self.people[step.end]}{words}")
            elif step.kind == "note":
                said.append(f"{self.people[step.start]}: {step.said}")
            elif step.kind != "end":
                said.append(f"{step.kind} {step.said}".strip())
        return [" ".join(one.split()) for one in said]


def read_sequence(statements: Several[Statement]) -> Sequence:
    """The sequence that these statements describe. Errors: CannotDraw."""
    found, numbered, open_frames = Sequence(), False, 0
    for statement in statements[1:]:
        if statement.text == "autonumber":
            numbered = True
            continue
        step = _read(found, statement)
        if step is None:
            continue
        open_frames += (step.kind in _FRAMES) - (step.kind == "end")
        if open_frames < 0:
            raise statement.refused("there is nothing that could end here.")
        if step.kind == "message" and numbered:
            number = sum(1 for one in found.steps if one.kind == "message") + 1
            step = Step(step.kind, f"{number}. {step.said}".strip(), step.start, step.end, step.dashed, step.head)
        found.steps.append(step)
        if len(found.steps) > MOST_STEPS or len(found.people) > MOST_PEOPLE:
            raise CannotDraw(f"It is too large: {MOST_PEOPLE} people and {MOST_STEPS} steps are the most.")
    if open_frames:
        raise CannotDraw("An “end” is missing.")
    if not found.people:
        raise CannotDraw("There is nobody in it.")
    return found


_FRAMES = ("loop", "alt", "opt", "par", "critical", "break")


def _read(found: Sequence, statement: Statement) -> Step | None:
    text = statement.text
    if text.split()[0] in _REFUSED:
        raise statement.refused(f"“{text.split()[0]}” is not known here; leave it out with its “end”.")
    if (match := _PERSON.fullmatch(text)) is not None:
        found.people[match["id"]] = spoken(match["name"] or match["id"])
        return None
    if text == "end":
        return Step("end", "")
    if (match := _NOTE.fullmatch(text)) is not None:
        who = [one.strip() for one in match["who"].split(",")]
        for one in who:
            found.people.setdefault(one, one)
        return Step("note", spoken(match["said"]), who[0], who[-1], head=match["where"])
    if (match := _FRAME.fullmatch(text)) is not None:
        return Step(match["kind"], spoken(match["said"]))
    if (match := _PART.fullmatch(text)) is not None:
        return Step("part", spoken(match["said"]))
    if _IGNORED.match(text):
        return None
    if (match := _MESSAGE.fullmatch(text)) is not None:
        for one in (match["start"], match["end"]):
            found.people.setdefault(one, one)
        line = match["line"]
        head = "x" if line.endswith("x") else ">" if line.endswith((">>", ")")) else ""
        return Step("message", spoken(match["said"] or ""), match["start"], match["end"], "--" in line, head)
    raise statement.refused("this is no message such as “Ada->>Ben: Hello”.")
