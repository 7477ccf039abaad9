"""Objects of a list that are built alike become a table of what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Call, Expression, Value
from groundplan.engines.terraform.modules.folded import Folding


def _widget(number: int, **more: Value) -> Mapping[str, Value]:
    return {
        "type": "metric",
        "x": 8 * (number % 3),
        "y": 6 * (number // 3),
        "properties": {"title": f"Title {number * number}", "view": "timeSeries", "period": 60, "stat": "Sum"},
        **more,
    }


def _folded(widgets: Sequence[Value]) -> tuple[str, str]:
    """The local values, and the body."""
    folding = Folding("dashboard_main")
    body = folding.body([Argument("body", Call("jsonencode", {"widgets": widgets}))])
    return hcl.render(folding.blocks), hcl.render(body)


def test_what_differs_stands_in_a_table_and_the_rest_once() -> None:
    table, body = _folded([_widget(number) for number in range(7)])
    assert table.startswith("locals {\n  dashboard_main_widgets = [\n")
    assert [line.strip() for line in table.splitlines()[2:4]] == ['{ title = "Title 0" },', '{ title = "Title 1" },']
    assert body.count('"timeSeries"') == 1
    assert "widgets = [for index, widget in local.dashboard_main_widgets : {" in body
    assert "title  = widget.title" in body


def test_places_in_a_grid_follow_from_the_number() -> None:
    _, body = _folded([_widget(number) for number in range(7)])
    assert "x    = 8 * (index % 3)" in body
    assert "y    = 6 * floor(index / 3)" in body


def test_numbers_of_no_grid_are_a_column() -> None:
    numbers = (3, 1, 4, 1, 5)
    table, body = _folded([_widget(0, width=number, z=1) for number in numbers])
    assert "index" not in body
    assert "width = 4" in table


def test_few_objects_stay() -> None:
    assert _folded([_widget(number) for number in range(3)])[0] == ""


def test_objects_of_other_keys_stay() -> None:
    assert _folded([_widget(number, **{f"key{number}": 1}) for number in range(5)])[0] == ""


def test_objects_that_say_other_things_stay() -> None:
    assert _folded([{"a": f"x{number}", "b": f"y{number * number}"} for number in range(6)])[0] == ""


def test_what_is_of_an_instance_is_no_local_value() -> None:
    widgets = [_widget(number, name=Expression(f"each.value.name{number}")) for number in range(6)]
    assert _folded(widgets)[0] == ""
