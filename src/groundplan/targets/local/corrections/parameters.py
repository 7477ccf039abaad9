"""Parameters of AWS Systems Manager."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.corrections.once import once

PUBLIC = "/aws/service/"
"""Amazon's own parameters. Nobody else may use the prefix.
Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html"""


@once
def descriptions_are_of_own_parameters() -> None:
    """DescribeParameters tells of the account's own parameters. moto adds Amazon's, as soon as one of them was asked
    for: 5,500, which takes longer than everything else that it is asked."""
    from moto.ssm.models import SimpleSystemManagerBackend

    original = SimpleSystemManagerBackend.describe_parameters

    def describe_parameters(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
        every = self._parameters
        self._parameters = {name: versions for name, versions in every.items() if not name.startswith(PUBLIC)}
        try:
            return original(self, *args, **kwargs)
        finally:
            self._parameters = every

    setattr(SimpleSystemManagerBackend, "describe_parameters", describe_parameters)  # noqa: B010 - mypy forbids assigning to a method
