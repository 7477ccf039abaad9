"""SecureString parameters. Their values are made, read and compared in memory, and go to AWS alone.

Sources: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html,
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterMetadata.html
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.operations.direct.step import Reach, Step
from groundplan.resources.parameters import SecureParameter
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import ParameterStringFilterTypeDef, PutParameterRequestTypeDef, TagTypeDef

TYPE = "SecureString parameter"
TO_BE_FILLED = "to be filled in by a person"
"""What a parameter holds until a person gives it its value."""
MARKS = ("Project", "Environment", "ManagedBy", "Owner")
"""Tags that tell whose a parameter is. Without an owner it may not have one: that is somebody's own."""
VALUE_FROM = "ValueFrom"
"""The tag that says who knows the value: ``person``, or nobody else."""
PERSON = "person"


@dataclass(frozen=True)
class Present:
    """A parameter as it is, without its value."""

    name: str
    region: str
    type: str
    description: str = ""
    key: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def filled_by_a_person(self) -> bool:
        """Whether nothing but a person knows the value."""
        return self.tags.get(VALUE_FROM) == PERSON


def step(reach: Reach, parameter: SecureParameter) -> Step | None:
    """What is to be done. None: nothing. Raises EnvironmentalError where the name is somebody else's."""
    region, name = reach.region(parameter.region), parameter.parameter_name
    present = look_at(reach.connection, name, region)
    if present is None:
        return Step("create", parameter.address, TYPE, "new in the blueprint", lambda: _create(reach, parameter))
    if not is_ours(present, reach) or present.type != "SecureString":
        raise EnvironmentalError(
            f"{parameter.address}: {name} is in the Parameter Store of {region} already, as a {present.type} that this "
            "environment did not make; choose another name for the secret, or delete that parameter"
        )
    why = _differences(reach, parameter, present)
    if not why:
        return None
    return Step("update", parameter.address, TYPE, ", ".join(why), lambda: _update(reach, parameter, present, why))


def address_of(present: Present) -> str:
    """How reports name a parameter that the blueprint does not have."""
    return f"secure_parameter {present.name} in {present.region}"


def deletion(reach: Reach, present: Present, why: str, address: str) -> Step:
    """Parameter Store has no time in which a deleted parameter could be brought back."""

    def delete() -> str:
        with explained(f"Deleting {address}"):
            reach.connection.ssm(present.region).delete_parameters(Names=[present.name])
        return "deleted"

    return Step("delete", address, TYPE, why, delete, holds_data=True)


def ours(reach: Reach, region: str) -> list[Present]:
    """Every SecureString parameter of this environment in a region."""
    marks = {key: reach.architecture.tags[key] for key in MARKS if key in reach.architecture.tags}
    filters: list[ParameterStringFilterTypeDef] = [
        {"Key": f"tag:{key}", "Option": "Equals", "Values": [value]} for key, value in marks.items()
    ]
    if not filters:
        return []
    filters.append({"Key": "Type", "Option": "Equals", "Values": ["SecureString"]})
    client = reach.connection.ssm(region)
    with explained(f"Listing the parameters of {region}"):
        pages = client.get_paginator("describe_parameters").paginate(ParameterFilters=filters)
        names = [item["Name"] for page in pages for item in page["Parameters"]]
    found = [look_at(reach.connection, name, region) for name in names]
    return [item for item in found if item is not None and is_ours(item, reach)]


def look_at(connection: Connection, name: str, region: str) -> Present | None:
    """The parameter of that name, or None."""
    client = connection.ssm(region)
    with explained(f"Reading the parameter {name}"):
        named: ParameterStringFilterTypeDef = {"Key": "Name", "Option": "Equals", "Values": [name]}
        pages = client.get_paginator("describe_parameters").paginate(ParameterFilters=[named])
        found = [item for page in pages for item in page["Parameters"]]
        if not found:
            return None
        tags = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    item = found[0]
    return Present(
        name=name,
        region=region,
        type=item["Type"],
        description=item.get("Description", ""),
        key=item.get("KeyId", ""),
        tags={tag["Key"]: tag["Value"] for tag in tags},
    )


def is_ours(present: Present, reach: Reach) -> bool:
    """Whether its tags are those of this environment and owner."""
    return all(present.tags.get(key) == reach.architecture.tags.get(key) for key in MARKS)


def _wanted_tags(reach: Reach, parameter: SecureParameter) -> dict[str, str]:
    known_by = {VALUE_FROM: PERSON} if parameter.filled_by_a_person else {}
    return {**reach.architecture.tags, **parameter.tags, **known_by}


def _differences(reach: Reach, parameter: SecureParameter, present: Present) -> list[str]:
    found = []
    if present.description != parameter.description:
        found.append("Description changed")
    if not _has_key(reach, parameter, present):
        found.append("KeyId changed")
    if any(present.tags.get(key) != value for key, value in _wanted_tags(reach, parameter).items()):
        found.append("Tags changed")
    if parameter.source and _source_value(reach, parameter) not in (None, _value(reach, parameter)):
        found.append(f"the value of {parameter.source.address} changed")
    return found


