"""The network: subnets with their ranges, ways out, endpoints, network ACLs, and what each security group lets in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundplan.documents.diagram import metrics
from groundplan.documents.diagram.layout import (
    HEADING,
    LINE,
    MARGIN,
    WIDTH,
    Dock,
    boxed,
    connect,
    headed,
    height_of,
    legend,
    sockets,
    up,
)
from groundplan.documents.diagram.parts import Link, Part, counted
from groundplan.documents.diagram.routing import DOWN
from groundplan.documents.diagram.scene import SIZES, Box, Frame, Rect, Scene, Text, Tone
from groundplan.resources.architecture import STANDBY, Architecture
from groundplan.resources.base import Resource
from groundplan.resources.network import (
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclRule,
    Route,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.values import Ref

TIERS: tuple[tuple[str, str, Tone], ...] = (
    ("public", "Public", "public"), ("private", "Private", "private"), ("database", "Database", "database"),
)  # fmt: skip
COLUMNS_LEFT, COLUMN_GAP = 140.0, 30.0
CARD, CARD_GAP = 370.0, 20.0
MOST_RULES = 14


def subnets(architecture: Architecture) -> Scene:
    """The picture."""
    return _Drawing(architecture).scene


class _Drawing:
    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._rects: dict[str, Rect] = {}
        self._docks: dict[tuple[str, str], Dock] = {}
        self._links: list[Link] = []
        self._names: dict[str, str] = {}
        title = f"{architecture.title} · {architecture.stage}"
        vpcs = architecture.of(Vpc)
        told = ", ".join(f"{vpc.cidr_block}" for vpc in vpcs)
        self.scene = scene = Scene(WIDTH, 0, f"{title}: network", self._described())
        headed(scene, title, f"{counted(len(vpcs), 'VPC')}: {told}" if vpcs else "there is no network", "Network")
        y = HEADING + 10
        for vpc in vpcs:
            y = self._vpc(vpc, y) + 30
        tones: tuple[Tone, ...] = ("network", "security") if vpcs else ()
        y = legend(scene, y, tones, arrows=[(False, "route, with its destination")] if self._links else ())
        scene.height = y + MARGIN
        for link in connect(scene, self._links, self._rects, self._docks, self._names):
            told = f"Not drawn: {self._names[link.source]} to {self._names[link.target]}, {link.label}"
            scene.texts.append(Text(MARGIN, scene.height, told, "small"))
            scene.height += 20

    def _described(self) -> str:
        told = [
            f"subnet {item.name} in {item.availability_zone}: {item.cidr_block}, {self._way_out(item)}"
            for item in self._architecture.of(Subnet)
        ]
        groups = [
            f"security group {group.name}: {'; '.join(self._rules(group)) or 'nothing'}"
            for group in self._architecture.of(SecurityGroup)
        ]
        return ". ".join((*told, *groups)) + "." if told else "There is no network."

    def _box(self, part: Part, rect: Rect) -> None:
        self.scene.boxes.append(boxed(part, rect, 4))
        self._rects[part.id] = rect
        self._names[part.id] = part.name

    def _vpc(self, vpc: Vpc, y: float) -> float:
        """One VPC and what is told of it. Returns where it ends."""
        scene, at = self.scene, len(self.scene.frames)
        own = [item for item in self._architecture.of(Subnet) if item.vpc == vpc.ref]
        zones = sorted({item.availability_zone for item in own})
        gateway = next((item for item in self._architecture.of(InternetGateway) if item.vpc == vpc.ref), None)
        top = y + 50
        if gateway is not None:
            part = Part(gateway.address, "network", "Internet gateway", ("between the VPC and the internet",), "public")
            rect = Rect(COLUMNS_LEFT, top, WIDTH - MARGIN - 60 - COLUMNS_LEFT, 50)
            self._box(part, rect)
            self._dock(part.id, rect, ["0.0.0.0/0"], DOWN)
            top += 50 + 50
        for tier, name, tone in TIERS:
            inside = [item for item in own if item.tier == tier]
            if inside:
                top = self._tier(inside, zones, name, tone, top) + 20
        for number, zone in enumerate(zones):
            x, wide = _column(number, len(zones))
            scene.texts.append(Text(x + wide / 2, y + 36, zone, "small", "middle"))
        told = f"VPC {vpc.cidr_block} · {vpc.region or self._region(vpc)}"
        label = Text(MARGIN + 14, y + 18, told, "heading", tone="network")
        frame = Rect(MARGIN, y, WIDTH - 2 * MARGIN, top - y).grown(5)
        scene.frames.insert(at, Frame(frame, "network", label, filled=False))
        return self._cards(vpc, top + 30)

    def _region(self, item: Resource) -> str:
        there = self._architecture.standby
        return there.region if there and item.address in self._architecture.in_standby else self._architecture.region

    def _dock(self, end: str, rect: Rect, labels: Sequence[str], side: int) -> None:
        for label, dock in sockets(rect, labels, side, "network", {}).items():
            self._docks[end, label] = dock
            self.scene.sockets.append(dock.socket)

    def _tier(self, inside: Sequence[Subnet], zones: Sequence[str], name: str, tone: Tone, y: float) -> float:
        scene, at = self.scene, len(self.scene.frames)
        nats = {self._architecture[item.subnet].address: item for item in self._architecture.of(NatGateway)}
        top, bottom, lowest = y + 40, y + 40, 0.0
        # A NAT gateway is below its subnet: what the subnets below send out arrives there.
        for subnet in inside:
            x, wide = _column(zones.index(subnet.availability_zone), len(zones))
            part = Part(subnet.address, "network", str(subnet.cidr_block), self._told(subnet), "public")
            rect = Rect(x, top, wide, height_of(part, wide, 4))
            self._box(part, rect)
            bottom = max(bottom, rect.bottom)
            self._way(subnet)
        below = [(subnet, nats[subnet.address]) for subnet in inside if subnet.address in nats]
        for subnet, nat in below:
            x, wide = _column(zones.index(subnet.availability_zone), len(zones))
            part = Part(nat.address, "network", "NAT gateway", ("one fixed address",), "public")
            rect = Rect(x, bottom + 20, wide, height_of(part, wide, 4))
            self._box(part, rect)
            lowest = max(lowest, rect.bottom + 30)
            self._dock(nat.address, rect, ["0.0.0.0/0"], DOWN)
            gateway = next(iter(self._gateways(subnet)), None)
            if gateway is not None:
                self._links.append(Link(nat.address, gateway, "0.0.0.0/0"))
        end = max(bottom + 10, lowest)
        label = Text(MARGIN + 24, y + 24, name, "heading", tone=tone)
        frame = Rect(MARGIN + 10, y, WIDTH - 2 * MARGIN - 20, end - y).grown(-3)
        scene.frames.insert(at, Frame(frame, tone, label))
        return end

    def _told(self, subnet: Subnet) -> tuple[str, ...]:
        found = [subnet.name if subnet.key is None else f"{subnet.name} {subnet.key}", self._way_out(subnet)]
        endpoints = [
            item.service.rpartition(".")[2] for item in self._architecture.of(VpcEndpoint)
            if item.vpc_endpoint_type == "Gateway" and self._table(subnet) in item.route_tables
        ]  # fmt: skip
        if endpoints:
            found.append(f"gateway endpoint for {', '.join(endpoints)}")
        return tuple(found)

    def _table(self, subnet: Subnet) -> Ref[Resource] | None:
        found = (item.route_table for item in self._architecture.of(RouteTableAssociation) if item.subnet == subnet.ref)
        return next(found, None)

    def _routes(self, subnet: Subnet) -> list[Route]:
        table = self._table(subnet)
        return [item for item in self._architecture.of(Route) if item.route_table == table]

    def _gateways(self, subnet: Subnet) -> Iterator[str]:
        for route in self._routes(subnet):
            if route.internet_gateway is not None:
                yield route.internet_gateway.address

    def _way_out(self, subnet: Subnet) -> str:
        for route in self._routes(subnet):
            if route.internet_gateway is not None:
                return "to and from the internet"
            if route.nat_gateway is not None:
                return "out by the NAT gateway"
        return "no way out"

    def _way(self, subnet: Subnet) -> None:
        for route in self._routes(subnet):
            gateway = route.internet_gateway or route.nat_gateway
            if gateway is not None:
                self._links.append(Link(subnet.address, gateway.address, "0.0.0.0/0"))

    def _cards(self, vpc: Vpc, y: float) -> float:
        """Security groups, network ACLs and endpoints, three beside one another. Returns where they end."""
        architecture = self._architecture
        cards: list[tuple[str, Tone, list[str]]] = []
        for group in architecture.of(SecurityGroup):
            if group.vpc == vpc.ref:
                cards.append((f"Security group {_called(group)}", "security", list(self._rules(group))))
        for acl in architecture.of(NetworkAcl):
            if acl.vpc == vpc.ref:
                rules = [_rule(rule) for rule in sorted(acl.rules, key=lambda rule: (rule.direction, rule.number))]
                cards.append((f"Network ACL {_called(acl)}", "network", rules))
        endpoints = [item for item in architecture.of(VpcEndpoint) if item.vpc == vpc.ref]
        if endpoints:
            told = [f"{item.vpc_endpoint_type.lower()}: {item.service}" for item in endpoints]
            cards.append(("VPC endpoints", "network", told))
        columns = [y, y, y]
        for name, tone, told in cards:
            if len(told) > MOST_RULES:
                told = [*told[: MOST_RULES - 1], f"and {len(told) - MOST_RULES + 1} more"]
            number = columns.index(min(columns))
            x = MARGIN + 5 + number * (CARD + CARD_GAP)
            rect = Rect(x, columns[number], CARD, up(40 + LINE * max(len(told), 1)))
            texts = [Text(x + 36, rect.y + 24, metrics.fitting(name, SIZES["name"], CARD - 46, bold=True), "name")]
            for line, text in enumerate(told or ["nothing"]):
                fitted = metrics.fitting(text, SIZES["detail"], CARD - 46)
                texts.append(Text(x + 36, rect.y + 40 + LINE * line + 2, fitted, "detail"))
            self.scene.boxes.append(Box(rect, tone, tuple(texts), f"{name}: {'; '.join(told) or 'nothing'}"))
            columns[number] = rect.bottom + 20
        return max(columns)

    def _rules(self, group: SecurityGroup) -> Iterator[str]:
        rules = [item for item in self._architecture.of(SecurityGroupRule) if item.security_group == group.ref]
        for rule in sorted(rules, key=lambda rule: rule.direction != "ingress"):
            peer = f"group {_called(self._architecture[rule.peer])}" if isinstance(rule.peer, Ref) else str(rule.peer)
            ports = _ports(rule.protocol, rule.from_port, rule.to_port)
            yield f"{'in from' if rule.direction == 'ingress' else 'out to'} {peer}: {ports}"


def _column(number: int, count: int) -> tuple[float, float]:
    """Left edge and width of one zone."""
    each = (WIDTH - MARGIN - 60 - COLUMNS_LEFT - COLUMN_GAP * (count - 1)) // count // 10 * 10
    return COLUMNS_LEFT + number * (each + COLUMN_GAP), each


def _called(item: Resource) -> str:
    return item.name.removeprefix(STANDBY).replace("_", "-")


def _ports(protocol: str, first: int | None, last: int | None) -> str:
    if protocol == "all":
        return "everything"
    if first is None:
        return protocol
    return f"{protocol} {first}" if last in (None, first) else f"{protocol} {first}–{last}"


def _rule(rule: NetworkAclRule) -> str:
    way = "in from" if rule.direction == "ingress" else "out to"
    ports = _ports(rule.protocol, rule.from_port, rule.to_port)
    return f"{rule.number} {rule.action} {way} {rule.cidr_block}: {ports}"
