"""A wiki for each tenant of the host: a row of its own in the database, and everything else shared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import Invalid
from ..wiki import Wiki
from ..wording import kb_t

TenantOf = Callable[..., str | None]
"""Called with the values of prefix, host or subdomain, inside the request; the tenant's name, None for no tenant."""

_LONGEST_NAME = 100


class Tenants:
    """The wikis of the tenants of one mount, opened when first asked for and kept."""

    def __init__(self, wiki: Wiki, folder: Path, tenant_of: TenantOf) -> None:
        self._wiki = wiki
        self._folder = folder
        self._tenant_of = tenant_of
        self._opened: dict[str, Wiki] = {}
        self._lock = threading.Lock()

    def find(self, values: Mapping[str, Any]) -> Wiki | None:
        """The wiki of the tenant that these values name; None when the host knows no such tenant."""
        tenant = self._tenant_of(**values)
        return None if tenant is None else self.of(str(tenant))

    def of(self, tenant: str, *, make: bool = True) -> Wiki:
        """The wiki of this tenant, set up if need be, unless `make` is False.

        Errors: SchemaBehind where the tables are not made yet; Invalid where there is none and none is to be made.
        """
        wiki = self._opened.get(tenant)
        if wiki is not None:
            return wiki
        with self._lock:
            wiki = self._opened.get(tenant)
            if wiki is None:
                wiki = self._wiki.sibling(self._name(tenant), self._folder / _digest(tenant))
                if make:
                    wiki.set_up()
                elif not wiki.is_there():
                    said = kb_t("The tenant {tenant!r} has no [wiki] yet: a first visit makes it.", tenant=tenant)
                    raise Invalid("tenant", said)
                self._opened[tenant] = wiki
        return wiki

    def _name(self, tenant: str) -> str:
        name = f"{self._wiki.name}/{tenant}"
        return name if len(name) <= _LONGEST_NAME else f"{self._wiki.name}/{_digest(tenant)}"

    def close(self) -> None:
        """Give back files; the database is the mount's."""
        for wiki in self._opened.values():
            wiki.search.close()


def _digest(tenant: str) -> str:
    return sha256(tenant.encode("utf-8", "surrogatepass")).hexdigest()[:16]
