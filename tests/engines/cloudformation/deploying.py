"""Deploys a rendering through the CloudFormation API, the way its parameters and its order say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundplan.engines.cloudformation import Rendering, Stack
from groundplan.resources.values import InputValue
from groundplan.targets import local

Client = Callable[..., Any]
"""Makes a boto3 client: ``client("ecs", "ap-south-1")``."""

SECONDS = 60


@contextmanager
def local_aws(folder: Path, home: str) -> Iterator[Client]:
    """An empty local AWS that forgets, and its clients: those of ``home`` where no region is named."""
    import boto3

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_STATE_DIR", str(folder))
        running = local.start(ephemeral=True)

        @cache
        def client(service: str, region: str = home) -> Any:
            return boto3.client(
                service,  # type: ignore[call-overload]  # boto3's stubs know only literal names
                region_name=region,
                endpoint_url=running.endpoint,
                aws_access_key_id="local",
                aws_secret_access_key="local",
            )

        try:
            yield client
        finally:
            local.stop()


class Deployment:
    """The stacks of a rendering and what they said of themselves."""

    def __init__(self, rendering: Rendering, client: Client, inputs: Mapping[str, str]) -> None:
        self._rendering = rendering
        self._client = client
        self._inputs = inputs
        self.outputs: dict[str, dict[str, str]] = {}
        """Stack to its outputs."""

    def create(self) -> None:
        """Create every stack. Raises AssertionError with the reasons where one fails."""
        for stack in self._rendering.stacks:
            cloudformation = self._client("cloudformation", stack.region)
            cloudformation.create_stack(
                StackName=stack.name,
                TemplateBody=stack.body,
                Parameters=self._parameters(stack),
                Capabilities=list(stack.capabilities),
                OnFailure="DO_NOTHING",
            )
            found = self._wait(cloudformation, stack)
            self.outputs[stack.name] = {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", ())}

    def changes(self, stack: Stack, extra: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        """What deploying the stack again with further parameter values would change."""
        cloudformation = self._client("cloudformation", stack.region)
        name = f"changes-{time.time_ns()}"
        cloudformation.create_change_set(
            StackName=stack.name,
            ChangeSetName=name,
            TemplateBody=stack.body,
            Parameters=[*self._parameters(stack), *_parameter_list(extra)],
            Capabilities=list(stack.capabilities),
        )
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = cloudformation.describe_change_set(StackName=stack.name, ChangeSetName=name)
            if found["Status"] in ("CREATE_COMPLETE", "FAILED"):
                return list(found["Changes"])
            time.sleep(0.05)
        raise AssertionError(f"no change set for {stack.name} within {SECONDS} seconds")

    def update(self, stack: Stack, extra: Mapping[str, str]) -> None:
        """Deploy one stack again with further parameter values."""
        cloudformation = self._client("cloudformation", stack.region)
        cloudformation.update_stack(
            StackName=stack.name,
            TemplateBody=stack.body,
            Parameters=[*self._parameters(stack), *_parameter_list(extra)],
            Capabilities=list(stack.capabilities),
        )
        self._wait(cloudformation, stack)

    def _parameters(self, stack: Stack) -> list[dict[str, str]]:
        values = {
            name: self._inputs[source.name]
            if isinstance(source, InputValue)
            else self.outputs[source.stack][source.output]
            for name, source in stack.parameters.items()
        }
        return _parameter_list(values)

    def _wait(self, cloudformation: Any, stack: Stack) -> Any:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]
            if not found["StackStatus"].endswith("IN_PROGRESS"):
                break
            time.sleep(0.05)
        if found["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            events = cloudformation.describe_stack_events(StackName=stack.name)["StackEvents"]
            reasons = [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
                for event in events
                if "FAILED" in event["ResourceStatus"]
            ]
            raise AssertionError(f"{stack.name} is {found['StackStatus']}: {'; '.join(reasons)}")
        return found


def _parameter_list(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
