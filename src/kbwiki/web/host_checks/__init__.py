"""What is wrong between a host and a wiki in it, found out by looking: nothing is changed, and no page is made.

Each check is a function that takes the mount and yields what it found. docs/reference/checks.md has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ...cli.finding import Finding
from ...wording import kb_t
from . import answers, keys, people, places, routing, templates

if TYPE_CHECKING:
    from ..mount import Mount

Check = Callable[["Mount"], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    keys.secret_key,
    keys.cookies,
    keys.unknown_settings,
    keys.group_names,
    people.adapter,
    people.proxies,
    people.groups,
    routing.rules,
    routing.hosts,
    routing.sign_in,
    routing.body_limit,
    templates.escaping,
    templates.layout,
    templates.overrides,
    answers.headers,
    places.index_folder,
    places.index_shared,
    places.database_file,
    places.whoosh,
    places.migrations,
)


def look_at_host(mount: Mount) -> Iterator[Finding]:
    """Every check in turn; one that fails by itself says so and stops none of the others."""
    for check in CHECKS:
        try:
            yield from check(mount)
        except Exception as error:  # whatever a host's own code raises
            name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
            yield Finding(
                "host",
                kb_t("{name} could not be looked at: {error!r}", name=name, error=error),
                kb_t("Mend what raised it."),
                code="check-failed",
            )
