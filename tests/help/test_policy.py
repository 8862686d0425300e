"""Which page helps where, and which first: plain values in, an order out."""

from __future__ import annotations

import pytest

from kbwiki.errors import Invalid
from kbwiki.help.policy import Binding, Where, cleaned, covers, fit, read_args
from kbwiki.help.screens import Screen, choices_of, is_broken, screens_of
from kbwiki.settings import Settings

HERE = Where("orders.edit", {"id": "5", "lang": "de"}, "404", frozenset({"clerk"}))
BEST_FIRST = [
    Binding("orders.edit", (("id", "5"), ("lang", "de"))),
    Binding("orders.edit", (("id", "5"),)),
    Binding("orders.edit", error="404"),
    Binding("orders.edit", roles=("clerk",)),
    Binding("orders.edit", priority=5),
    Binding("orders.edit"),
    Binding("orders.*", error="404"),
    Binding("orders.*", priority=900),
    Binding("*", error="404"),
    Binding("*"),
]
ELSEWHERE = [
    Binding("orders.edit", (("id", "6"),)),
    Binding("orders.show"),
    Binding("order.*"),
    Binding("orders.edit", error="500"),
    Binding("orders.edit", roles=("boss",)),
]


def test_the_closest_page_stands_first() -> None:
    ranks = [fit(one, HERE, {"staff"}) for one in BEST_FIRST]

    assert None not in ranks
    assert ranks == sorted(ranks, reverse=True)  # type: ignore[type-var]
    assert len(set(ranks)) == len(ranks)


@pytest.mark.parametrize("binding", ELSEWHERE, ids=str)
def test_what_is_for_elsewhere_or_somebody_else_does_not_fit(binding: Binding) -> None:
    assert fit(binding, HERE, {"staff"}) is None


def test_a_role_is_a_group_too() -> None:
    binding = Binding("orders.edit", roles=("staff",))

    assert fit(binding, HERE, {"staff"})
    assert fit(binding, HERE, set()) is None


def test_a_blueprint_covers_what_lies_in_it_and_nothing_that_begins_alike() -> None:
    assert covers("shop.*", "shop.orders.edit")
    assert covers("shop.orders.*", "shop.orders.edit")
    assert not covers("shop.*", "shopping.list")
    assert not covers("shop.*", "shop")


@pytest.mark.parametrize(
    "wrong",
    [
        Binding(""),
        Binding("or*ders"),
        Binding("orders edit"),
        Binding("orders.edit", error="no good"),
        Binding("orders.edit", (("1x", "5"),)),
        Binding("orders.edit", priority=10_000),
    ],
    ids=str,
)
def test_what_is_no_binding_is_refused(wrong: Binding) -> None:
    with pytest.raises(Invalid):
        cleaned([wrong])


def test_the_same_screen_counts_once_and_the_last_priority_holds() -> None:
    assert cleaned([Binding(" a.b "), Binding("a.b", priority=3)]) == (Binding("a.b", priority=3),)


def test_arguments_are_read_as_people_write_them() -> None:
    assert read_args("lang = de\r\n\r\nid=5=6\n") == (("id", "5=6"), ("lang", "de"))
    with pytest.raises(Invalid):
        read_args("id")


class _Rule:
    def __init__(self, endpoint: str, rule: str, *args: str, methods: tuple[str, ...] = ("GET",)) -> None:
        self.endpoint, self.rule, self.arguments, self.methods = endpoint, rule, set(args), set(methods)


RULES = [
    _Rule("orders.edit", "/orders/<id>", "id"),
    _Rule("orders.edit", "/o/<id>", "id"),
    _Rule("orders.drop", "/orders/<id>/drop", "id", methods=("POST",)),
    _Rule("home", "/"),
    _Rule("api.orders", "/api/orders"),
    _Rule("static", "/static/<path:filename>", "filename"),
    _Rule("orders.static", "/orders/static/<path:filename>", "filename"),
    _Rule("kbwiki.page", "/wiki/<path:path>", "path"),
]
SETTINGS = Settings(help_screens=("app/orders",), help_ignore=("api.*",))


def test_the_screens_of_the_host_are_its_routes_without_ours_and_files() -> None:
    screens = screens_of(RULES, {"kbwiki"}, SETTINGS)

    assert [one.endpoint for one in screens] == ["app/orders", "home", "orders.drop", "orders.edit"]
    assert screens[3] == Screen("orders.edit", ("/orders/<id>", "/o/<id>"), frozenset({"id"}), True)
    assert not screens[2].is_visited
    assert [name for name, _ in choices_of(screens)] == ["orders.*", "app/orders", "home", "orders.edit"]
    assert choices_of(screens, "/O/<") == [("orders.edit", "/orders/<id>, /o/<id>")]


@pytest.mark.parametrize(
    ("binding", "broken"),
    [
        (Binding("orders.edit"), False),
        (Binding("orders.*"), False),
        (Binding("*", error="404"), False),
        (Binding("orders.edit", (("id", "5"),)), False),
        (Binding("app/orders", (("tab", "new"),)), False),
        (Binding("orders.edit", (("number", "5"),)), True),
        (Binding("orders.show"), True),
        (Binding("bills.*"), True),
    ],
    ids=str,
)
def test_a_binding_to_what_is_gone_is_broken(binding: Binding, broken: bool) -> None:
    assert is_broken(binding, screens_of(RULES, {"kbwiki"}, SETTINGS)) is broken
