"""``reach``: who reaches whom in the network, and why or why not."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings
from groundplan.cli.output import write, write_json, write_table
from groundplan.errors import ExitCode, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundplan.blueprint.loading import Source
    from groundplan.resources.architecture import Architecture


class ProtocolOption(StrEnum):
    """A protocol."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


class Verdict(StrEnum):
    """An answer."""

    YES = "yes"
    NO = "no"


ENDS = (
    "A service, job, database, cache, queue, bucket; load_balancer, kubernetes, internet; a range like 10.0.0.0/16; "
    "another environment, or ENVIRONMENT/NAME; aws:SERVICE."
)
From = Annotated[str | None, typer.Option("--from", help=ENDS, show_default=False)]
To = Annotated[str | None, typer.Option("--to", help="What is to be reached; the same names.", show_default=False)]
Port = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help="The port. Default: which ports are open.", show_default=False),
]
Protocol = Annotated[
    ProtocolOption | None, typer.Option("--protocol", help="Default: tcp with a port, all without.", show_default=False)
]
Expect = Annotated[
    Verdict | None,
    typer.Option("--expect", help="The answer that is right: exit code 1 where it is the other.", show_default=False),
]
All = Annotated[bool, typer.Option("--all", help="Every pair of which one reaches the other.")]
Needs = Annotated[bool, typer.Option("--needs", help="What everything has to reach, and by which way it does.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reach)


def reach(
    source: From = None,
    target: To = None,
    port: Port = None,
    protocol: Protocol = None,
    expect: Expect = None,
    every_pair: All = False,
    needs: Needs = False,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Does this reach that? The path hop by hop, or everything that blocks it. Exit code 0 whatever the answer is."""
    whole = every_pair or needs
    if whole and (source or target or port is not None or protocol or expect or (every_pair and needs)):
        raise InputError(f"{'--all' if every_pair else '--needs'} stands alone, without other questions")
    if not whole and not (source and target):
        raise InputError("reach needs --from and --to, or --all, or --needs")
    if port is not None and protocol is ProtocolOption.ICMP:
        raise InputError("icmp has no ports; leave --port out")
    from groundplan.api.files import read_source
    from groundplan.design import design

    read = read_source(file).with_settings(settings or [])
    loaded = read.environment(environment)
    architecture = design(loaded)
    if every_pair:
        _write_pairs(loaded.name, architecture, format)
        return ExitCode.FINE
    if needs:
        return _write_needs(loaded.name, architecture, format)
    from groundplan.reachability import Question, ask
    from groundplan.reachability.report import lines, to_json

    question = Question(source or "", target or "", protocol.value if protocol else None, port)
    answer = ask(architecture, question, _others(read, loaded.name))
    if format is OutputFormat.JSON:
        write_json({"environment": loaded.name, **to_json(answer)})
    else:
        for line in lines(answer):
            write(line)
    wrong = expect is not None and answer.reachable != (expect is Verdict.YES)
    return ExitCode.FINDINGS if wrong else ExitCode.FINE


def _others(read: Source, name: str) -> dict[str, Callable[[], Architecture]]:
    """The other environments of the file, each designed only where it is asked for."""
    return {other: partial(_designed, read, other) for other in read.environments if other != name}


def _designed(read: Source, name: str) -> Architecture:
    from groundplan.design import design

    return design(read.environment(name))


def _write_pairs(name: str, architecture: Architecture, format: OutputFormat) -> None:
    from groundplan.reachability.matrix import all_pairs
    from groundplan.reachability.report import pair_rows, pairs_to_json

    pairs = all_pairs(architecture)
    if format is OutputFormat.JSON:
        write_json({"environment": name, "pairs": pairs_to_json(pairs)})
        return
    write_table(("from", "to", "ports", "by"), pair_rows(pairs))
    write(f"{name}: {len(pairs)} pairs; whatever is not listed reaches nothing of the others")


def _write_needs(name: str, architecture: Architecture, format: OutputFormat) -> int:
    from groundplan.reachability.needs import requirements
    from groundplan.reachability.report import requirement_rows, requirements_to_json

    found = requirements(architecture)
    failing = sum(item.failing is not None for item in found)
    if format is OutputFormat.JSON:
        write_json({"environment": name, "needs": requirements_to_json(found)})
    else:
        write_table(("from", "to", "port", "why", "by, or why not"), requirement_rows(found))
        write(f"{name}: {len(found)} things have to be reached, {failing} are not")
    return ExitCode.FINDINGS if failing else ExitCode.FINE
