"""What plugins make of the pieces of one text, and how it gets into the page.

The page's own HTML is sanitised with a mark in the place of each piece, a random one for every rendering, which no
author can know. Each piece is sanitised as its owner's may be. Then pieces take the places of their marks, and all of
it is sanitised once more, with what all owners on this page may have: the sanitiser stands last, and nothing touches
HTML after it.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from html import escape

from .allowances import is_sound, page_cleaner, piece_cleaner
from .dialect import Call, Dialect, Made, Maker, Marks
from .document import Wording

MOST_CHARACTERS = 300_000
"""So long may what is made of one piece be."""
_MOST_ADDRESS = 2000
_FOREIGN = re.compile(r"<(?:svg|math)\b")


class Pieces:
    """The pieces of one rendering. `lasting` is False where something may be made otherwise the next time."""

    def __init__(self, dialect: Dialect, path: str, wording: Wording) -> None:
        self.lasting = True
        self._dialect, self._path, self._wording = dialect, path, wording
        self._left = dialect.seconds
        self._nonce = secrets.token_hex(16)
        self._made: dict[tuple[object, object], Made] = {}
        self._html: list[str] = []
        self._owners: set[str] = set()

    def fence(self, language: str, code: str) -> str | None:
        """The mark for what is made of fenced code; None where nobody makes anything of the language."""
        maker = self._dialect.fences.get(language)
        return None if maker is None else self._shown(maker, ("fence", language), code, code, block=True)

    def piece(self, of: Call | Marks, content: str, written: str, *, block: bool) -> str:
        """The mark for what is made of a macro, or of what stands between marks; a box where that fails."""
        if isinstance(of, Call):
            maker, argument = self._dialect.macros.get(of.name), replace(of, path=self._path)
            key: tuple[object, object] = ("macro", argument)
            made = None if maker is None else self._shown(maker, key, argument, written, block=block)
        else:
            maker = self._dialect.marks.get(of)
            made = None if maker is None else self._shown(maker, ("marks", of), content, written, block=block)
        return self._box(written, self._wording.not_made, block=block) if made is None else made

    def embed(self, address: str) -> str | None:
        """The mark for what is made of an address that stands alone; None where nobody makes anything of it."""
        if len(address) > _MOST_ADDRESS:
            return None
        for pattern, maker in self._dialect.embeds:
            if pattern.fullmatch(address):
                made = self._made_of(maker, ("embed", pattern), address)
                html = self._cleaned(maker, made)
                return None if html is None else self._mark(maker.owner, html)
        return None

    def address(self, scheme: str, rest: str) -> str | None:
        """Where a link of a declared kind leads; None where it leads nowhere."""
        maker = self._dialect.schemes.get(scheme)
        return None if maker is None else self._made_of(maker, ("scheme", scheme), rest).value

    def knows(self, scheme: str) -> bool:
        """Whether links of this kind are declared."""
        return scheme in self._dialect.schemes

    def last_size(self) -> int:
        """How many characters the last piece has."""
        return len(self._html[-1]) if self._html else 0

    def spliced(self, html: str) -> str:
        """Sanitised HTML with every piece in the place of its mark, sanitised."""
        if not self._html:
            return html
        whole = re.sub(rf"kb{self._nonce}-(\d+);", lambda match: self._html[int(match[1])], html)
        return page_cleaner([self._dialect.allowance(owner) for owner in self._owners | set(self._dialect.extends)])(
            whole
        )

    def _shown(self, maker: Maker, key: tuple[object, object], argument: object, written: str, *, block: bool) -> str:
        made = self._made_of(maker, key, argument)
        html = self._cleaned(maker, made)
        if html is None:
            late = made.problem == _LATE
            return self._box(written, self._wording.too_slow if late else self._wording.not_made, block=block)
        return self._mark(maker.owner, html)

    def _made_of(self, maker: Maker, key: tuple[object, object], argument: object) -> Made:
        self.lasting = self.lasting and not maker.varies
        known = self._made.get((key, argument))
        if known is not None:
            return known
        if self._left <= 0:
            made = Made(None, _LATE)
        else:
            began = time.monotonic()
            made = maker.make(argument)
            self._left -= time.monotonic() - began
        if made.problem:
            self.lasting = False
        self._made[key, argument] = made
        return made

    def _cleaned(self, maker: Maker, made: Made) -> str | None:
        if made.value is None:
            return None
        if len(made.value) > MOST_CHARACTERS:
            self.lasting = False
            return None
        html = _cleaner(self._dialect, maker.owner)(made.value)
        if _FOREIGN.search(html) and not is_sound(html):
            return None
        return html

    def _mark(self, owner: str, html: str) -> str:
        self._owners.add(owner)
        self._html.append(html)
        return f"kb{self._nonce}-{len(self._html) - 1};"

    def _box(self, written: str, why: str, *, block: bool) -> str:
        code = escape(written, quote=False)
        if not block:
            return f'<span class="kb-failed" title="{escape(why)}"><code>{code}</code></span>'
        return (
            f'<div class="kb-callout kb-callout-warning" role="note"><p>{escape(why)}</p>'
            f'<pre class="kb-code" tabindex="0"><code>{code}</code></pre></div>\n'
        )


_LATE = "there was no time left for it on this page"


def _cleaner(dialect: Dialect, owner: str) -> Callable[[str], str]:
    return piece_cleaner(dialect.allowance(owner))
