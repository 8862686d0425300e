"""A plugin on every hook, whose every answer goes through one function: kind for the bench, hostile for promise 8."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import click

from kbwiki.actors import Actor
from kbwiki.hooks import (
    Action,
    Advice,
    AllowedHtml,
    Asking,
    Badge,
    Box,
    ChangeFacts,
    Channel,
    Consumer,
    Directory,
    Draft,
    Embed,
    Exported,
    Exporter,
    Fact,
    Feed,
    FeedEntry,
    Fence,
    Field,
    Imported,
    Importer,
    LinkScheme,
    Macro,
    MacroCall,
    NavItem,
    Notice,
    OwnKind,
    OwnVerdict,
    PageFacts,
    PageTemplate,
    PageText,
    PageType,
    Plugin,
    QueryOperator,
    ReasonText,
    ReviewFacts,
    RiskReason,
    Route,
    RouteTo,
    Screen,
    SearchField,
    Span,
    Term,
    TextExtractor,
    ToolbarButton,
    Undo,
    Work,
    hookimpl,
)

Twist = Callable[..., Any]
"""(hook, step, kind answer, arguments …) → what is answered: `step` is "declare" or "call"."""

TEXT = """Words about leave.

{{every a b=c}}

Sum: %%x+1%% and [[every:ABC-1]].

```every
a -> b
```

https://every.example/video/1

