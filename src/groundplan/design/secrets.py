"""Secrets of services and jobs: made by AWS, or left to a person."""

from __future__ import annotations

from groundplan.blueprint.validation.base import workloads
from groundplan.design import databases
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import main_key
from groundplan.resources.security import GeneratedPassword, Secret
from groundplan.resources.values import Ref


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
                _add_secret(draft, name, path)
            elif added[ident] != name:
                draft.problem(path, f"{name} and {added[ident]} are too much alike; write one of them both times")


def _add_secret(draft: Draft, name: str, path: str) -> None:
    spec = draft.blueprint.secrets.get(name)
    length = spec.generate if spec else None
    description = spec.description if spec else None
    draft.add(
        Secret(
            name=identifier(name),
            concern="services",
            secret_name=draft.legal("secret", databases.secret_name(draft, name), path),
            description=description or f"{name}, {'made by AWS' if length else 'filled by a person'}",
            kms_key=main_key(draft),
            recovery_window_in_days=draft.blueprint.secret_recovery.days,
            generate=GeneratedPassword(length=length, exclude_characters="", exclude_punctuation=True)
            if length
            else None,
        )
    )
