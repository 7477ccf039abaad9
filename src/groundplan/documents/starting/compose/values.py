"""Values of a Compose file: texts with variables, ports, environments, health checks, sizes."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundplan.blueprint.tree import Node
from groundplan.errors import Position

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<braced>\w+)(?:(?P<sign>:?[-?+])(?P<other>[^{}]*))?\}|(?P<bare>\w+))"
)
_SECRET = re.compile(
    r"PASS(WORD|WD|PHRASE)?($|_)|SECRET|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|_KEY($|_)|^KEY$|_DSN$|_PAT$|SALT|"
    r"SIGNATURE|_AUTH$"
)
_NOT_SECRET = re.compile(r"PUBLIC|_(FILE|PATH|TTL|EXPIRY|EXPIRES?|LENGTH|NAME|ALGORITHM|TIMEOUT|TYPE|ENABLED|ROUNDS)$")
_SECRET_OPTION = re.compile(r"(?i)(pass(word|wd|phrase)?|secret|token|api[-_]?key)[= ]+[^$\s]|\s-a [^$\s]")
_USER_INFO = re.compile(r"\w+://[^/\s@:]*:[^/\s@]+@")
_KNOWN_TOKEN = re.compile(
    r"(AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\w{30}|sk_(live|test)_|xox[abp]-|-----BEGIN|eyJ[\w-]{10,}\."
)


def holds_secret(words: Sequence[str]) -> bool:
    """Whether a command seems to have a secret among its words."""
    text = " ".join(words)
    return any(pattern.search(text) for pattern in (_USER_INFO, _KNOWN_TOKEN, _SECRET_OPTION))


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a container listens on."""

    number: int
    published: bool
    """Whether other machines than this one reach it."""
    position: Position | None


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable."""

    name: str
    value: str | None
    """None where only the machine that runs Compose knows it."""
    position: Position | None

    @property
    def secret(self) -> bool:
        """Whether its name or its value looks like a secret's: then the value is never copied."""
        named = bool(_SECRET.search(self.name.upper())) and not _NOT_SECRET.search(self.name.upper())
        return named or bool(self.value and (_USER_INFO.search(self.value) or _KNOWN_TOKEN.search(self.value)))


@dataclass(frozen=True, slots=True)
class Health:
    """A health check. Times are seconds."""

    command: tuple[str, ...]
    """As the blueprint has it, ``CMD-SHELL`` or ``CMD`` first; empty: none."""
    path: str
    """The path that it asks by HTTP; empty where that is not to be seen."""
    interval: int | None
    timeout: int | None
    retries: int | None
    start: int | None


def plain_text(node: Node | None) -> str:
    """A scalar as it is written; empty for everything else."""
    if node is None or node.value is None or isinstance(node.value, dict | list):
        return ""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def interpolate(text: str, *, unknown_as: str | None = None) -> str | None:
    """The text with defaults in the places of variables, ``$$`` a dollar. Where a variable has no default: None, or the
    text with ``unknown_as`` in its place."""
    unknown = False

    def value(found: re.Match[str]) -> str:
        nonlocal unknown
        if found["escaped"]:
            return "$"
        if found["sign"] in (":-", "-"):
            return str(found["other"])
        if found["sign"] in (":+", "+"):  # which gives nothing where the variable is not set
            return ""
        unknown = True
        return unknown_as or ""

    filled = _VARIABLE.sub(value, text)
    return None if unknown and unknown_as is None else filled


def read_variables(node: Node | None) -> tuple[Variable, ...]:
    """``environment:``, a mapping or a list of ``NAME=value``."""
    if node is None:
        return ()
    if isinstance(node.value, list):
        pairs = [(plain_text(entry).partition("="), entry.place) for entry in node.value]
        return tuple(
            Variable(name, interpolate(value) if sign else None, place) for (name, sign, value), place in pairs if name
        )
    return tuple(
        Variable(name, None if entry.value is None else interpolate(plain_text(entry)), entry.key)
        for name, entry in node.fields.items()
    )


def read_ports(ports: Node | None, expose: Node | None) -> tuple[tuple[Port, ...], list[tuple[Position | None, str]]]:
    """``ports:`` and ``expose:`` in their order, and what is not taken over."""
    found: list[Port] = []
    remarks: list[tuple[Position | None, str]] = []
    for node, published in ((ports, True), (expose, False)):
        for entry in node.value if node and isinstance(node.value, list) else ():
            text = _short_form(entry)
            match = re.fullmatch(r"(?:(?P<host>.*):)?(?P<number>\d{1,5})(?:/(?P<protocol>tcp|udp))?", text)
            if match is None or match["protocol"] == "udp" or not 0 < int(match["number"]) < 65536:
                remarks.append((entry.place, f"{text or 'this'} is no single TCP port, which alone is taken over"))
                continue
            here = re.match(r"(127\.|localhost|\[::1\])", match["host"] or "") is not None
            port = Port(int(match["number"]), published and not here, entry.place)
            if port.number not in [other.number for other in found]:
                found.append(port)
    return tuple(found), remarks


def _short_form(entry: Node) -> str:
    """A port's long form as ``host:target/protocol``."""
    if not entry.fields:
        return interpolate(plain_text(entry)) or ""
    host = plain_text(entry.step("host_ip"))
    target, protocol = plain_text(entry.step("target")), plain_text(entry.step("protocol")) or "tcp"
    return f"{host}:{target}/{protocol}" if host else f"{target}/{protocol}"


def words(node: Node | None) -> Iterator[str]:
    """A command as its words."""
    if node is None:
        return
    if isinstance(node.value, list):
        yield from (interpolate(plain_text(entry)) or "" for entry in node.value)
    elif text := interpolate(plain_text(node)):
        try:
            yield from shlex.split(text)
        except ValueError:  # a quote that never closes: the shell of the image may know better
            yield from ("sh", "-c", text)


def read_health(node: Node | None) -> Health | None:
    """``healthcheck:``; None where there is none."""
    if node is None or not node.fields:
        return None
    test = node.step("test")
    command: tuple[str, ...] = ()
    if test is not None and isinstance(test.value, list):
        command = tuple(words(test))
    elif plain_text(test):
        command = ("CMD-SHELL", interpolate(plain_text(test)) or "")
    if command[:1] == ("NONE",) or plain_text(node.step("disable")) == "true":
        command = ()
    asked = re.search(r"https?://[^\s/'\"]+(/[^\s'\"?|&;)]*)", " ".join(command))
    retries = plain_text(node.step("retries"))
    return Health(
        command=command,
        path=asked[1] if asked else "",
        interval=_seconds(node.step("interval")),
        timeout=_seconds(node.step("timeout")),
        retries=int(retries) if re.fullmatch(r"\d{1,3}", retries) else None,
        start=_seconds(node.step("start_period")),
    )


def _seconds(node: Node | None) -> int | None:
    """A duration like ``1m30s`` in whole seconds, rounded up."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)", plain_text(node))
    if not parts:
        return None
    units = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
    return math.ceil(sum(float(number) * units[unit] for number, unit in parts))


def read_megabytes(node: Node | None) -> int | None:
    """A size like ``512M`` or ``1gb`` in MiB, rounded up; None where there is none or it cannot be read."""
    text = interpolate(plain_text(node)) if node is not None else None
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,3})?)\s*([bkmg]?)b?", (text or "").lower())
    if match is None:
        return None
    return math.ceil(float(match[1]) * {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}[match[2]] / 1024**2)
