"""``docs/local-aws.md``: what the local AWS does really, what it simulates, and what it lacks.

Written from the data that the local AWS itself runs on: rows, fakes, corrections, refusals.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache

from groundplan.targets.local import corrections
from groundplan.targets.local.emulator import ACCOUNT
from groundplan.targets.local.fakes.service import SERVICES, Fakes
from groundplan.targets.local.types.beyond_schemas import EVERY, beyond_schema
from groundplan.targets.local.types.handler import Handler, Surroundings
from groundplan.targets.local.types.refusals.wish import all_refusals
from groundplan.targets.local.types.registry import handler_of
from groundplan.targets.local.types.rows import Row, all_rows
from groundplan.targets.local.types.schemas import schema_of

_INTRODUCTION = """\
# The local AWS

CloudFormation on one machine, with no AWS account: change sets, events, rollback and updates are an engine of
Groundplan's own; the APIs behind it are those of [moto](https://docs.getmoto.org/). Written from the code by
`groundplan.targets.local.reference`; `pytest tests/targets/local/test_reference.py --update-golden` writes it anew.

- **Real**: templates, change sets, order, events, rollback, drift, and every API call that creates, changes, reads and
  deletes a resource. What was asked is read back and compared; a difference fails the resource. Structure and values
  are checked against the schemas that AWS publishes.
- **Simulated**: what resources do. Nothing runs: no container, no database engine, no load balancer, no network. Things
  are ready at once. IAM policies are kept and not enforced. All is in account {account}.
- **Missing**: what stands under "cannot be set" below. A template that asks for it is refused, and never deployed with
  less than it says.

## Other tools

`eval "$(groundplan local env)"` sets what every AWS SDK and tool reads (`AWS_ENDPOINT_URL` and credentials).

- **AWS CLI**: `aws cloudformation deploy`, `wait`, `describe-*`, `aws s3 cp`, `aws ecs wait services-stable`, and the
  rest. Version 1 sends `sqs`, `emr` and `health`, and in us-east-1 `rds`, to names of their own whatever the variable
  says: there, write `aws --endpoint-url "$AWS_ENDPOINT_URL" sqs …`.
- **CDK**: `cdk bootstrap aws://{account}/REGION`, `cdk deploy`, `cdk diff` and `cdk destroy` work as they are.
- **boto3** and every other SDK that knows `AWS_ENDPOINT_URL`.

Nested stacks have change sets of their own (`--include-nested-stacks`), and drift of their own, as at AWS. The
endpoint is plain HTTP on 127.0.0.1; nothing else can reach it.

What is deployed is kept over a stop or a crash. `groundplan local start --ephemeral` begins empty and forgets
everything at its end, which suits tests; what an earlier one has kept waits for the next start without it.
"""
_TYPES = """\
## Resource types

The {count} types that can be deployed. *In place*: changed without a replacement (what AWS's schema calls create-only
is always replaced). *Not read back*: taken, but the API does not show it as written, so that it is not compared.
*Cannot be set*: refused, because the API behind lacks it.

| type | in place | read back | not read back | cannot be set |
| --- | --- | --- | --- | --- |
"""
_REMOVALS = """\
## Properties that a template no longer has

They return to AWS's default, or the update is refused. These are as AWS's schemas do not say.

| type | returns to its default | stays as it is | replaces the resource |
| --- | --- | --- | --- |
"""
_FAKES = """\
## Operations of Groundplan's own

moto lacks them. They keep what they are given, check that what they belong to exists, and are part of the snapshot.

| service | operations |
| --- | --- |
"""
_CORRECTIONS = """\
## Corrections of moto

Where moto is wrong about AWS, put right for every client.

| service | what |
| --- | --- |
"""
_REFUSALS = """\
## What AWS refuses and emulators take

Checked before anything is created or changed, and answered in AWS's words; beside all that AWS's schemas forbid.

| what | types |
| --- | --- |
"""


def markdown() -> str:
    """The whole document. Deterministic: it changes only with the data and code that it describes."""
    rows = all_rows()
    lines = [
        _INTRODUCTION.format(account=ACCOUNT),
        _TYPES.format(count=len(rows)) + "\n".join(_type(rows[name]) for name in sorted(rows)) + "\n",
        _REMOVALS + "\n".join(filter(None, (_removal(name) for name in sorted(rows)))) + "\n",
        _FAKES + "\n".join(_fakes()) + "\n",
        _CORRECTIONS + "\n".join(_corrections()) + "\n",
        _REFUSALS + "\n".join(_refusals()) + "\n",
    ]
    return "\n".join(lines)


def _type(row: Row) -> str:
    handler = handler_of(row.type, _surroundings())
    schema = schema_of(row.type)
    writable = sorted(schema.properties - schema.read_only) if schema else []
    missing = [name for name in writable if not handler.supports(name)]
    cells = [
        f"`{row.type}`",
        "yes" if _changes_in_place(row, handler) else "replaced",
        "yes" if row.read or "created" in vars(type(handler)) else "no call shows it",
        "; ".join(f"{name}: {reason}" for name, reason in sorted({**row.not_echoed, **row.accepted}.items())),
        ", ".join(missing),
    ]
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _removal(type_name: str) -> str:
    beyond = beyond_schema(type_name)
    if not (beyond.defaults or beyond.kept or beyond.replaces):
        return ""
    kept = "; ".join(f"{name if name != EVERY else 'all'}: {reason}" for name, reason in sorted(beyond.kept.items()))
    cells = [f"`{type_name}`", ", ".join(sorted(beyond.defaults)), kept, ", ".join(sorted(beyond.replaces))]
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _changes_in_place(row: Row, handler: Handler) -> bool:
    changes = ("update", "updated", "update_arguments")
    own = any(getattr(type(handler), name) is not getattr(Handler, name) for name in changes)
    return bool(row.update or row.parts or own)


@cache
def _surroundings() -> Surroundings:
    """Clients that are asked for their models only, never for an answer."""
    from groundplan.targets.local.emulator import Clients

    def nothing_answers(*_: object) -> None:
        raise AssertionError("the reference asks no API")

    return Surroundings(Clients(nothing_answers), ACCOUNT, "us-east-1")


def _fakes() -> Iterator[str]:
    Fakes(ACCOUNT)  # registers every family
    for name in sorted(SERVICES):
        yield f"| {SERVICES[name].boto_name} | {', '.join(sorted(SERVICES[name].operations))} |"


def _corrections() -> Iterator[str]:
    for service, functions in sorted(corrections.by_service().items()):
        for function in functions:
            yield f"| {service} | {_cell(_first_sentences(function))} |"


def _refusals() -> Iterator[str]:
    types_of: dict[str, list[str]] = {}
    for type_name, functions in all_refusals().items():
        for function in functions:
            types_of.setdefault(function.__name__, []).append(type_name.removeprefix("AWS::"))
    for name, types in sorted(types_of.items()):
        yield f"| {name.replace('_', ' ')} | {', '.join(sorted(types))} |"


def _first_sentences(function: object) -> str:
    text = inspect.getdoc(function) or ""
    return re.sub(r"\s+", " ", text.split("\n\nSource:")[0]).strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
