"""Mail: what was decided reaches its author, in order, once when all goes well; a server that is away is waited for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from kbwiki import Settings, Wiki
from kbwiki.testing import SECOND_WRITER, TickingClock, answer, look, open_reviews, save
from kbwiki_mail import Mail


class MailServer:
    """As much of SMTP as a client needs; keeps the mails it gets, and refuses while `refuses` is set."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refuses = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: Any) -> None:
        def say(text: str) -> None:
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        say("220 here")
        to = ""
        while line := stream.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
            if verb == "DATA" and self.refuses:
                say("451 later")
                continue
            if verb == "DATA":
                say("354 go on")
                lines = []
                while (part := stream.readline()) != b".\r\n":
                    lines.append(part)
                self.mails.append((to, message_from_bytes(b"".join(lines), policy=policy.default)))  # type: ignore[arg-type]
            say("221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                return

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    one = MailServer()
    yield one
    one.close()


@pytest.fixture
def made(tmp_path: Path, server: MailServer) -> Iterator[Callable[..., Wiki]]:
    wikis: list[Wiki] = []

    def make(time_zone: str = "UTC", **options: Any) -> Wiki:
        chosen = {
            "MAIL_SENDER": "wiki@example.org", "MAIL_HOST": "127.0.0.1", "MAIL_PORT": server.port,
            "MAIL_ADDRESS": "{id}@example.org", "MAIL_BASE_URL": "https://example.org", **options,
        }  # fmt: skip
        settings = Settings(plugin_options=chosen, grace_minutes=0, hook_seconds=10.0, time_zone=time_zone)
        wiki = Wiki(f"sqlite:///{tmp_path / 'wiki.db'}", plugins=[Mail], settings=settings, clock=TickingClock())
        wiki.url_prefix = "/wiki"
        wiki.upgrade()
        wikis.append(wiki)
        return wiki

    yield make
    for wiki in wikis:
        wiki.close()


def decide(wiki: Wiki, path: str, **by: Any) -> None:
    """Let somebody write a page, a moderator revert it, and the message be due."""
    save(wiki, path, "words\n", **by)
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong", note="Äh\r\nBcc: x@example.org")
    wiki.deliver_messages()


def plugin_of(wiki: Wiki) -> Mail:
    [loaded] = wiki.plugins.loaded
    assert isinstance(loaded.plugin, Mail)
    return loaded.plugin


def test_an_author_gets_a_mail_at_once_and_only_once(made: Callable[..., Wiki], server: MailServer) -> None:
    wiki = made(MAIL_UNSUBSCRIBE="https://example.org/settings")
    decide(wiki, "page")

    wiki.catch_up_consumers()
    wiki.catch_up_consumers()
    plugin_of(wiki).post()

    [(to, mail)] = server.mails
    assert to == "writer@example.org"
    assert mail["From"] == "wiki@example.org"
    assert "Wim Writer" in mail["To"]
    assert mail["Message-ID"] == "<kbwiki.main.1@example.org>"
    assert mail["List-Unsubscribe"] == "<https://example.org/settings>"
    assert mail["Bcc"] is None
    text = mail.get_content()
    assert "page" in text
    assert "Äh" in text
    assert "https://example.org/wiki/-/messages" in text


def test_while_the_server_is_away_mails_wait_and_go_in_order_then(
    made: Callable[..., Wiki], server: MailServer
) -> None:
    wiki = made()
    clock: Any = wiki.clock
    server.refuses = True
    decide(wiki, "one")
    decide(wiki, "two")
    wiki.catch_up_consumers()
    assert server.mails == []
    assert wiki.plugins.switches.off() == ()

    server.refuses = False
    clock.now += timedelta(minutes=10)
    plugin_of(wiki).post()
    plugin_of(wiki).post()

    assert [mail["Message-ID"].split(".")[2].split("@")[0] for _, mail in server.mails] == ["1", "2"]


def test_gathered_mails_go_at_their_hour_one_for_each_person(made: Callable[..., Wiki], server: MailServer) -> None:
    wiki = made(MAIL_DAILY_AT=7)
    clock: Any = wiki.clock
    decide(wiki, "one")
    decide(wiki, "two")
    decide(wiki, "three", by=SECOND_WRITER)
    wiki.catch_up_consumers()
    plugin_of(wiki).post()
    assert server.mails == []

    clock.now += timedelta(hours=23)
    plugin_of(wiki).post()

    assert [to for to, _ in server.mails] == ["second@example.org", "writer@example.org"]
    both = server.mails[1][1]
    assert both["Subject"].endswith("(+1)")
    assert "one" in both.get_content()
    assert "two" in both.get_content()


def test_their_hour_is_one_of_the_organisations_clock(made: Callable[..., Wiki], server: MailServer) -> None:
    wiki = made("Asia/Tokyo", MAIL_DAILY_AT=7)
    clock: Any = wiki.clock
    clock.now = clock.now.replace(hour=20)  # five in the morning there
    decide(wiki, "one")
    wiki.catch_up_consumers()
    clock.now += timedelta(minutes=90)
    plugin_of(wiki).post()
    assert server.mails == []

    clock.now += timedelta(hours=1)
    plugin_of(wiki).post()

    assert len(server.mails) == 1


def lookup(id: str) -> str | None:
    """An address of an id that a host would know."""
    return {"second": "sunna@example.net"}.get(id)


def test_addresses_come_from_the_hosts_function_and_who_has_none_gets_none(
    made: Callable[..., Wiki], server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    wiki = made(MAIL_LOOKUP="test_mail:lookup")
    decide(wiki, "one")
    decide(wiki, "two", by=SECOND_WRITER)

    wiki.catch_up_consumers()

    assert [to for to, _ in server.mails] == ["sunna@example.net"]


def test_without_a_sender_nothing_is_sent(made: Callable[..., Wiki]) -> None:
    assert plugin_of(made(MAIL_SENDER="")).channels() == ()