### A heading
"""
"""A page that gives every text hook something to do."""


def kind(_hook: str, _step: str, answer: Any, *_arguments: Any) -> Any:
    """What a good plugin does: it answers."""
    return answer


def everything(name: str, twist: Twist = kind, only: str | None = None) -> type[Plugin]:
    """A plugin of this name on every hook, or on `only` one."""

    def called(hook: str, answer: Any) -> Callable[..., Any]:
        return lambda *arguments: twist(hook, "call", answer, *arguments)

    def rendered(words: str) -> str:
        return f"<p><strong>Zinnia {words}</strong></p>"

    class Everything(Plugin):
        """Answers whatever it is asked."""

        version = "1.0"
        summary: ClassVar[str] = "Everything at once"

        @hookimpl
        def fences(self) -> Iterable[Fence]:
            return twist("fences", "declare", [Fence(("every",), called("fences", rendered("fence")))])

        @hookimpl
        def macros(self) -> Iterable[Macro]:
            def render(call: MacroCall) -> str:
                return twist("macros", "call", f"<em>Zinnia {call.name}</em>", call)

            return twist("macros", "declare", [Macro("every", render, "Says every", "{{every}}")])

        @hookimpl
        def spans(self) -> Iterable[Span]:
            return twist("spans", "declare", [Span("%%", "%%", called("spans", "<em>Zinnia span</em>"))])

        @hookimpl
        def link_schemes(self) -> Iterable[LinkScheme]:
            scheme = LinkScheme("every", called("link_schemes", "https://zinnia.example/ABC-1"))
            return twist("link_schemes", "declare", [scheme])

        @hookimpl
        def embeds(self) -> Iterable[Embed]:
            pattern = re.compile(r"https://every\.example/video/(\d+)")
            return twist("embeds", "declare", [Embed(pattern, called("embeds", rendered("embed")))])

        @hookimpl
        def allowed_html(self) -> Iterable[AllowedHtml]:
            return twist("allowed_html", "declare", [AllowedHtml(classes=(f"kb-x-{name}-box",))])

        @hookimpl
        def markdown_extensions(self) -> Iterable[Callable[..., None]]:
            return twist("markdown_extensions", "declare", [called("markdown_extensions", None)])

        @hookimpl
        def page_badges(self, page: PageFacts) -> Iterable[Badge]:
            return twist("page_badges", "call", [Badge("Zinnia badge", "why", "/somewhere")], page)

        @hookimpl
        def page_boxes(self, page: PageFacts) -> Iterable[Box]:
            return twist("page_boxes", "call", [Box("Zinnia box", rendered("box"))], page)

        @hookimpl
        def page_actions(self, page: PageFacts) -> Iterable[Action]:
            return twist("page_actions", "call", [Action("Zinnia action", "/somewhere")], page)

        @hookimpl
        def toolbar_buttons(self) -> Iterable[ToolbarButton]:
            return twist("toolbar_buttons", "declare", [ToolbarButton("Zinnia", "%%", "%%")])

        @hookimpl
        def page_templates(self) -> Iterable[PageTemplate]:
            return twist("page_templates", "declare", [PageTemplate("every", "Zinnia template", "# Every\n")])

        @hookimpl
        def page_types(self) -> Iterable[PageType]:
            return twist("page_types", "declare", [PageType("every", "Zinnia type", (Field("size", "Size"),))])

        @hookimpl
        def advise(self, draft: Draft) -> Iterable[Advice]:
            return twist("advise", "call", [Advice("Zinnia advice", 1)], draft)

        @hookimpl
        def navigation(self) -> Iterable[NavItem]:
            return twist("navigation", "declare", [NavItem("Zinnia way", "/somewhere")])

        @hookimpl
        def risk_reasons(self) -> Iterable[RiskReason]:
            return twist(
                "risk_reasons", "declare", [RiskReason(f"{name}-risk", "Zinnia risk", called("risk_reasons", 1.0))]
            )

        @hookimpl
        def route_change(self, review: ReviewFacts) -> Iterable[Route]:
            return twist("route_change", "call", [Route(("moderators",), "Zinnia reason")], review)

        @hookimpl
        def change_kinds(self) -> Iterable[OwnKind]:
            def undo(change: ChangeFacts) -> Undo | None:
                return twist("change_kinds", "call", Undo((), change.before), change)

            own = OwnKind(f"{name}-thing", "Zinnia thing", called("change_kinds", "described"), undo)
            return twist("change_kinds", "declare", [own])

        @hookimpl
        def verdicts(self) -> Iterable[OwnVerdict]:
            return twist("verdicts", "declare", [OwnVerdict(f"{name}-fine", "Zinnia fine", "approve")])

        @hookimpl
        def decision_reasons(self) -> Iterable[ReasonText]:
            return twist("decision_reasons", "declare", [ReasonText(f"{name}-reason", "Zinnia reason", "Because.")])

        @hookimpl
        def on_decision(self, fact: Fact) -> None:
            twist("on_decision", "call", None, fact)

        @hookimpl
        def consumers(self) -> Iterable[Consumer]:
            def take(facts: Sequence[Fact]) -> None:
                twist("consumers", "call", None, facts)

            return twist("consumers", "declare", [Consumer("every", take)])

        @hookimpl
        def search_fields(self) -> Iterable[SearchField]:
            def words(page: PageText) -> str:
                return twist("search_fields", "call", "everyword", page)

            return twist("search_fields", "declare", [SearchField(f"{name}-words", words)])

        @hookimpl
        def query_operators(self) -> Iterable[QueryOperator]:
            def find(value: str, actor: Actor) -> Collection[int]:
                return twist("query_operators", "call", (1, 2), value, actor)

            return twist("query_operators", "declare", [QueryOperator("every", find, "every:thing")])

        @hookimpl
        def text_extractors(self) -> Iterable[TextExtractor]:
            extractor = TextExtractor(("application/pdf",), called("text_extractors", "zinnia words"))
            return twist("text_extractors", "declare", [extractor])

        @hookimpl
        def directories(self) -> Iterable[Directory]:
            nobody = called("directories", ())
            directory = Directory(called("directories", None), nobody, nobody)
            return twist("directories", "declare", [directory])

        @hookimpl
        def channels(self) -> Iterable[Channel]:
            def send(notices: Sequence[Notice]) -> None:
                twist("channels", "call", None, notices)

            return twist("channels", "declare", [Channel("every", send)])

        @hookimpl
        def routes(self) -> Iterable[RouteTo]:
            def view(asking: Asking) -> Screen:
                return twist("routes", "call", Screen("Zinnia screen", rendered("screen")), asking)

            return twist("routes", "declare", [RouteTo("screen", view, "screen", ("GET", "POST"))])

        @hookimpl
        def feeds(self) -> Iterable[Feed]:
            entry = FeedEntry("every:1", "Zinnia entry", "/somewhere", datetime(2026, 1, 1, tzinfo=UTC))
            return twist("feeds", "declare", [Feed("all", "Zinnia feed", called("feeds", [entry]))])

        @hookimpl
        def commands(self) -> Iterable[object]:
            command = click.Command("every", callback=called("commands", None))
            return twist("commands", "declare", [command])

        @hookimpl
        def scheduled_work(self) -> Iterable[Work]:
            work = Work("every", called("scheduled_work", None), timedelta(seconds=1))
            return twist("scheduled_work", "declare", [work])

        @hookimpl
        def importers(self) -> Iterable[Importer]:
            importer = Importer("every", called("importers", [Imported("imported/every", "Words.")]))
            return twist("importers", "declare", [importer])

        @hookimpl
        def exporters(self) -> Iterable[Exporter]:
            def write(target: str, pages: Iterable[Exported]) -> None:
                twist("exporters", "call", None, target, list(pages))

            return twist("exporters", "declare", [Exporter("every", write)])

        @hookimpl
        def vocabulary(self) -> Iterable[Term]:
            return twist("vocabulary", "declare", [Term(f"{name}-term", "Zinnia term", "Zinnia terms")])

    Everything.name = name
    if only is not None:
        hooks = {one for one in vars(Everything) if hasattr(vars(Everything)[one], "kbwiki_impl")}
        for one in hooks - {only}:
            delattr(Everything, one)
    return Everything


def poisoned(answer: Any, poison: str) -> Any:
    """The answer with `poison` for every text in it, names and addresses included."""
    if isinstance(answer, str):
        return poison
    if is_dataclass(answer) and not isinstance(answer, type):
        return replace(answer, **{one.name: poisoned(getattr(answer, one.name), poison) for one in fields(answer)})
    if isinstance(answer, list | tuple):
        return type(answer)(poisoned(one, poison) for one in answer)
    return answer
