"""One in-process engine for all tests of the local AWS; each test has a stack name of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from groundplan.targets.local.application import LocalAws
from groundplan.targets.local.cloudformation.engine import Engine
from groundplan.targets.local.cloudformation.stacks import Stack
from groundplan.targets.local.emulator import InProcessTransport

CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
_numbers = itertools.count(1)


class Aws:
    """boto3 clients of one local AWS, and shortcuts for stacks."""

    def __init__(self, region: str = "us-east-1") -> None:
        self.local = LocalAws()
        self.region = region
        self._cloudformation: dict[str, Any] = {}

    @property
    def engine(self) -> Engine:
        return self.local.engine

    def client(self, service: str, region: str = "") -> Any:
        """A client whose requests take the same way as those over a socket."""
        region = region or self.region
        if service != "cloudformation":
            return self.local.clients(service, region)
        if region not in self._cloudformation:
            import boto3
            from botocore.config import Config

            made: Any = boto3.client(
                "cloudformation", region_name=region, endpoint_url="http://127.0.0.1",
                aws_access_key_id="local", aws_secret_access_key="local",
                config=Config(retries={"max_attempts": 0}),
            )  # fmt: skip
            made.meta.events.register("before-send", InProcessTransport(self.local))
            self._cloudformation[region] = made
        return self._cloudformation[region]

    def name(self) -> str:
        return f"stack-{next(_numbers)}"

    def deploy(
        self, template: Mapping[str, Any] | str, name: str = "", *, kind: str = "CREATE", region: str = "",
        parameters: Mapping[str, str] | None = None, tags: Mapping[str, str] | None = None,
        on_failure: str = "ROLLBACK",
    ) -> Stack:  # fmt: skip
        """Plans and executes, in this thread's time; the stack afterwards, whatever became of it."""
        body = template if isinstance(template, str) else json.dumps(template)
        change_set = self.engine.create_change_set(
            region or self.region, name or self.name(), f"change-{next(_numbers)}", body, parameters or {}, kind, tags,
            CAPABILITIES,
        )  # fmt: skip
        assert change_set.status == "CREATE_COMPLETE", change_set.reason
        self.engine.execute(change_set, wait=True, on_failure=on_failure)
        return self.engine.stacks[change_set.stack]

    def update(self, stack: Stack, template: Mapping[str, Any] | str, **options: Any) -> Stack:
        return self.deploy(template, stack.name, kind="UPDATE", region=stack.region, **options)

    def delete(self, stack: Stack) -> Stack:
        self.engine.delete(stack, wait=True)
        return stack


def failures(stack: Stack, begin: int = 0) -> list[str]:
    """What the events say of failures, from one of them on."""
    return [f"{event.logical_id}: {event.reason}" for event in stack.events[begin:] if "FAILED" in event.status]


def physical(stack: Stack, logical_id: str) -> str:
    return stack.resources[logical_id].state.id


@pytest.fixture(scope="session")
def aws() -> Aws:
    return Aws()


@pytest.fixture
def wrong() -> Callable[[Stack], str]:
    """The reason of the first failed resource."""
    return lambda stack: next(event.reason for event in stack.events if event.status.endswith("_FAILED"))
