"""Files: pictures, documents and whatever else belongs to pages, each at a path, every version kept.

The bytes are kept by their digest in a folder (`storage`), before the transaction that makes them a file (`actions`).
What a file is, is read from its bytes (`sniffing`) and never taken from what was claimed about it.
"""

from .actions import (
    AlreadyHere,
    FileExists,
    NewFile,
    bring_back_file,
    delete_file,
    describe_file,
    move_file,
    replace_file,
    restore_version,
    upload_file,
)
from .content import Content
from .policy import clean_name
from .state import KIND, StoredFile
from .storage import Store

__all__ = [
    "KIND",
    "AlreadyHere",
    "Content",
    "FileExists",
    "NewFile",
    "Store",
    "StoredFile",
    "bring_back_file",
    "clean_name",
    "delete_file",
    "describe_file",
    "move_file",
    "replace_file",
    "restore_version",
    "upload_file",
]
