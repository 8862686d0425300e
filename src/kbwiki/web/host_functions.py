"""Functions that the host hands over, which may be asynchronous, as its views may be."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from flask import current_app


def call(function: Callable[..., Any], /, **values: Any) -> Any:
    """What the function gives back; a coroutine function is run as Flask runs an asynchronous view.

    Errors: RuntimeError, of what Flask runs them with, for a coroutine function inside an asynchronous view.
    """
    if iscoroutinefunction(function):
        return current_app.ensure_sync(function)(**values)
    return function(**values)
