"""AWS's own managed policies."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def managed_policies_on_demand() -> None:
    """moto either has none of AWS's managed policies or loads all 1300 into every partition (3 s, 60 MB). Here each one
    is loaded when it is first named, and all of them when they are listed."""
    import json

    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.iam.models import AWSManagedPolicy, IAMBackend

    parsed: dict[str, Any] = {}

    def make(backend: Any, wanted: str | None) -> None:
        if not parsed:
            for name, data in json.loads(aws_managed_policies_data).items():
                parsed[f"arn:{backend.partition}:iam::aws:policy{data['Path']}{name}"] = (name, data)
        for arn in [wanted] if wanted else list(parsed):
            if arn in parsed and arn not in backend.managed_policies:
                name, data = parsed[arn]
                policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
                backend.aws_managed_policies.append(policy)
                backend.managed_policies[policy.arn] = policy

    def loading(original: Callable[..., Any], everything: bool) -> Callable[..., Any]:
        @wraps(original)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if everything:
                make(self, None)
            for value in (*args, *kwargs.values()):
                if isinstance(value, str) and ":iam::aws:policy/" in value:
                    make(self, value)
            return original(self, *args, **kwargs)

        return call

    for name in (
        "attach_role_policy", "attach_user_policy", "attach_group_policy", "get_policy", "get_policy_version",
        "list_policy_versions", "put_role_permissions_boundary", "create_role",
    ):  # fmt: skip
        setattr(IAMBackend, name, loading(getattr(IAMBackend, name), everything=False))
    setattr(IAMBackend, "list_policies", loading(IAMBackend.list_policies, everything=True))  # noqa: B010


@once
def rotation_rules() -> None:
    """moto shows of a secret's rotation only the days; AWS shows the schedule's expression and duration too."""
    from moto.secretsmanager.models import FakeSecret

    original = FakeSecret.to_dict

    @wraps(original)
    def show(self: Any) -> dict[str, Any]:
        shown: dict[str, Any] = original(self)
        if "RotationRules" in shown:
            shown["RotationRules"] = getattr(self, "written_rules", shown["RotationRules"])
            shown = {name: value for name, value in shown.items() if name != "RotationLambdaARN" or value}
        return shown

    setattr(FakeSecret, "to_dict", show)  # noqa: B010 - mypy forbids assigning to a method


@once
def descriptions_can_go() -> None:
    """moto keeps the description of a secret when an update makes it empty."""
    from moto.secretsmanager.models import SecretsManagerBackend

    original = SecretsManagerBackend.update_secret

    @wraps(original)
    def update(self: Any, secret_id: str, *args: Any, **rest: Any) -> Any:
        answer = original(self, secret_id, *args, **rest)
        if rest.get("description") == "":
            self.secrets[secret_id].description = None
        return answer

    setattr(SecretsManagerBackend, "update_secret", update)  # noqa: B010 - mypy forbids assigning to a method
