"""DEPLOYMENT.md: what people do, first deployment to last, as commands with the names of this blueprint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from groundplan.documents.naming import code
from groundplan.recovery.wording import written
from groundplan.resources.containers import ContainerRepository
from groundplan.resources.dns import HostedZone
from groundplan.resources.monitoring import TopicSubscription
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Key, Secret
from groundplan.simulation.deployment import deployment_time

if TYPE_CHECKING:
    from groundplan.documents.facts import Facts
    from groundplan.documents.templating import Row

DEFAULT_FILE = "groundplan.yaml"


def chapter(facts: Facts) -> Mapping[str, object]:
    """What the template says of one environment."""
    blueprint, architecture = facts.blueprint, facts.architecture
    times = deployment_time(architecture, blueprint.engine)
    before = _before(facts)
    file = facts.source.file.name
    return {
        "name": facts.name,
        "where": f"-e {facts.name}" + ("" if file == DEFAULT_FILE else f" -f {file}"),
        "file_option": "" if file == DEFAULT_FILE else f" -f {file}",
        "shared": facts.loaded.is_shared,
        "region": architecture.region,
        "account": blueprint.account_id,
        "engine": blueprint.engine,
        "folder": f".groundplan/terraform/{blueprint.project}-{architecture.stage}",
        "remote_state": blueprint.engine == "terraform" and blueprint.state.backend == "s3",
        "state_bucket": facts.loaded.state_bucket,
        "platform": blueprint.platform,
        "takes": (written(round(times.expected)), written(round(times.low)), written(round(times.high))),
        "inputs": [
            (code(item.name), item.description, code(item.default or ""))
            for item in architecture.inputs
        ],
        "zones": [zone.zone_name for zone in architecture.of(HostedZone)],
        "after_shared": facts.loaded.shared_zone is not None,
        "subscriptions": list(
            dict.fromkeys(str(item.endpoint) for item in architecture.of(TopicSubscription) if item.protocol != "sqs")
        ),
        "fill": list(_to_fill(facts)),
        "repositories": [
            {"name": item.name, "host": _registry(facts), "called": item.repository_name}
            for item in architecture.of(ContainerRepository)
            if item.address not in architecture.in_standby
        ],
        "images": {
            item.image.repository: item.image.tag or "TAG"
            for item in (*blueprint.services.values(), *blueprint.jobs.values())
        },
        "services": [
            {"name": name, "tag": item.image.tag or "TAG", "health": item.health.path if item.public else None,
             "strategy": item.deployment.strategy, "rollback": item.deployment.rollback}
            for name, item in blueprint.services.items()
        ],
        "jobs": list(blueprint.jobs),
        "before": before,
        "off_hours": blueprint.off_hours,
        "stores": [item.address for item in architecture if item.holds_data and not isinstance(item, Key | Secret)],
        "standby": architecture.standby.region if architecture.standby else None,
    }  # fmt: skip


def _before(facts: Facts) -> str | None:
    """The environment that is promoted to this one: what stands before it in the file."""
    own = [name for name in facts.source.environments if not (facts.source.has_shared and name == "shared")]
    place = own.index(facts.name) if facts.name in own else 0
    return own[place - 1] if place else None


def _registry(facts: Facts) -> str:
    region = facts.architecture.region
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{facts.blueprint.account_id or 'ACCOUNT'}.dkr.ecr.{region}.{suffix}"


def _to_fill(facts: Facts) -> Iterator[Row]:
    """Secrets whose value a person brings: name, what it is, region, whether it is a parameter, and what Terraform
    calls it."""
    architecture = facts.architecture
    for secret in architecture.of(Secret):
        if secret.generate is None and secret.value is None:
            region, address = secret.region or architecture.region, f"aws_secretsmanager_secret.{secret.name}"
            yield secret.secret_name, secret.description, region, False, address
    for parameter in architecture.of(SecureParameter):
        if parameter.generate is None and parameter.source is None:
            region, address = parameter.region or architecture.region, f"aws_ssm_parameter.{parameter.name}"
            yield parameter.parameter_name, parameter.description, region, True, address
