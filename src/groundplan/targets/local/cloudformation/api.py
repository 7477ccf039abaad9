"""The actions of the CloudFormation API, one method each, named as boto3 names them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from groundplan.errors import GroundplanError
from groundplan.targets.local.cloudformation import parameters as template_parameters
from groundplan.targets.local.cloudformation import query
from groundplan.targets.local.cloudformation.answers import (
    given_parameters,
    given_tags,
    page,
    resource_answer,
    stack_answer,
    tag_list,
    without_values,
)
from groundplan.targets.local.cloudformation.drift import detect_drift, resource_drift
from groundplan.targets.local.cloudformation.engine import NO_CHANGES, Engine
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.policy import read_stack_policy
from groundplan.targets.local.cloudformation.sources import read_object
from groundplan.targets.local.cloudformation.stacks import ChangeSet, Stack, now
from groundplan.targets.local.cloudformation.templates import read_template
from groundplan.targets.local.cloudformation.validation import check_template, required_capabilities

HIDDEN = ("direct", "nested")
"""Change sets of CreateStack, UpdateStack and of nested stacks, which AWS does not list."""


class CloudFormationApi:
    """Answers requests of the query protocol."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.detections: dict[str, dict[str, Any]] = {}

    def handle(self, region: str, body: str, patience: float = 0) -> tuple[int, str]:
        """The HTTP status and the XML that answer a request. Never raises.

        An operation that the request starts may end within ``patience`` seconds before the answer is given.
        """
        request_id = str(uuid.uuid4())
        try:
            operation, arguments = query.read_request(body)
            action: Callable[..., Mapping[str, Any] | None] | None = getattr(self, xform_name(operation.name), None)
            if action is None:
                raise StackError(f"The local AWS does not know the action {operation.name}", "NotImplemented")
            answer = action(region, **{xform_name(name): value for name, value in arguments.items()}) or {}
            if patience:
                self.engine.wait(patience)
            return 200, query.response(operation, answer, request_id)
        except StackError as error:
            return 400, query.error_response(error.code, str(error), request_id)
        except ClientError as error:
            return 400, query.error_response(error.response["Error"]["Code"], str(error), request_id)
        except GroundplanError as error:
            return 503, query.error_response("ServiceUnavailable", str(error), request_id, fault=True)
        except Exception as error:
            logging.getLogger("groundplan.local").exception("unexpected")
            message = f"the local AWS failed: {type(error).__name__}; its log has the details"
            return 500, query.error_response("InternalFailure", message, request_id, fault=True)

    # change sets

    def create_change_set(
        self, region: str, stack_name: str, change_set_name: str, parameters: Sequence[Mapping[str, Any]] = (),
        change_set_type: str = "UPDATE", tags: Sequence[Mapping[str, str]] | None = None,
        capabilities: Sequence[str] = (),
        description: str = "", on_stack_failure: str = "", include_nested_stacks: bool = False,
        deployment_mode: str = "", **template: Any,
    ) -> Mapping[str, Any]:  # fmt: skip
        if change_set_type == "IMPORT" or template.get("resources_to_import"):
            raise StackError("The local AWS cannot import existing resources into a stack; create them by the template")
        if change_set_type not in ("CREATE", "UPDATE"):
            raise StackError(f"The local AWS does not know change sets of type {change_set_type}")
        if deployment_mode not in ("", "REVERT_DRIFT"):
            raise StackError(f"The local AWS does not know the deployment mode {deployment_mode}")
        change_set = self.engine.create_change_set(
            region, stack_name, change_set_name, self._body(region, template), given_parameters(parameters),
            change_set_type, given_tags(tags), capabilities, description, on_stack_failure,
            include_nested=include_nested_stacks, reverts_drift=deployment_mode == "REVERT_DRIFT",
        )  # fmt: skip
        return {"Id": change_set.id, "StackId": change_set.stack}

    def describe_change_set(
        self, region: str, change_set_name: str, stack_name: str = "", include_property_values: bool = False,
        next_token: str = "",
    ) -> Mapping[str, Any]:  # fmt: skip
        change_set = self.engine.find_change_set(region, change_set_name, stack_name)
        stack = self.engine.stacks[change_set.stack]
        changes, token = page(change_set.changes, next_token)
        return {
            **self._change_set_summary(change_set, stack),
            "Parameters": template_parameters.shown(change_set.template.parameters, change_set.raw_parameters),
            "Tags": tag_list(change_set.tags),
            "Capabilities": change_set.capabilities,
            "OnStackFailure": change_set.on_failure or None,
            "DeploymentMode": "REVERT_DRIFT" if change_set.reverts_drift else None,
            "Changes": [
                {"Type": "Resource", "ResourceChange": change if include_property_values else without_values(change)}
                for change in changes
            ],
            "NextToken": token,
        }

    def list_change_sets(self, region: str, stack_name: str, **_: Any) -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        found = [
            item for item in [*self.engine.change_sets.values()] if item.stack == stack.id and item.name not in HIDDEN
        ]
        return {"Summaries": [self._change_set_summary(item, stack) for item in found]}

    def _change_set_summary(self, change_set: ChangeSet, stack: Stack) -> dict[str, Any]:
        return {
            "ChangeSetName": change_set.name, "ChangeSetId": change_set.id,
            "StackId": stack.id, "StackName": stack.name,
            "Status": change_set.status, "StatusReason": change_set.reason or None,
            "ExecutionStatus": change_set.execution, "CreationTime": change_set.created,
            "Description": change_set.description or None, "IncludeNestedStacks": change_set.include_nested,
            "ParentChangeSetId": change_set.parent or None,
            "RootChangeSetId": self.engine.root_of(change_set) if change_set.parent else None,
        }  # fmt: skip

    def execute_change_set(
        self, region: str, change_set_name: str, stack_name: str = "", disable_rollback: bool = False, **_: Any
    ) -> None:
        change_set = self.engine.find_change_set(region, change_set_name, stack_name)
        self.engine.execute(change_set, on_failure="DO_NOTHING" if disable_rollback else "ROLLBACK")

    def delete_change_set(self, region: str, change_set_name: str, stack_name: str = "") -> None:
        self.engine.delete_change_set(self.engine.find_change_set(region, change_set_name, stack_name))

    # stacks

    def create_stack(
        self, region: str, stack_name: str, parameters: Sequence[Mapping[str, Any]] = (),
        tags: Sequence[Mapping[str, str]] | None = None, capabilities: Sequence[str] = (), on_failure: str = "ROLLBACK",
        disable_rollback: bool = False, enable_termination_protection: bool = False, stack_policy_body: str = "",
        **template: Any,
    ) -> Mapping[str, Any]:  # fmt: skip
        policy = read_stack_policy(stack_policy_body) if stack_policy_body else ""
        self._refuse_existing(stack_name, region)
        change_set = self.engine.create_change_set(
            region, stack_name, "direct", self._body(region, template) or "", given_parameters(parameters), "CREATE",
            given_tags(tags), capabilities, direct=True,
        )  # fmt: skip
        stack = self.engine.stacks[change_set.stack]
        stack.protected, stack.policy, stack.disable_rollback = enable_termination_protection, policy, disable_rollback
        self.engine.execute(change_set, on_failure="DO_NOTHING" if disable_rollback else on_failure)
        return {"StackId": stack.id}

    def _refuse_existing(self, name: str, region: str) -> None:
        try:
            self.engine.find(name, region)
        except StackError:
            return
        raise StackError(f"Stack [{name}] already exists", "AlreadyExistsException")

    def update_stack(
        self, region: str, stack_name: str, parameters: Sequence[Mapping[str, Any]] = (),
        tags: Sequence[Mapping[str, str]] | None = None, capabilities: Sequence[str] = (),
        disable_rollback: bool = False, **template: Any,
    ) -> Mapping[str, Any]:  # fmt: skip
        for change_set in [item for item in [*self.engine.change_sets.values()] if item.name == "direct"]:
            if change_set.stack == self.engine.find(stack_name, region).id:
                self.engine.change_sets.pop(change_set.id)
        change_set = self.engine.create_change_set(
            region, stack_name, "direct", self._body(region, template), given_parameters(parameters), "UPDATE",
            given_tags(tags), capabilities, direct=True,
        )  # fmt: skip
        if change_set.status == "FAILED":
            self.engine.change_sets.pop(change_set.id)
            raise StackError(
                "No updates are to be performed." if change_set.reason == NO_CHANGES else change_set.reason
            )
        self.engine.execute(change_set, on_failure="DO_NOTHING" if disable_rollback else "ROLLBACK")
        return {"StackId": change_set.stack}

    def delete_stack(self, region: str, stack_name: str, retain_resources: Sequence[str] = (), **_: Any) -> None:
        try:
            stack = self.engine.find(stack_name, region)
        except StackError:
            return  # as AWS: deleting what is not there is fine
        self.engine.delete(stack, retain_resources)

    def continue_update_rollback(self, region: str, stack_name: str, **_: Any) -> None:
        self.engine.continue_rollback(self.engine.find(stack_name, region))

    def rollback_stack(self, region: str, stack_name: str, **_: Any) -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        self.engine.roll_back(stack)
        return {"StackId": stack.id}

    def describe_stacks(self, region: str, stack_name: str = "", next_token: str = "") -> Mapping[str, Any]:
        if stack_name:
            return {"Stacks": [stack_answer(self.engine.find(stack_name, region))]}
        found, token = page([item for item in self._stacks(region) if item.exists], next_token)
        return {"Stacks": [stack_answer(item) for item in found], "NextToken": token}

    def list_stacks(
        self, region: str, stack_status_filter: Sequence[str] = (), next_token: str = ""
    ) -> Mapping[str, Any]:  # fmt: skip
        wanted = [
            item for item in self._stacks(region) if not stack_status_filter or item.status in stack_status_filter
        ]
        found, token = page(wanted, next_token)
        return {
            "StackSummaries": [{**stack_answer(item), "DeletionTime": item.deleted} for item in found],
            "NextToken": token,
        }

    def _stacks(self, region: str) -> list[Stack]:
        return [stack for stack in list(self.engine.stacks.values()) if stack.region == region]

    def update_termination_protection(
        self, region: str, stack_name: str, enable_termination_protection: bool
    ) -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        stack.protected = enable_termination_protection
        self.engine.saved()
        return {"StackId": stack.id}

    def set_stack_policy(
        self, region: str, stack_name: str, stack_policy_body: str = "", stack_policy_url: str = ""
    ) -> None:
        text = stack_policy_body or read_object(self.engine.clients, region, stack_policy_url)
        self.engine.find(stack_name, region).policy = read_stack_policy(text)
        self.engine.saved()

    def get_stack_policy(self, region: str, stack_name: str) -> Mapping[str, Any]:
        return {"StackPolicyBody": self.engine.find(stack_name, region).policy or None}

    # events and resources

    def describe_stack_events(self, region: str, stack_name: str = "", next_token: str = "") -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        events = list(reversed(stack.events))
        found, token = page(events, next_token)
        return {
            "StackEvents": [
                {"StackId": stack.id, "EventId": event.id, "StackName": stack.name,
                 "LogicalResourceId": event.logical_id, "PhysicalResourceId": event.physical_id,
                 "ResourceType": event.type, "Timestamp": event.time, "ResourceStatus": event.status,
                 "ResourceStatusReason": event.reason or None}
                for event in found
            ],
            "NextToken": token,
        }  # fmt: skip

    def describe_stack_resources(
        self, region: str, stack_name: str = "", logical_resource_id: str = "", physical_resource_id: str = ""
    ) -> Mapping[str, Any]:
        stack = self._stack_of(region, stack_name, physical_resource_id)
        return {
            "StackResources": [
                resource_answer(stack, record)
                for record in list(stack.resources.values())
                if logical_resource_id in ("", record.logical_id) and physical_resource_id in ("", record.state.id)
            ]
        }

    def _stack_of(self, region: str, name: str, physical_id: str) -> Stack:
        if name or not physical_id:
            return self.engine.find(name, region)
        for stack in self._stacks(region):
            if any(record.state.id == physical_id for record in [*stack.resources.values()]):
                return stack
        raise StackError(f"Stack for {physical_id} does not exist")

    def list_stack_resources(self, region: str, stack_name: str, next_token: str = "") -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        found, token = page(list(stack.resources.values()), next_token)
        return {"StackResourceSummaries": [resource_answer(stack, record) for record in found], "NextToken": token}

    def describe_stack_resource(self, region: str, stack_name: str, logical_resource_id: str) -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        record = stack.resources.get(logical_resource_id)
        if record is None:
            raise StackError(f"Resource {logical_resource_id} does not exist for stack {stack.name}")
        return {"StackResourceDetail": resource_answer(stack, record)}

    # templates

    def get_template(self, region: str, stack_name: str = "", change_set_name: str = "", **_: Any) -> Mapping[str, Any]:
        if change_set_name:
            template = self.engine.find_change_set(region, change_set_name, stack_name).template
        else:
            found = self.engine.find(stack_name, region).template
            if found is None:  # a stack in review has none, and clients (the CDK) ask nevertheless
                return {"TemplateBody": "", "StagesAvailable": []}
            template = found
        return {"TemplateBody": template.body, "StagesAvailable": ["Original", "Processed"]}

    def get_template_summary(self, region: str, stack_name: str = "", **template: Any) -> Mapping[str, Any]:
        body = self._body(region, template)
        read = read_template(body if body is not None else self._present_body(region, stack_name))
        needed = sorted(required_capabilities(read) | ({"CAPABILITY_AUTO_EXPAND"} if read.transforms else set()))
        return {
            "Parameters": [
                {"ParameterKey": name, "ParameterType": slot.get("Type", "String"),
                 "DefaultValue": None if slot.get("Default") is None else str(slot["Default"]),
                 "NoEcho": template_parameters.is_hidden(slot), "Description": slot.get("Description")}
                for name, slot in read.parameters.items()
            ],
            "ResourceTypes": sorted({item.type for item in read.resources.values()}),
            "Capabilities": needed,
            "CapabilitiesReason": f"The following resource(s) require capabilities: {needed}" if needed else None,
            "Description": read.description or None,
            "DeclaredTransforms": list(read.transforms),
            "Version": "2010-09-09",
        }  # fmt: skip

    def _present_body(self, region: str, name: str) -> str | None:
        template = self.engine.find(name, region).template
        return template.body if template else None

    def validate_template(self, region: str, **template: Any) -> Mapping[str, Any]:
        read = read_template(self._body(region, template))
        check_template(read, self.engine.surroundings(region))
        return self.get_template_summary(region, template_body=read.body)

    def _body(self, region: str, arguments: Mapping[str, Any]) -> str | None:
        if arguments.get("template_body"):
            return str(arguments["template_body"])
        url = arguments.get("template_url")
        return read_object(self.engine.clients, region, str(url)) if url else None

    # exports

    def list_exports(self, region: str, next_token: str = "") -> Mapping[str, Any]:
        exports = [
            {"ExportingStackId": stack.id, "Name": output["ExportName"], "Value": output["OutputValue"]}
            for stack in self._stacks(region)
            if stack.exists
            for output in stack.outputs
            if "ExportName" in output
        ]
        found, token = page(exports, next_token)
        return {"Exports": found, "NextToken": token}

    def list_imports(self, region: str, export_name: str, **_: Any) -> Mapping[str, Any]:
        found = [stack.name for stack in self._stacks(region) if stack.exists and export_name in stack.imports]
        if not found:
            raise StackError(f"Export '{export_name}' is not imported by any stack.")
        return {"Imports": found}

    # drift

    def detect_stack_drift(self, region: str, stack_name: str, **_: Any) -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        with self.engine.gate:
            stack.drifts = detect_drift(stack, self.engine.surroundings(region))
        drifted = sum(item["StackResourceDriftStatus"] in ("MODIFIED", "DELETED") for item in stack.drifts)
        stack.drift = "DRIFTED" if drifted else "IN_SYNC"
        identifier = str(uuid.uuid4())
        self.detections[identifier] = {
            "StackId": stack.id, "StackDriftDetectionId": identifier, "StackDriftStatus": stack.drift,
            "DetectionStatus": "DETECTION_COMPLETE", "DriftedStackResourceCount": drifted, "Timestamp": now(),
        }  # fmt: skip
        return {"StackDriftDetectionId": identifier}

    def detect_stack_resource_drift(self, region: str, stack_name: str, logical_resource_id: str) -> Mapping[str, Any]:
        stack = self.engine.find(stack_name, region)
        record = stack.resources.get(logical_resource_id)
        if record is None:
            raise StackError(f"Resource {logical_resource_id} does not exist for stack {stack.name}")
        with self.engine.gate:
            found = resource_drift(stack, record, self.engine.surroundings(region))
            stack.drifts = [item for item in stack.drifts if item["LogicalResourceId"] != logical_resource_id] + [found]
        return {"StackResourceDrift": found}

    def describe_stack_drift_detection_status(self, region: str, stack_drift_detection_id: str) -> Mapping[str, Any]:
        found = self.detections.get(stack_drift_detection_id)
        if found is None:
            raise StackError(f"Drift detection {stack_drift_detection_id} does not exist")
        return found

    def describe_stack_resource_drifts(
        self, region: str, stack_name: str, stack_resource_drift_status_filters: Sequence[str] = (), **_: Any
    ) -> Mapping[str, Any]:
        wanted = stack_resource_drift_status_filters
        drifts = self.engine.find(stack_name, region).drifts
        return {"StackResourceDrifts": [d for d in drifts if not wanted or d["StackResourceDriftStatus"] in wanted]}