def _has_key(reach: Reach, parameter: SecureParameter, present: Present) -> bool:
    """Parameter Store says the key as it was told: Groundplan tells the ARN, since an alias may move to another key."""
    if parameter.kms_key is None:
        return present.key in ("", "alias/aws/ssm")
    return present.key == _key_arn(reach, parameter)


def _key_arn(reach: Reach, parameter: SecureParameter) -> str | None:
    """The ARN of the key with the parameter's key's alias. None: there is no key yet."""
    from botocore.exceptions import ClientError

    if parameter.kms_key is None:
        return None
    alias = reach.architecture[parameter.kms_key].alias
    client = reach.connection.kms(reach.region(parameter.region))
    with explained(f"Looking for the key of {parameter.address}"):
        try:
            return client.describe_key(KeyId=f"alias/{alias}")["KeyMetadata"]["Arn"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "NotFoundException":
                return None
            raise


def _value(reach: Reach, parameter: SecureParameter) -> str | None:
    """The value that a parameter has. None: there is no such parameter yet."""
    from botocore.exceptions import ClientError

    client = reach.connection.ssm(reach.region(parameter.region))
    with explained(f"Reading the value of {parameter.address}"):
        try:
            found = client.get_parameter(Name=parameter.parameter_name, WithDecryption=True)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ParameterNotFound":
                return None
            raise
    return found["Parameter"]["Value"]


def _source_value(reach: Reach, parameter: SecureParameter) -> str | None:
    return _value(reach, reach.architecture[parameter.source]) if parameter.source else None


def _new_value(reach: Reach, parameter: SecureParameter) -> str:
    if parameter.source:
        copied = _source_value(reach, parameter)
        if copied is None:
            raise EnvironmentalError(f"{parameter.address}: {parameter.source.address} is not there, nor is its value")
        return copied
    if parameter.generate:
        letters = string.ascii_letters + string.digits
        return "".join(secrets.choice(letters) for _ in range(parameter.generate))
    return TO_BE_FILLED


def _request(reach: Reach, parameter: SecureParameter, value: str) -> PutParameterRequestTypeDef:
    request: PutParameterRequestTypeDef = {
        "Name": parameter.parameter_name,
        "Description": parameter.description,
        "Type": "SecureString",
        "Tier": "Standard",
        "Value": value,
    }
    if parameter.kms_key is not None:
        key = _key_arn(reach, parameter)
        if key is None:
            raise EnvironmentalError(f"{parameter.address}: its key {parameter.kms_key.address} is not there yet")
        request["KeyId"] = key
    return request


def _tag_list(tags: Mapping[str, str]) -> list[TagTypeDef]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _create(reach: Reach, parameter: SecureParameter) -> str:
    request = _request(reach, parameter, _new_value(reach, parameter))
    request["Tags"] = _tag_list(_wanted_tags(reach, parameter))
    client = reach.connection.ssm(reach.region(parameter.region))
    with explained(f"Creating {parameter.address}"):
        client.put_parameter(**request)
    if not parameter.filled_by_a_person:
        return "created"
    return (
        "created, for a person to fill: aws ssm put-parameter --overwrite --type SecureString "
        f"--name {parameter.parameter_name} --value file://FILE --region {reach.region(parameter.region)}"
        # Without it AWS takes the account's common key, which nobody was given the right to.
        + (f" --key-id {request['KeyId']}" if "KeyId" in request else "")
    )


def _update(reach: Reach, parameter: SecureParameter, present: Present, why: list[str]) -> str:
    """AWS takes description and key together with the value alone, and tags by themselves."""
    client = reach.connection.ssm(reach.region(parameter.region))
    if any(not reason.startswith("Tags") for reason in why):
        value = _source_value(reach, parameter) or _value(reach, parameter)
        if value is None:
            raise EnvironmentalError(f"{parameter.address} is gone since it was looked at; deploy again")
        request = _request(reach, parameter, value)
        request["Overwrite"] = True
        with explained(f"Updating {parameter.address}"):
            client.put_parameter(**request)
    tags = {key: value for key, value in _wanted_tags(reach, parameter).items() if present.tags.get(key) != value}
    with explained(f"Updating the tags of {parameter.address}"):
        if tags:
            client.add_tags_to_resource(ResourceType="Parameter", ResourceId=present.name, Tags=_tag_list(tags))
        if VALUE_FROM in present.tags and not parameter.filled_by_a_person:
            client.remove_tags_from_resource(ResourceType="Parameter", ResourceId=present.name, TagKeys=[VALUE_FROM])
    return f"updated: {', '.join(why)}"
