"""What a text says apart from where its links lead: to prove that rewriting changed nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from .document import Link


@dataclass(frozen=True, slots=True)
class Mark:
    """One token of a text. ``says`` is all of it but the page it links to, which is ``link``.

    ``token`` and ``inline`` are the token itself and the inline text it stands in, for whoever wants to go
    back.
    """

    says: tuple[object, ...]
    link: Link | None
    token: Token
    inline: Token


def skeleton(tokens: Iterable[Token]) -> Iterator[Mark]:
    """All tokens in reading order. Ids of headings are left out: a link without a label in one changes its
    words."""
    for token in tokens:
        if token.type == "inline":
            for child in token.children or ():
                yield _mark(child, token)
        else:
            yield _mark(token, token)


def _mark(token: Token, inline: Token) -> Mark:
    link: Link | None = token.meta.get("kb_link")
    attributes = {name: value for name, value in token.attrs.items() if not (link and name in ("href", "src"))}
    content = "" if token.type == "wiki_link_open" else token.content
    meta = {name: token.meta[name] for name in token.meta if name in _MEANT}
    says = (
        token.type,
        token.tag,
        token.hidden,
        token.info,
        content,
        tuple(attributes.items()),
        tuple(meta.items()),
        token.type == "wiki_link_open" and bool(token.content),
        link.section if link else None,
    )
    return Mark(says, link, token, inline)


_MEANT = {
    "kb_section", "kb_task", "kb_kind", "kb_auto", "kb_number", "kb_mention", "kb_mentions", "kb_piece", "kb_field",
}  # fmt: skip
