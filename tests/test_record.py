"""Records: frozen dataclasses whose methods are written once, and whose fields are read at first use."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import operator
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, asdict, field, fields, is_dataclass, replace
from datetime import date
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass
from groundplan.record import replace as quickly
from groundplan.resources.containers import ServiceNamespace
from groundplan.resources.storage import Transition


@dataclass(frozen=True)
class Point(Record):
    """Positional, with a default."""

    x: int
    y: int = 0
    dimensions: ClassVar[int] = 2


@dataclass(frozen=True, kw_only=True)
class Named(Record):
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    because: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Sized(Named):
    size: int = 1
    name: str = "sized"


@dataclass(frozen=True)
class Even(Record):
    number: int
    half: int = 0

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")
        object.__setattr__(self, "half", self.number // 2)


@dataclass(frozen=True, order=True)
class Version(Record):
    major: int
    minor: int = 0


@dataclass(frozen=True, eq=False)
class Marker(Record):
    content: list[int]


class Undecorated(Point):
    """Has the fields of its base."""

    def norm(self) -> int:
        return abs(self.x) + abs(self.y)


def compiled(kind: type[Record]) -> type[Any]:
    """The same class as ``dataclasses`` makes it by itself."""
    plain = {"__annotations__": kind.__annotations__, "__module__": kind.__module__, "__doc__": kind.__doc__}
    source = {Point: {"y": 0, "dimensions": 2}, Version: {"minor": 0}}.get(kind, {})
    given = {"tags": field(default_factory=dict), "because": field(default="", compare=False, repr=False)}
    body = plain | source | (given if kind is Named else {})
    options: dict[str, bool] = {"kw_only": kind is Named, "order": kind is Version, "eq": kind is not Marker}
    made: type[Any] = dataclasses.dataclass(frozen=True, **options)(type(kind.__name__, (), body))
    made.__qualname__ = kind.__qualname__
    return made


def said(call: Callable[[], object]) -> str:
    with pytest.raises(TypeError) as refused:
        call()
    return str(refused.value)


def test_a_record_never_changes() -> None:
    transition = Transition(days=30, storage_class="GLACIER")
    for name in ("days", "storage_class"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(transition, name, 31)
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'days'"):
        del transition.days
    with pytest.raises(FrozenInstanceError):
        transition.weeks = 1
    assert transition == Transition(days=30, storage_class="GLACIER")


def test_a_resource_keeps_what_it_worked_out_and_changes_no_field() -> None:
    namespace = ServiceNamespace(name="main", concern="services", namespace_name="shop", description="")
    assert namespace.references() is namespace.references()
    with pytest.raises(FrozenInstanceError):
        namespace.name = "other"  # type: ignore[misc]  # as above
    assert replace(namespace, name="other").name == "other"


def test_equality_hash_and_text_are_by_value() -> None:
    first, second = Transition(days=1, storage_class="GLACIER"), Transition(days=1, storage_class="GLACIER")
    assert first == second
    assert hash(first) == hash(second)
    assert first != Transition(days=2, storage_class="GLACIER")
    assert first != (1, "GLACIER")
    assert repr(first) == "Transition(days=1, storage_class='GLACIER')"


def test_what_is_neither_compared_nor_told_is_kept() -> None:
    one, other = Named(name="a", because="of this"), Named(name="a", because="of that")
    assert one == other
    assert (other.because, repr(other)) == ("of that", "Named(name='a', tags={})")


def test_kinds_with_the_same_values_differ() -> None:
    assert Point(1, 0) != Version(1, 0)
    assert Point(1) != Undecorated(1)


@pytest.mark.parametrize("kind", [Point, Version, Marker, Named], ids=lambda kind: kind.__name__)
def test_they_are_what_dataclasses_makes(kind: type[Record]) -> None:
    plain = compiled(kind)
    assert is_dataclass(kind)
    told = [(item.name, item.type, item.default, item.default_factory, item.kw_only) for item in fields(kind)]
    assert told == [(item.name, item.type, item.default, item.default_factory, item.kw_only) for item in fields(plain)]
    assert kind.__match_args__ == plain.__match_args__
    ours, theirs = inspect.signature(kind), inspect.signature(plain)
    assert list(ours.parameters) == list(theirs.parameters)
    for mine, wanted in zip(ours.parameters.values(), theirs.parameters.values(), strict=True):
        assert (mine.kind, mine.annotation) == (wanted.kind, wanted.annotation)
        assert (mine.default is inspect.Parameter.empty) == (wanted.default is inspect.Parameter.empty)
    arguments: dict[str, Any] = {"name": "a"} if kind is Named else {fields(kind)[0].name: 4}
    assert repr(kind(**arguments)) == repr(plain(**arguments))
    assert asdict(kind(**arguments)) == asdict(plain(**arguments))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Point(), "Point.__init__() missing 1 required argument: 'x'"),  # type: ignore[call-arg]
        (lambda: Point(z=1), "Point.__init__() got an unexpected keyword argument 'z'"),  # type: ignore[call-arg]
        (lambda: Point(1, z=1), "Point.__init__() got an unexpected keyword argument 'z'"),  # type: ignore[call-arg]
        (lambda: Point(1, x=1), "Point.__init__() got multiple values for argument 'x'"),  # type: ignore[misc]
        (lambda: Point(1, 2, 3), "Point.__init__() takes 3 positional arguments but 4 were given"),  # type: ignore[call-arg]
        (lambda: Named("a"), "Named.__init__() takes 1 positional argument but 2 were given"),  # type: ignore[call-arg]
        (lambda: Named(tags={}), "Named.__init__() missing 1 required argument: 'name'"),  # type: ignore[call-arg]
        (
            lambda: Transition(),  # type: ignore[call-arg]
            "Transition.__init__() missing 2 required arguments: 'days', 'storage_class'",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call: Callable[[], object], message: str) -> None:
    assert said(call) == message


def test_default_values_are_made_anew() -> None:
    one, other = Named(name="a"), Named(name="b")
    assert one.tags == other.tags == {}
    assert one.tags is not other.tags
    assert not hasattr(Named, "tags")
    assert Named(name="a", tags={"b": "c"}).tags == {"b": "c"}


def test_fields_are_inherited_in_order_and_defaults_replaced() -> None:
    assert [item.name for item in fields(Sized)] == ["name", "tags", "because", "size"]
    assert Sized() == Sized(name="sized", size=1)
    assert Undecorated(3, -4).norm() == 7
    assert repr(Undecorated(3)) == "Undecorated(x=3, y=0)"


def test_what_follows_the_fields_is_done() -> None:
    assert Even(8) == Even(number=8, half=1)
    assert Even(8).half == 4
    with pytest.raises(ValueError, match="7 is odd"):
        replace(Even(8), number=7)


@pytest.mark.parametrize(
    ("record", "changes"),
    [
        (Point(1), {"y": 2}),
        (Named(name="a", tags={"b": "c"}, because="d"), {"because": "e"}),
        (Even(8), {"number": 6}),
        (Undecorated(3, -4), {"x": 5}),
        (Version(1), {}),
    ],
)
def test_replacing_makes_what_dataclasses_make(record: Record, changes: dict[str, object]) -> None:
    before = dict(vars(record))
    made = quickly(record, **changes)
    other: Record = replace(record, **changes)  # type: ignore[type-var]
    assert type(made) is type(other)
    assert list(vars(made).items()) == list(vars(other).items())
    assert vars(record) == before


def test_what_was_worked_out_of_old_values_is_not_taken_over() -> None:
    namespace = ServiceNamespace(name="main", concern="services", namespace_name="shop", description="")
    assert namespace.address == "service_namespace.main"
    assert quickly(namespace, name="other").address == "service_namespace.other"


def test_only_fields_are_replaced() -> None:
    assert said(lambda: quickly(Point(1), z=2)) == "Point.__init__() got an unexpected keyword argument 'z'"
    with pytest.raises(ValueError, match="7 is odd"):
        quickly(Even(8), number=7)


def test_they_are_matched_by_position_and_by_name() -> None:
    match Point(1, 2):
        case Point(x, y=2):
            assert x == 1
        case _:
            pytest.fail("no match")


@pytest.mark.parametrize("record", [Point(1), Named(name="a", tags={"b": "c"}, because="d"), Even(8), Version(1)])
def test_they_are_copied_and_pickled(record: Record) -> None:
    for twin in (copy.copy(record), copy.deepcopy(record), pickle.loads(pickle.dumps(record)), replace(record)):  # type: ignore[type-var]
        assert twin == record
        assert vars(twin) == vars(record)


def test_a_pickle_is_read_and_matched_before_a_record_was_made() -> None:
    program = (
        "import pickle, sys\n"
        "from groundplan.catalog._data import Source\n"
        "match pickle.loads(sys.stdin.buffer.read()):\n"
        "    case Source(page, date): print(page, date)"
    )
    sent = pickle.dumps(Source("here", date(2026, 11, 21)))
    answer = subprocess.run([sys.executable, "-c", program], input=sent, capture_output=True, check=True)
    assert answer.stdout == b"here 2026-11-21\n"


ORDERS: tuple[Callable[[Any, Any], bool], ...] = (operator.lt, operator.le, operator.gt, operator.ge)


@pytest.mark.parametrize("compare", ORDERS)
@given(st.builds(Version), st.builds(Version))
def test_order_is_that_of_the_values(compare: Callable[[Any, Any], bool], one: Version, other: Version) -> None:
    assert compare(one, other) == compare((one.major, one.minor), (other.major, other.minor))


def test_there_is_no_order_where_none_is_asked_for_nor_between_kinds() -> None:
    assert "not supported" in said(lambda: Point(1) < Point(2))  # type: ignore[operator]
    assert "not supported" in said(lambda: Version(1) < Point(2))  # type: ignore[operator]


def test_without_equality_each_is_itself() -> None:
    one = Marker([1])
    assert one == one
    assert one != Marker([1])
    assert len({one, Marker([1])}) == 2


@given(st.builds(Point), st.builds(Named))
def test_hypothesis_builds_them(point: Point, named: Named) -> None:
    assert isinstance(point.x, int)
    assert isinstance(named.tags, Mapping)


def test_fields_are_read_when_they_are_first_asked_for() -> None:
    """What start-up gains by: 279 classes are imported by ``cost``, and a hundred of them are used."""

    @dataclass(frozen=True)
    class Late(Record):
        number: int = 1

    before = vars(Late)["__dataclass_fields__"]
    assert Late().number == 1
    assert isinstance(vars(Late)["__dataclass_fields__"], dict)
    assert not isinstance(before, dict)


def test_two_threads_may_be_the_first() -> None:
    for _ in range(20):

        @dataclass(frozen=True)
        class Shared(Record):
            number: int
            made: list[int] = field(default_factory=list)

        start = threading.Barrier(8)
        found: list[Shared] = []

        def make(kind: type[Shared] = Shared, start: threading.Barrier = start, found: list[Any] = found) -> None:
            start.wait()
            found.append(kind(1))

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [Shared(1)] * 8
