"""Our templates, read as they are written, whatever the host's own templates look like.

A host may have other delimiters (since its script uses braces itself), strict undefined values, or a function over all
that is shown. That is for its templates; ours take its filters, globals and loader, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jinja2 import BaseLoader, Environment, Undefined, defaults

_AS_WRITTEN = {
    "block_start_string": defaults.BLOCK_START_STRING,
    "block_end_string": defaults.BLOCK_END_STRING,
    "variable_start_string": defaults.VARIABLE_START_STRING,
    "variable_end_string": defaults.VARIABLE_END_STRING,
    "comment_start_string": defaults.COMMENT_START_STRING,
    "comment_end_string": defaults.COMMENT_END_STRING,
    "line_statement_prefix": None,
    "line_comment_prefix": None,
    "trim_blocks": False,
    "lstrip_blocks": False,
    "undefined": Undefined,
    "finalize": None,
}


class _Instead(BaseLoader):
    """The app's templates, some of them under the names of others."""

    def __init__(self, loader: BaseLoader, instead: Mapping[str, str]) -> None:
        self._loader = loader
        self._instead = instead

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The source as the app's own loader has it."""
        return self._loader.get_source(environment, self._instead.get(template, template))


def own_environment(environment: Environment, instead: Mapping[str, str] | None = None) -> Environment:
    """What our templates are rendered with; the app's own environment stays as it is.

    `instead` names templates that are read in place of others.
    """
    assert environment.loader is not None  # Flask's own always has one
    loader = _Instead(environment.loader, instead) if instead else environment.loader
    return environment.overlay(loader=loader, **_AS_WRITTEN)  # type: ignore[arg-type]
