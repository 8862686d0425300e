"""A wiki for each tenant of the host: a row of its own in the database, and everything else shared."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from ..errors import Invalid
from ..wiki import Wiki
from ..wording import kb_t
from .host_functions import call

TenantOf = Callable[..., str | None]
"""Called with the values of prefix, host or subdomain, inside the request; the tenant's name, None for no tenant."""

_LONGEST_NAME = 100
_USUALLY_KEPT = 100


def most_kept(config: Mapping[str, Any], prefix: str) -> int:
    """How many wikis stay open, as `<prefix>TENANTS_KEPT` says. Errors: Invalid for what is no number from 1 up."""
    said = config.get(f"{prefix}TENANTS_KEPT")
    if said is None:
        return _USUALLY_KEPT
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        raise Invalid(f"{prefix}TENANTS_KEPT", f"{prefix}TENANTS_KEPT must be a number from 1 up; it is {said!r}.")
    return said


class Tenants:
    """The wikis of the tenants of one mount, opened when first asked for; those asked for last are kept.

    One that is let go of closes nothing by that: whoever still uses it goes on, and gets the same one when they ask
    again. When nobody does any more, it goes with the files of its index. The database is the mount's, and stays.
    """

    def __init__(self, wiki: Wiki, folder: Path, tenant_of: TenantOf, most: int = _USUALLY_KEPT) -> None:
        self._wiki = wiki
        self._folder = folder
        self._tenant_of = tenant_of
        self._most = most
        self._kept: OrderedDict[str, Wiki] = OrderedDict()
        self._alive: WeakValueDictionary[str, Wiki] = WeakValueDictionary()
        self._turn = threading.Lock()
        self._opening = threading.Lock()

    def find(self, values: Mapping[str, Any]) -> Wiki | None:
        """The wiki of the tenant that these values name; None when the host knows no such tenant."""
        tenant = call(self._tenant_of, **values)
        return None if tenant is None else self.of(str(tenant))

    def of(self, tenant: str, *, make: bool = True) -> Wiki:
        """The wiki of this tenant, set up if need be, unless `make` is False.

        Errors: SchemaBehind where the tables are not made yet; Invalid where there is none and none is to be made.
        """
        wiki = self._find(tenant)
        if wiki is None:
            with self._opening:
                wiki = self._find(tenant) or self._open(tenant, make=make)
                self._keep(tenant, wiki)
        return wiki

    def _find(self, tenant: str) -> Wiki | None:
        wiki = self._alive.get(tenant)
        if wiki is not None:
            self._keep(tenant, wiki)
        return wiki

    def _open(self, tenant: str, *, make: bool) -> Wiki:
        wiki = self._wiki.sibling(self._name(tenant), self._folder / _digest(tenant))
        if make:
            wiki.set_up()
        elif not wiki.is_there():
            said = kb_t("The tenant {tenant!r} has no [wiki] yet: a first visit makes it.", tenant=tenant)
            raise Invalid("tenant", said)
        return wiki

    def _keep(self, tenant: str, wiki: Wiki) -> None:
        """Put it last in the row, and let go of whichever is too many in front."""
        with self._turn:
            self._alive[tenant] = self._kept[tenant] = wiki
            self._kept.move_to_end(tenant)
            gone = [self._kept.popitem(last=False) for _ in range(len(self._kept) - self._most)]
        del gone  # out here: what goes with a wiki may take its time

    def _name(self, tenant: str) -> str:
        name = f"{self._wiki.name}/{tenant}"
        return name if len(name) <= _LONGEST_NAME else f"{self._wiki.name}/{_digest(tenant)}"

    def close(self) -> None:
        """Give back files; the database is the mount's."""
        for wiki in list(self._alive.values()):
            wiki.search.close()


def _digest(tenant: str) -> str:
    return sha256(tenant.encode("utf-8", "surrogatepass")).hexdigest()[:16]
