"""The host's own layout, which our screens can stand in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Template

from ..errors import Invalid
from .environments import own_environment


@dataclass(frozen=True, slots=True)
class HostLayout:
    """The host's base template and the names of its blocks that ours fill."""

    template: str
    content_block: str
    head_block: str | None

    @classmethod
    def from_config(cls, config: Mapping[str, Any], prefix: str) -> HostLayout | None:
        """What the host set as `<prefix>BASE_TEMPLATE`, `…CONTENT_BLOCK` and `…HEAD_BLOCK`; None: our own frame."""
        template = config.get(f"{prefix}BASE_TEMPLATE")
        if not template:
            return None
        blocks = {
            "content": config.get(f"{prefix}CONTENT_BLOCK", "content"),
            "head": config.get(f"{prefix}HEAD_BLOCK", "head"),
        }
        for key, block in blocks.items():
            if block is not None and not re.fullmatch(r"[A-Za-z_]\w*", block):
                raise Invalid(f"{prefix}{key.upper()}_BLOCK", f"{block!r} is not the name of a template block.")
        return cls(template, blocks["content"], blocks["head"])

    @property
    def base(self) -> Template:
        """The host's base template, as its own environment reads it."""
        return current_app.jinja_env.get_template(self.template)

    @property
    def frame(self) -> str | Template:
        """What our layout extends: our host frame, with the host's own block names in place of the usual ones."""
        if (self.content_block, self.head_block or "head") == ("content", "head"):
            return "kbwiki/frame_host.html"
        return _renamed_frame(current_app.jinja_env, self.content_block, self.head_block or "head")


@lru_cache(maxsize=64)
def _renamed_frame(environment: Any, content: str, head: str) -> Template:
    source, _, _ = environment.loader.get_source(environment, "kbwiki/frame_host.html")
    renamed = re.sub(r"block content\b", f"block {content}", re.sub(r"block head\b", f"block {head}", source))
    template: Template = own_environment(environment).from_string(renamed)
    return template
