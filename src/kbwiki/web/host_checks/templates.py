"""Templates: whether they escape, whether the layout has the blocks, whether what overrides ours knows what it gets."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, meta

from ...cli.finding import Finding
from ...wording import kb_t
from ...wording.amounts import listed

if TYPE_CHECKING:
    from ..mount import Mount

OURS = Path(__file__).parent.parent / "templates"


def escaping(mount: Mount) -> Iterator[Finding]:
    """Without it, what people write would run in the browsers of others; no page is shown then."""
    if not mount.escapes:
        yield Finding(
            "templates",
            kb_t("the app does not escape templates: no [page] of the [wiki] is shown"),
            kb_t("Leave autoescape on for .html (Flask's own setting), at least for templates below kbwiki/."),
            code="autoescape-off",
        )


def layout(mount: Mount) -> Iterator[Finding]:
    """The host's base template, and the blocks the wiki is to fill."""
    wanted = mount.host_layout
    if wanted is None:
        yield Finding("layout", kb_t("the [wiki]'s own"))
        return
    try:
        blocks = _blocks(mount, wanted.template)
    except (TemplateNotFound, TemplateSyntaxError) as error:
        yield Finding(
            "layout",
            kb_t("the base template {template!r} cannot be used: {error!r}", template=wanted.template, error=error),
            kb_t("Set {prefix}BASE_TEMPLATE to the name of a template of the app.", prefix=mount.prefix),
            code="layout-missing",
        )
        return
    yield Finding("layout", wanted.template)
    for key, block in (("CONTENT_BLOCK", wanted.content_block), ("HEAD_BLOCK", wanted.head_block)):
        if block is not None and block not in blocks:
            near = get_close_matches(block, blocks, n=1, cutoff=0.3)
            yield Finding(
                "layout",
                kb_t(
                    "{template} has no block {block!r}; it has {names}",
                    template=wanted.template,
                    block=block,
                    names=listed(sorted(blocks)),
                )
                if blocks
                else kb_t("{template} has no block {block!r}, and no other", template=wanted.template, block=block),
                kb_t("Set {key} to {name!r}.", key=mount.prefix + key, name=near[0])
                if near
                else kb_t("Set {key}, or add the block.", key=mount.prefix + key),
                code="block-missing",
            )


def _blocks(mount: Mount, name: str) -> set[str]:
    """The blocks of a template and of those it extends."""
    environment = mount.app.jinja_env
    blocks: set[str] = set()
    following: str | None = name
    for _ in range(20):
        if following is None:
            break
        blocks |= set(environment.get_template(following).blocks)
        source, _, _ = environment.loader.get_source(environment, following)  # type: ignore[union-attr]
        above = [one for one in meta.find_referenced_templates(environment.parse(source)) if one]
        following = above[0] if above and "extends" in source else None
    return blocks


def overrides(mount: Mount) -> Iterator[Finding]:
    """Templates of the host's below kbwiki/: each must be one of ours, and gets `kb` and `kb_t`, no more."""
    loader = mount.app.jinja_loader
    if loader is None:
        return
    try:
        theirs = [name for name in loader.list_templates() if name.startswith("kbwiki/")]
    except TypeError:  # a loader that cannot list what it has
        return
    ours = {path.relative_to(OURS).as_posix() for path in OURS.rglob("*.html")}
    for name in theirs:
        if name not in ours:
            near = get_close_matches(name, ours, n=1, cutoff=0.6)
            yield Finding(
                "templates",
                kb_t("{name} overrides nothing: the [wiki] has no such template", name=name),
                kb_t("Rename it to {name}.", name=near[0])
                if near
                else kb_t("Remove it, or name it as the one it is for."),
                code="override-unknown",
            )
            continue
        yield from _unknown_variables(mount, name)


def _unknown_variables(mount: Mount, name: str) -> Iterator[Finding]:
    environment = mount.app.jinja_env
    loader = mount.app.jinja_loader
    assert loader is not None
    source, _, _ = loader.get_source(environment, name)
    try:
        used = meta.find_undeclared_variables(environment.parse(source))
    except TemplateSyntaxError as error:
        yield Finding(
            "templates",
            kb_t("{name} cannot be read: {error}", name=name, error=error),
            kb_t("Mend it."),
            code="override-broken",
        )
        return
    known = {"kb", "kb_t", "self", "super", "loop", "caller", *environment.globals}
    if mount.host_layout is not None:  # only then the host's context processors run
        known |= {name for one in mount.app.template_context_processors[None] for name in _given(mount, one)}
    for variable in sorted(used - known - _received(name)):
        yield Finding(
            "templates",
            kb_t(
                "{name} uses {variable!r}, which it does not receive: templates of the [wiki] get kb and kb_t",
                name=name,
                variable=variable,
            ),
            kb_t("See the first line of the template that it overrides for what stands in kb."),
            code="override-variables",
        )


def _received(name: str) -> set[str]:
    """What ours of that name uses itself: parts get more than `kb`."""
    source = (OURS / name).read_text("utf-8")
    return set(meta.find_undeclared_variables(Environment(autoescape=True).parse(source)))


def _given(mount: Mount, processor: object) -> set[str]:
    with mount.app.test_request_context(mount.url_prefix or "/"):
        return set(processor() or ())  # type: ignore[operator]
