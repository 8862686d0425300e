"""A mail in plain text. Nothing that people wrote can add a header to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

from sqlalchemy import RowMapping

ADDRESS = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[A-Za-z0-9.-]+")


def is_address(text: str) -> bool:
    """Whether a text is one mail address, and nothing else."""
    return bool(ADDRESS.fullmatch(text)) and text.isascii()


def letter(wiki: str, chosen: Mapping[str, Any], to: str, notices: Sequence[RowMapping], at: datetime) -> EmailMessage:
    """One mail for these notices to one person, oldest first.

    Its Message-ID is made of the notices, so that one that is sent again is recognised; mails of one message of the
    wiki name that message, so that mail programs show them together.
    """
    domain = chosen["sender"].rpartition("@")[2]
    first = notices[0]
    mail = EmailMessage()
    mail["From"] = chosen["sender"]
    mail["To"] = formataddr((_line(first["recipient_name"]), to))
    mail["Date"] = format_datetime(at)
    more = f" (+{len(notices) - 1})" if len(notices) > 1 else ""
    mail["Subject"] = f"{_line(first['subject'])}{more}"
    numbers = "-".join(str(one["notice_id"]) for one in notices[:5])
    mail["Message-ID"] = f"<kbwiki.{_token(wiki)}.{numbers}@{domain}>"
    mail["References"] = f"<kbwiki.{_token(wiki)}.message-{first['message_id']}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if chosen["unsubscribe"]:
        mail["List-Unsubscribe"] = f"<{_line(chosen['unsubscribe'])}>"
    mail.set_content(_text(chosen, notices))
    return mail


def _text(chosen: Mapping[str, Any], notices: Sequence[RowMapping]) -> str:
    several = len(notices) > 1
    parts = [(f"{one['subject']}\n\n" if several else "") + one["text"].strip() for one in notices]
    lines = ["\n\n\n".join(parts)]
    if chosen["base_url"]:
        lines.append(f"-- \n{chosen['base_url'].rstrip('/')}{notices[0]['url']}")
    if chosen["unsubscribe"]:
        lines.append(f"No mails any more: {chosen['unsubscribe']}")
    return "\n\n".join(lines) + "\n"


def _line(text: str) -> str:
    """A text as one line, without what could end a header."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:300]


def _token(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", text)
