"""The keys that the web part reads besides those of `Settings`, each below the prefix of its wiki."""

from __future__ import annotations

MOUNT_KEYS = (
    "BASE_TEMPLATE",
    "CONTENT_BLOCK",
    "CSP_NONCE",
    "CSRF_FIELD",
    "CSRF_TOKEN",
    "DATABASE_URI",
    "FILES_FOLDER",
    "FOLDER",
    "GROUPS_HEADER",
    "GROUPS_SEPARATOR",
    "GROUP_NAMES",
    "HEAD_BLOCK",
    "INDEX_FOLDER",
    "NAME_HEADER",
    "SIGN_IN_URL",
    "TENANTS_KEPT",
    "TRUSTED_PROXIES",
    "USER_HEADER",
)
"""In order. A test finds those that the source reads and that are missing here."""
