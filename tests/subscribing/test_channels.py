"""Messages reach channels in order, each at least once, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from kbwiki import Settings, Wiki
from kbwiki.hooks import Channel, Notice, Plugin, hookimpl
from kbwiki.signals import MessageDue, message_due
from kbwiki.testing import SECOND_WRITER, WRITER, TickingClock, answer, look, open_reviews, save

SENT: list[Notice] = []
BROKEN: list[bool] = []


class Pigeon(Plugin):
    """Sends by pigeon."""

    name = "pigeon"

    @hookimpl
    def channels(self) -> Channel:
        """One."""
        return Channel("post", self.send)

    def send(self, notices: Sequence[Notice]) -> None:
        """As long as there are pigeons."""
        if BROKEN:
            raise ConnectionError("no pigeons")
        SENT.extend(notices)


@pytest.fixture
def wiki(database_url: str) -> Iterator[Wiki]:
    SENT.clear()
    BROKEN.clear()
    settings = Settings(grace_minutes=0, hook_seconds=10.0)
    wiki = Wiki(database_url, plugins=[Pigeon], settings=settings, clock=TickingClock())
    wiki.url_prefix = "/wiki"
    yield wiki
    wiki.close()


def test_what_the_signal_tells_the_channel_gets_even_if_it_could_not_then(wiki: Wiki) -> None:
    told: list[MessageDue] = []

    def listen(sender: object, event: MessageDue) -> None:
        told.append(event)

    message_due.connect(listen, wiki)
    BROKEN.append(True)
    for path, by in (("one", WRITER), ("two", SECOND_WRITER), ("three", WRITER)):
        save(wiki, path, "words\n", by=by)
        answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong")
        wiki.deliver_messages()
        wiki.catch_up_consumers()
    [lag] = wiki.subscriptions.lags()
    assert (lag.name, lag.behind, SENT) == ("x:pigeon:post", 3, [])

    BROKEN.clear()
    clock = wiki.clock
    assert isinstance(clock, TickingClock)
    clock.now += timedelta(hours=1)
    wiki.catch_up_consumers()
    wiki.catch_up_consumers()

    assert [(one.recipient_id, one.subject, one.text) for one in SENT] == [
        (one.recipient_id, one.subject, one.text) for one in told
    ]
    assert [one.begun for one in SENT] == [True, True, False]
    assert SENT[0].message_id == SENT[2].message_id
    assert len({one.id for one in SENT}) == 3
    assert {one.url for one in SENT} == {"/wiki/-/messages"}
    assert wiki.subscriptions.lags()[0].behind == 0
