"""Carries out an automation document as Systems Manager does, against any AWS: step by step, with nothing left out.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore import xform_name
from botocore.exceptions import ClientError

from groundplan.targets.local.types.paths import search

Client = Callable[[str], Any]
_VARIABLE = re.compile(r"\{\{\s*([\w.:]+)\s*\}\}")


class Execution:
    """One run of a document."""

    def __init__(self, document: Mapping[str, Any], client: Client) -> None:
        assert document["schemaVersion"] == "0.3"
        self.steps: list[dict[str, Any]] = list(document["mainSteps"])
        self.client = client
        parameters = document.get("parameters", {})
        self.values: dict[str, Any] = {name: given.get("default") for name, given in parameters.items()}
        assert self._filled(document["assumeRole"]).startswith("arn:aws:iam::")
        self.done: list[str] = []
        """Names of the steps that were carried out, in order."""
        self.failed: list[str] = []
        """Those of them that failed and need not succeed."""

    def run(self) -> None:
        """All steps. Raises what the first of them raises that has to succeed."""
        names = [step["name"] for step in self.steps]
        at = 0
        while at < len(self.steps):
            step = self.steps[at]
            self.done.append(step["name"])
            try:
                following = self._carry_out(step)
            except (ClientError, RuntimeError):
                if step.get("onFailure") != "Continue":
                    raise
                assert step["isCritical"] is False
                self.failed.append(step["name"])
                following = None
            if step.get("isEnd"):
                return
            at = names.index(following) if following else at + 1
        raise AssertionError("the last step does not say isEnd")

    def _carry_out(self, step: Mapping[str, Any]) -> str | None:
        inputs = self._filled(step["inputs"])
        match step["action"]:
            case "aws:executeAwsApi":
                self._call(inputs)
            case "aws:waitForAwsResourceProperty":
                selector = inputs.pop("PropertySelector").removeprefix("$.")
                wanted = inputs.pop("DesiredValues")
                assert search(selector, self._call(inputs)) in wanted
            case "aws:executeScript":
                payload = self._script(inputs)
                for output in step.get("outputs", ()):
                    found = search(output["Selector"].removeprefix("$.Payload."), payload)
                    self.values[f"{step['name']}.{output['Name']}"] = found
            case "aws:branch":
                for choice in inputs["Choices"]:
                    if choice["Variable"] is choice["BooleanEquals"]:
                        return str(choice["NextStep"])
                return str(inputs["Default"])
            case unknown:
                raise AssertionError(f"no such action: {unknown}")
        return None

    def _call(self, inputs: Mapping[str, Any]) -> Any:
        arguments = {name: value for name, value in inputs.items() if name not in ("Service", "Api")}
        return getattr(self.client(inputs["Service"]), xform_name(inputs["Api"]))(**arguments)

    def _script(self, inputs: Mapping[str, Any]) -> Any:
        """The script sees a boto3 whose clients are ours, and time passes at once."""
        assert inputs["Runtime"] == "python3.11"
        ours = SimpleNamespace(client=self.client)
        space: dict[str, Any] = {}
        with patch.dict(sys.modules, {"boto3": ours}), patch("time.sleep"):
            exec(inputs["Script"], space)
            return space[inputs["Handler"]](inputs["InputPayload"], {})

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, str):
            return value
        whole = _VARIABLE.fullmatch(value)
        if whole:
            return self.values[whole[1]]
        return _VARIABLE.sub(lambda match: str(self.values[match[1]]), value)
