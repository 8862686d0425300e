"""Leaving: everything a wiki holds written to a folder, then every trace of it removed from the database."""

from .export import NOT_EMPTY, Exported, export_wiki
from .remove import Removal, look, remove, wikis_in

__all__ = ["NOT_EMPTY", "Exported", "Removal", "export_wiki", "look", "remove", "wikis_in"]
