"""Bucket policies, metric filters, backup plans."""

from __future__ import annotations

from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def log_delivery_policies() -> None:
    """moto fails on a policy whose principal is ``*``, and wants the log delivery's resource to the letter.

    AWS evaluates the policy: any statement that lets the logging service put objects under the prefix will do.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    import json
    from fnmatch import fnmatchcase

    from moto.s3.models import FakeBucket
    from moto.s3.utils import LOGGING_SERVICE_PRINCIPAL

    def many(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    def allowed(target_bucket: Any, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        written = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
        return any(
            statement.get("Effect") == "Allow"
            and isinstance(statement.get("Principal"), dict)
            and LOGGING_SERVICE_PRINCIPAL in many(statement["Principal"].get("Service"))
            and any(fnmatchcase("s3:PutObject", action) for action in many(statement.get("Action", [])))
            and any(fnmatchcase(written, resource) for resource in many(statement.get("Resource", [])))
            for statement in many(json.loads(target_bucket.policy.decode())["Statement"])
        )

    setattr(FakeBucket, "_log_permissions_enabled_policy", staticmethod(allowed))  # noqa: B010


@once
def bucket_policy_conditions() -> None:
    """moto denies every request to a bucket with a statement whose condition it cannot meet, like "only over TLS".

    AWS passes over a statement whose condition does not hold. Requests on the loopback count as sent over TLS; a
    statement with any other condition is passed over.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    import json

    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3.models import FakeBucket

    def holds(condition: Any) -> bool:
        return condition in ({"Bool": {"aws:SecureTransport": "true"}}, {"Bool": {"aws:SecureTransport": ["true"]}})

    def permission(self: Any, action: str, resource: str) -> Any:
        if self.policy is None:
            return PermissionResult.NEUTRAL
        written = json.loads(self.policy.decode())["Statement"]
        statements = [
            {name: value for name, value in statement.items() if name != "Condition"}
            for statement in (written if isinstance(written, list) else [written])
            if not statement.get("Condition") or holds(statement["Condition"])
        ]
        return IAMPolicy(json.dumps({"Statement": statements})).is_action_permitted(action, resource)

    FakeBucket.get_permission = permission  # type: ignore[method-assign]


@once
def one_metric_filter_per_name() -> None:
    """moto adds a second metric filter where one of that name is to be changed; AWS updates it (PutMetricFilter)."""
    from moto.logs.metric_filters import MetricFilters

    original = MetricFilters.add_filter

    @wraps(original)
    def add(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, *args: Any, **kwargs: Any) -> None:
        self.metric_filters = [
            item
            for item in self.metric_filters
            if (item["filterName"], item["logGroupName"]) != (filter_name, log_group_name)
        ]
        original(self, filter_name, filter_pattern, log_group_name, *args, **kwargs)

    setattr(MetricFilters, "add_filter", add)  # noqa: B010 - mypy forbids assigning to a method


@once
def deleted_plans_free_their_name() -> None:
    """moto keeps deleted backup plans, and refuses a new one of the same name; AWS takes it."""
    from moto.backup.models import BackupBackend

    original = BackupBackend.create_backup_plan

    @wraps(original)
    def create(self: Any, *args: Any, **kwargs: Any) -> Any:
        every = self.plans
        self.plans = {key: plan for key, plan in every.items() if plan.deletion_date is None}
        try:
            return original(self, *args, **kwargs)
        finally:
            self.plans = {**every, **self.plans}

    setattr(BackupBackend, "create_backup_plan", create)  # noqa: B010 - mypy forbids assigning to a method
