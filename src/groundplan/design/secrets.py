"""Secrets of services and jobs: made by AWS, or left to a person."""

from __future__ import annotations

from groundplan.blueprint.models import Secret as Spec
from groundplan.blueprint.validation.base import workloads
from groundplan.design import databases
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import main_key
from groundplan.design.regions import of_primary
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import GeneratedPassword, Secret
from groundplan.resources.values import Pseudo, Ref, Textual, text


def secret_ref(draft: Draft, name: str) -> Ref[Secret] | Ref[SecureParameter]:
    """Where a secret that workloads name is kept."""
    spec = draft.blueprint.secrets.get(name)
    if spec and spec.store == "parameter-store":
        return Ref(SecureParameter, identifier(name))
    return Ref(Secret, identifier(name))


def _is_copied(draft: Draft, name: str) -> bool:
    """Whether Secrets Manager copies a secret to here, the region of a standby, from the primary's."""
    return draft.primary is not None and draft.primary.has(Ref(Secret, identifier(name)))


def secret_arn(draft: Draft, name: str) -> Textual:
    """ARN of a secret that workloads name; in a standby of its copy there."""
    ref = secret_ref(draft, name)
    if ref.kind is SecureParameter or not _is_copied(draft, name):
        return ref.arn
    suffixed = of_primary(ref).attribute("name_in_arn")
    place = (Pseudo.PARTITION, ":secretsmanager:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID)
    return text("arn:", *place, ":secret:", suffixed)


def parameters_path(draft: Draft) -> str:
    """``/duskspendr/prod``: what the names of all of the environment's parameters begin with."""
    return f"/{draft.blueprint.project}/{draft.stage}"


def add_secrets(draft: Draft) -> None:
    """Every secret that a workload names: generated where ``secrets:`` says so, else created empty, so that no value
    ever stands in a file. Workloads may share one."""
    added: dict[str, str] = {}
    for family, workload_name, workload in workloads(draft.blueprint):
        for variable, name in workload.secrets.items():
            ident, path = identifier(name), f"{family}.{workload_name}.secrets.{variable}"
            if ident not in added and Ref(Secret, ident) in draft.refs:
                draft.problem(path, f"{name} is a secret that Groundplan fills itself; choose another name")
            elif ident not in added:
                added[ident] = name
                spec = draft.blueprint.secrets.get(name) or Spec()
                if spec.store == "parameter-store":
                    _add_parameter(draft, name, spec, path)
                elif not _is_copied(draft, name):
                    _add_secret(draft, name, spec, path)
            elif added[ident] != name:
                draft.problem(path, f"{name} and {added[ident]} are too much alike; write one of them both times")


def _add_secret(draft: Draft, name: str, spec: Spec, path: str) -> None:
    """One that a person fills is made with the keys, first of all: no task starts before it has a value, and a stack
    whose services do not start takes back what it made, the empty secret too.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
    """
    length = spec.generate
    draft.add(
        Secret(
            name=identifier(name),
            concern="services" if length else "encryption",
            secret_name=draft.legal("secret", databases.secret_name(draft, name), path),
            description=spec.description or f"{name}, {'made by AWS' if length else 'filled by a person'}",
            kms_key=main_key(draft),
            recovery_window_in_days=draft.blueprint.secret_recovery.days,
            replicas=databases.secret_replicas(draft),
            generate=GeneratedPassword(length=length, exclude_characters="", exclude_punctuation=True)
            if length
            else None,
        )
    )


def _add_parameter(draft: Draft, name: str, spec: Spec, path: str) -> None:
    ref, source = Ref(SecureParameter, identifier(name)), None
    if draft.primary is not None and draft.primary.has(ref):
        source = of_primary(ref)
    parameter = draft.add(
        SecureParameter(
            name=ref.name,
            concern="services",
            parameter_name=draft.legal("secure_parameter", f"{parameters_path(draft)}/{name}", path),
            description=spec.description or f"{name}, {'random' if spec.generate else 'filled by a person'}",
            kms_key=main_key(draft),
            generate=None if source else spec.generate,
            source=source,
            tags=draft.name_tag(name),
        )
    )
    draft.output(f"{parameter.name}_parameter", f"Name of the parameter with {name}", parameter.attribute("id"))
