"""EC2 instances and launch templates: images that are named by a parameter, tags of today."""

from __future__ import annotations

from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once

_BY_PARAMETER = "resolve:ssm:"


@once
def images_by_parameter() -> None:
    """moto starts instances from an image called ``resolve:ssm:…``; AWS looks the parameter up when it starts one.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html
    """
    from moto.ec2.exceptions import InvalidAMIIdError
    from moto.ec2.models.instances import InstanceBackend
    from moto.ssm.models import ssm_backends

    original = InstanceBackend.run_instances

    @wraps(original)
    def run(self: Any, image_id: str, count: int, user_data: Any, security_group_names: list[str], **rest: Any) -> Any:
        template = rest.get("launch_template")
        image = image_id or (self._get_template_from_args(template).image_id if template else "")
        if str(image).startswith(_BY_PARAMETER):
            name = image.removeprefix(_BY_PARAMETER)
            parameter = ssm_backends[self.account_id][self.region_name].get_parameter(name)
            if parameter is None:
                raise InvalidAMIIdError(image)
            image_id = parameter.value
        return original(self, image_id, count, user_data, security_group_names, **rest)

    setattr(InstanceBackend, "run_instances", run)  # noqa: B010 - mypy forbids assigning to a method


@once
def tags_of_templates() -> None:
    """moto shows the tags that a launch template was made with; AWS shows those that it has."""
    from moto.ec2.models.launch_templates import LaunchTemplate

    # What the constructor and old snapshots set is thrown away: it is what is there at that moment anyway.
    tags = property(lambda self: self.get_tags(), lambda self, value: None)
    setattr(LaunchTemplate, "tags", tags)  # noqa: B010 - mypy forbids assigning to a class
