"""Every hook, one documented function each. What a plugin implements has the same name, and may leave out arguments.

A hook that declares (asked once) gives descriptions, and kbwiki calls the functions in them when their time comes; the
others are asked each time. Both may give nothing, one thing, or several. All of it is called apart from kbwiki's own
work: in another thread, for as long as a call of its kind may take, with values that cannot be changed, and never while
anything is locked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markdown_it import MarkdownIt

from . import finding, outside, pages, reviewing, text
from .marks import Asked, hook

# Text


@hook(gives=text.Fence)
def fences() -> Iterable[text.Fence]:
    """Languages of fenced code that are shown as something else: diagrams, formulas, scores."""
    return ()


@hook(gives=text.Macro)
def macros() -> Iterable[text.Macro]:
    """Macros, `{{name …}}`. One that raises is shown as a box in its place that says so."""
    return ()


@hook(gives=text.Span)
def spans() -> Iterable[text.Span]:
    """Pairs of marks between which text means something else, such as `$…$`."""
    return ()


@hook(gives=text.LinkScheme)
def link_schemes() -> Iterable[text.LinkScheme]:
    """Kinds of links, `[[jira:ABC-1]]`, that lead where the plugin says."""
    return ()


@hook(gives=text.Embed)
def embeds() -> Iterable[text.Embed]:
    """Addresses that are shown as more than an address where they stand alone in a paragraph."""
    return ()


@hook(gives=text.AllowedHtml)
def allowed_html() -> Iterable[text.AllowedHtml]:
    """What the plugin's HTML may have besides what pages may. What could run is refused whatever is declared."""
    return ()


@hook(gives=object)
def markdown_extensions() -> Iterable[Callable[[MarkdownIt], None]]:
    """Extensions of the parser: functions that take a `markdown_it.MarkdownIt`, as mdit-py-plugins has them.

    Their rules run within the parser, so a text that they fail on is read without any of them. They are used to show
    texts; links, headings and words are kept, for moves, backlinks and search, as they are without them.
    """
    return ()


# Pages


@hook(gives=pages.Badge, asked=Asked.READING)
def page_badges(page: pages.PageFacts) -> Iterable[pages.Badge]:
    """Short words beside a page's title."""
    return ()


@hook(gives=pages.Box, asked=Asked.READING)
def page_boxes(page: pages.PageFacts) -> Iterable[pages.Box]:
    """Boxes beside a page."""
    return ()


@hook(gives=pages.Action, asked=Asked.READING)
def page_actions(page: pages.PageFacts) -> Iterable[pages.Action]:
    """Entries in a page's menu."""
    return ()


@hook(gives=pages.ToolbarButton, in_words=True)
def toolbar_buttons() -> Iterable[pages.ToolbarButton]:
    """Buttons above the text that is being written."""
    return ()


@hook(gives=pages.PageTemplate, in_words=True)
def page_templates() -> Iterable[pages.PageTemplate]:
    """Texts to start a new page from."""
    return ()


@hook(gives=pages.PageType, in_words=True)
def page_types() -> Iterable[pages.PageType]:
    """Types of pages with fields of their own."""
    return ()


@hook(gives=pages.Advice, asked=Asked.WRITING)
def advise(draft: pages.Draft) -> Iterable[pages.Advice]:
    """Hints to an author before saving. Advice only: it cannot keep anybody from saving."""
    return ()


@hook(gives=pages.NavItem, in_words=True)
def navigation() -> Iterable[pages.NavItem]:
    """Entries in the wiki's navigation."""
    return ()


# Moderation


@hook(gives=reviewing.RiskReason)
def risk_reasons() -> Iterable[reviewing.RiskReason]:
    """Reasons for risk that moderators read beside a review, and that queues are ordered by."""
    return ()


@hook(gives=reviewing.Route, asked=Asked.WORKING)
def route_change(review: reviewing.ReviewFacts) -> Iterable[reviewing.Route]:
    """More groups that are to look at a change. It is in its space's queue already, from the moment it was saved."""
    return ()


@hook(gives=reviewing.OwnKind)
def change_kinds() -> Iterable[reviewing.OwnKind]:
    """Kinds of change of the plugin's own, submitted with `site.submit`."""
    return ()


@hook(gives=reviewing.OwnVerdict)
def verdicts() -> Iterable[reviewing.OwnVerdict]:
    """More buttons for moderators, each with what one of kbwiki's verdicts does."""
    return ()


@hook(gives=reviewing.ReasonText)
def decision_reasons() -> Iterable[reviewing.ReasonText]:
    """More reasons that moderators can choose, with the text that authors are told."""
    return ()


@hook(gives=(), asked=Asked.WORKING)
def on_decision(fact: reviewing.Fact) -> None:
    """A moderator has decided. In order, each at least once, after the commit; nothing is expected back."""


@hook(gives=reviewing.Consumer)
def consumers() -> Iterable[reviewing.Consumer]:
    """Durable subscriptions to the journal, for those who may miss nothing."""
    return ()


# Search


@hook(gives=finding.SearchField)
def search_fields() -> Iterable[finding.SearchField]:
    """More words under which pages are found."""
    return ()


@hook(gives=finding.QueryOperator, in_words=True)
def query_operators() -> Iterable[finding.QueryOperator]:
    """More that can be asked in a search: `name:value`."""
    return ()


@hook(gives=finding.TextExtractor)
def text_extractors() -> Iterable[finding.TextExtractor]:
    """The words in files of some type."""
    return ()


# People


@hook(gives=outside.Directory)
def directories() -> Iterable[outside.Directory]:
    """Where people and groups are found that the host's identity does not know."""
    return ()


@hook(gives=outside.Channel)
def channels() -> Iterable[outside.Channel]:
    """Ways to tell people what they have to know."""
    return ()


# Outside


@hook(gives=outside.RouteTo)
def routes() -> Iterable[outside.RouteTo]:
    """Screens and addresses of the plugin's own, below `/-/x/<plugin>/`."""
    return ()


@hook(gives=outside.Feed)
def feeds() -> Iterable[outside.Feed]:
    """Atom feeds of the plugin's own."""
    return ()


@hook(gives=object)
def commands() -> Iterable[object]:
    """Commands (`click.Command`) below `flask kbwiki x <plugin>`."""
    return ()


@hook(gives=outside.Work)
def scheduled_work() -> Iterable[outside.Work]:
    """What is to be done every so often by `flask kbwiki work`."""
    return ()


@hook(gives=outside.Importer)
def importers() -> Iterable[outside.Importer]:
    """Where pages can be brought from."""
    return ()


@hook(gives=outside.Exporter)
def exporters() -> Iterable[outside.Exporter]:
    """Where pages can be taken to."""
    return ()


@hook(gives=outside.Term)
def vocabulary() -> Iterable[outside.Term]:
    """Terms of the plugin's own that an organisation can call otherwise."""
    return ()
