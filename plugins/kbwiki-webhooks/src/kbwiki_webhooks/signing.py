"""Signatures as Standard Webhooks has them, so that receivers can use any library for it (standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"


def keys_of(secret: str) -> list[bytes]:
    """The keys in a setting: `whsec_` and base64, the newest first; several with a space between while one is changed.

    Empty for a setting that is none.
    """
    try:
        keys = [base64.b64decode(one.removeprefix(PREFIX), validate=True) for one in secret.split()]
    except (binascii.Error, ValueError):
        return []
    return keys if all(keys) else []


def signed(keys: list[bytes], message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers `webhook-id`, `webhook-timestamp` and `webhook-signature` (one for each key)."""
    timestamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = [base64.b64encode(hmac.new(key, content, sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }
