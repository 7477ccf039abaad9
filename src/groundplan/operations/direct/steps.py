"""Everything of an environment that is beside CloudFormation: which file has which kind, and what all share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from groundplan.errors import DeploymentError, EnvironmentalError
from groundplan.operations.direct import cost_tags, parameters, passwords
from groundplan.operations.direct.parameters import Present
from groundplan.operations.direct.step import Made, Reach, Step
from groundplan.resources import Resource
from groundplan.resources.account import AccountPasswordPolicy, CostAllocationTag
from groundplan.resources.parameters import SecureParameter
from groundplan.targets.refusals import refusal

KINDS: Mapping[type[Resource], Callable[[Reach, Any], Step | None]] = {
    SecureParameter: parameters.step,
    AccountPasswordPolicy: passwords.step,
    CostAllocationTag: cost_tags.step,
}
"""What looks at one resource and says what is to be done. None: nothing."""
_STAYS: Mapping[type[Resource], str] = {AccountPasswordPolicy: passwords.STAYS, CostAllocationTag: cost_tags.STAYS}
_NOT_ALLOWED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnrecognizedClientException")


def make(reach: Reach, resource: Resource) -> Made:
    """Bring one thing to what the blueprint says. Raises DeploymentError where AWS refuses."""
    try:
        step = KINDS[type(resource)](reach, resource)
        return perform(step) if step else Made(resource.address, "nothing to change", changed=False)
    except EnvironmentalError as error:
        stays = "What was made before stays, and the next deployment goes on from there."
        raise DeploymentError(f"{str(error).rstrip('.')}. {stays}") from error


def perform(step: Step) -> Made:
    """Do one step. Raises EnvironmentalError where AWS refuses."""
    told = step.do() if step.action != "wait" else step.why
    waits = told == cost_tags.UNKNOWN
    return Made(step.address, told, changed=not waits, waits=waits)


def plan(reach: Reach, regions: set[str]) -> list[Step]:
    """All that a deployment would do, and what it would have to wait for."""
    found = [KINDS[type(item)](reach, item) for item in reach.architecture if item.not_in_cloudformation]
    return [*(step for step in found if step), *unasked(reach, regions)[0]]


def unasked(reach: Reach, regions: set[str]) -> tuple[list[Step], list[str]]:
    """What the blueprint no longer asks for: the deletion of what nobody has to miss, and what stays, in words.

    What a person filled in stays: nobody else knows the value, and Parameter Store brings nothing back.
    """
    going, stays = list[Step](), list[str]()
    known = _addresses(reach)
    for present in _ours(reach, regions):
        address = parameters.address_of(present)
        if (present.name, present.region) in known:
            continue
        if present.filled_by_a_person:
            stays.append(
                f"{address}: no longer in the blueprint, and stays, since a person filled it in; to delete it: "
                f"aws ssm delete-parameter --name {present.name} --region {present.region}"
            )
        else:
            going.append(parameters.deletion(reach, present, "no longer in the blueprint", address))
    return going, stays


def _ours(reach: Reach, regions: set[str]) -> list[Present]:
    """The environment's parameters. An environment that asks for none needs no right to list them."""
    try:
        return [item for region in sorted(regions) for item in parameters.ours(reach, region)]
    except EnvironmentalError as error:
        refused = refusal(error.__cause__).get("Code") in _NOT_ALLOWED
        if refused and not reach.architecture.of(SecureParameter):
            return []
        raise


def remains(reach: Reach, regions: set[str]) -> list[tuple[str, Present]]:
    """The environment's parameters that are there, by their address: what a destruction finds."""
    known = _addresses(reach)
    return [(known.get((item.name, item.region), parameters.address_of(item)), item) for item in _ours(reach, regions)]


def _addresses(reach: Reach) -> dict[tuple[str, str], str]:
    """Name and region of every parameter that the blueprint asks for, to its address."""
    return {
        (item.parameter_name, reach.region(item.region)): item.address
        for item in reach.architecture.of(SecureParameter)
    }


def staying(reach: Reach) -> list[str]:
    """What a destruction leaves as it is because it is the account's, in words."""
    return [f"{item.address}: {_STAYS[type(item)]}" for item in reach.architecture if type(item) in _STAYS]
