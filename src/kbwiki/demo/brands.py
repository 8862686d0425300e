"""Two hosts that look and speak otherwise: what a layout, some colours, words and a catalogue make of one wiki."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import Any

from ..actors import Actor

CONTENT = resources.files("kbwiki.demo").joinpath("content/brands")


@dataclass(frozen=True, slots=True)
class Brand:
    """A host: its address for the wiki, the wiki's settings, its people, and how its front page greets.

    `title` is what the host is called. `people` can be signed in as, the first writes and the second reviews.
    """

    name: str
    title: str
    prefix: str
    config: Mapping[str, Any]
    people: tuple[Actor, Actor]
    said: Mapping[str, str] = field(default_factory=dict)

    def pages(self) -> list[tuple[str, str, str]]:
        """Path, title and text of each page, the first ones first: the first line of a file is the title."""
        found = []
        for file in sorted(CONTENT.joinpath(self.name).iterdir(), key=lambda one: one.name):
            if file.name.endswith(".md"):
                title, _, text = file.read_text("utf-8").partition("\n\n")
                path = file.name.removesuffix(".md").partition("-")[2].replace("--", "/")
                found.append((path, title.removeprefix("# "), text))
        return found


HELP_CENTRE = Brand(
    name="helpcentre",
    title="Larkspur Bikes",
    prefix="/help",
    config=MappingProxyType(
        {
            "NAME": "Larkspur Help",
            "VOCABULARY": {"preset": "Help centre", "page": "answer", "moderator": "editor", "review": "look-over"},
            "LOCALES": ["en"],
            "WRITERS": ["service"],
            "FALLBACK_GROUP": "editors",
        }
    ),
    people=(
        Actor("ida", "Ida Brandt", frozenset({"service"})),
        Actor("marek", "Marek Holub", frozenset({"service", "editors"})),
    ),
    said=MappingProxyType(
        {
            "front": "Bikes",
            "greeting": "Bikes that last, and answers that do",
            "lead": "Delivery, returns, repairs: ask, or read what our service team has written.",
            "recent": "New answers",
            "nobody": "Visitor",
            "you": "You are",
        }
    ),
)
OASIS = Brand(
    name="oasis",
    title="مكتبة الواحة",
    prefix="/dalil",
    config=MappingProxyType(
        {
            "NAME": "دليل المكتبة",
            "VOCABULARY": {
                "ar": {
                    "wiki": ["دليل", "أدلة"],
                    "page": ["مقالة", "مقالات"],
                    "space": ["قسم", "أقسام"],
                    "revision": ["نسخة", "نسخ"],
                    "review": ["مراجعة", "مراجعات"],
                    "queue": ["قائمة", "قوائم"],
                    "moderator": ["مشرف", "مشرفون"],
                    "group": ["فريق", "فرق"],
                    "tag": ["وسم", "وسوم"],
                    "edit": ["تعديل", "تعديل", "معدّلة", "التعديل"],
                }
            },
            "LOCALES": ["ar"],
            "LANGUAGES": ["ar"],
            "WRITERS": ["الموظفون"],
            "FALLBACK_GROUP": "المشرفون",
        }
    ),
    people=(
        Actor("layla", "ليلى حدّاد", frozenset({"الموظفون"})),
        Actor("sami", "سامي منصور", frozenset({"الموظفون", "المشرفون"})),
    ),
    said=MappingProxyType(
        {
            "front": "الرئيسية",
            "greeting": "أهلًا بكم في مكتبة الواحة",
            "lead": "كل ما يحتاج إليه العاملون والزوار في مكان واحد.",
            "recent": "آخر ما كُتب",
            "nobody": "زائر",
            "you": "أنت الآن",
        }
    ),
)
BRANDS: Mapping[str, Brand] = MappingProxyType({one.name: one for one in (HELP_CENTRE, OASIS)})
"""The hosts, by the name that `--brand` takes."""
