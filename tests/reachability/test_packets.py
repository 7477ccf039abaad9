"""Sets of packets: what is cut out of them, and what is left, number by number."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.reachability.packets import (
    ALL,
    DESTINATION,
    DESTINATION_PORT,
    LAST_PORT,
    PUBLIC,
    SOURCE,
    SOURCE_PORT,
    Box,
    Filter,
    Ports,
    connections,
    covers,
    merged,
    narrowed,
    on_the_internet,
    permit,
    ports_of,
    shown,
    span,
    subtracted,
    without,
)

SMALL = range(3)
RANGES = st.tuples(st.sampled_from(SMALL), st.sampled_from(SMALL)).map(lambda ends: (min(ends), max(ends)))
BOXES = st.tuples(st.integers(1, 3), RANGES, RANGES, RANGES, RANGES).map(
    lambda parts: (parts[0], *parts[1], *parts[2], *parts[3], *parts[4])
)
FILTERS = st.tuples(st.integers(1, 3), RANGES, RANGES).map(lambda parts: (parts[0], *parts[1], *parts[2]))
POINTS = list(product((1, 2), SMALL, SMALL, SMALL, SMALL))


def points(boxes: list[Box]) -> set[tuple[int, ...]]:
    """Every packet of boxes, one by one."""
    return {
        point
        for point in POINTS
        for box in boxes
        if box[0] & point[0] and all(box[2 * at + 1] <= point[at + 1] <= box[2 * at + 2] for at in range(4))
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(BOXES, max_size=3), BOXES)
def test_what_is_subtracted_is_gone_and_nothing_else(boxes: list[Box], taken: Box) -> None:
    left = subtracted(boxes, taken)
    assert points(left) == points(boxes) - points([taken])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(BOXES, max_size=3),
    st.lists(FILTERS, max_size=3),
    st.sampled_from((SOURCE, DESTINATION)),
    st.sampled_from((SOURCE_PORT, DESTINATION_PORT)),
)
def test_what_is_permitted_is_left(boxes: list[Box], permitted: list[Filter], address: int, port: int) -> None:
    left = points(narrowed(boxes, permitted, address, port))
    where, which = (address + 1) // 2, (port + 1) // 2
    assert left == {
        point
        for point in points(boxes)
        for kinds, first, last, low, high in permitted
        if kinds & point[0] and first <= point[where] <= last and low <= point[which] <= high
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(BOXES, max_size=4), st.lists(BOXES, min_size=1, max_size=2))
def test_covers(found: list[Box], asked: list[Box]) -> None:
    assert covers(found, asked) == (points(asked) <= points(found))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), max_size=6))
def test_merged_ranges_hold_the_same_numbers(drawn: list[tuple[int, int]]) -> None:
    ranges = [(first, first + more) for first, more in drawn]
    found = merged(ranges)
    numbers = {number for first, last in ranges for number in range(first, last + 1)}
    assert numbers == {number for first, last in found for number in range(first, last + 1)}
    assert all(before[1] + 1 < after[0] for before, after in pairwise(found))


@given(st.lists(RANGES, max_size=3), RANGES)
def test_without(ranges: list[tuple[int, int]], taken: tuple[int, int]) -> None:
    left = {number for first, last in without(ranges, taken) for number in range(first, last + 1)}
    assert left == {number for first, last in ranges for number in range(first, last + 1)} - set(
        range(taken[0], taken[1] + 1)
    )


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("8.8.8.8", True), ("9.255.255.255", True), ("10.0.0.0", False), ("10.255.255.255", False), ("11.0.0.0", True),
        ("100.64.0.1", False), ("100.128.0.0", True), ("127.0.0.1", False), ("169.254.169.254", False),
        ("172.15.255.255", True), ("172.16.0.0", False), ("172.31.255.255", False), ("172.32.0.0", True),
        ("192.168.1.1", False), ("192.169.0.0", True), ("223.255.255.255", True), ("224.0.0.1", False),
        ("255.255.255.255", False), ("0.0.0.0", False),
    ],
)  # fmt: skip
def test_what_is_on_the_internet(address: str, is_public: bool) -> None:
    number = int(IPv4Address(address))
    assert any(first <= number <= last for first, last in PUBLIC) is is_public
    assert bool(on_the_internet([(number, number)])) is is_public


def test_rules_of_icmp_have_types_and_codes() -> None:
    assert permit("icmp", None, None, (0, 0))[3:] == (0, LAST_PORT)
    assert permit("icmp", -1, -1, (0, 0))[3:] == (0, LAST_PORT)
    assert permit("icmp", 8, -1, (0, 0))[3:] == (8 * 256, 8 * 256 + 255)
    assert permit("icmp", 3, 4, (0, 0))[3:] == (3 * 256 + 4, 3 * 256 + 4)


def test_a_rule_for_all_protocols_has_no_ports() -> None:
    assert permit("all", 443, 443, (1, 2)) == (ALL, 1, 2, 0, LAST_PORT)


def test_clients_take_no_port_below_1024() -> None:
    boxes = connections([(1, 1)], [(2, 2)])
    assert {(box[0], box[3], box[4]) for box in boxes} == {(3, 1024, 65535), (12, 0, 65535)}


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        (Ports("tcp", 443, 443), "tcp 443"),
        (Ports("udp", 1, 9), "udp 1-9"),
        (Ports("tcp", 0, 65535), "tcp all ports"),
        (Ports("icmp", 0, 65535), "icmp"),
        (Ports("icmp", 2048, 2303), "icmp type 8"),
        (Ports("other", 0, 65535), "other"),
    ],
)
def test_ports_as_people_write_them(ports: Ports, text: str) -> None:
    assert str(ports) == text


def test_ports_of_several_boxes_are_one_range() -> None:
    boxes = connections([(1, 1)], [(2, 2)], 1, (10, 20)) + connections([(3, 3)], [(2, 2)], 1, (21, 30))
    assert ports_of(boxes) == (Ports("tcp", 10, 30),)


def test_ranges_as_people_write_them() -> None:
    assert shown(*span(IPv4Network("10.0.0.0/24"))) == "10.0.0.0/24"
    assert shown(int(IPv4Address("10.0.0.4")), int(IPv4Address("10.0.0.14"))) == "10.0.0.4-10.0.0.14"
