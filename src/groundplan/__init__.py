"""Groundplan: one short blueprint of an application becomes production AWS infrastructure.

    import groundplan

    blueprint = groundplan.Blueprint(project="hello", region="eu-west-1", services={...})
    blueprint.environment("production").check()

Names are loaded when they are first used, so that the command line starts without them. docs/python.md has the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundplan.api.blueprint import Blueprint
    from groundplan.api.environment import Environment
    from groundplan.api.fields import (
        About,
        Accept,
        Account,
        Alarms,
        Audit,
        Backup,
        BlueprintFields,
        Bucket,
        BucketOverlay,
        Cache,
        CacheOverlay,
        Capacity,
        CapacityOverlay,
        Cdn,
        CountForecast,
        CountForecastOverlay,
        Database,
        DatabaseOverlay,
        DeadLetters,
        Deployment,
        Dns,
        DnsOverlay,
        Engine,
        EngineOverlay,
        Firewall,
        Gateway,
        Google,
        GoogleOverlay,
        Health,
        Image,
        ImageOverlay,
        Job,
        JobOverlay,
        Kubernetes,
        KubernetesOverlay,
        LifecycleRule,
        Logs,
        LogsOverlay,
        Need,
        Network,
        NetworkOverlay,
        NodeGroup,
        NodeGroupOverlay,
        Objectives,
        ObjectivesOverlay,
        OffHours,
        Overlay,
        Passwords,
        Public,
        Queue,
        RecoveryObjective,
        Renamed,
        RenamedOverlay,
        Replica,
        ReplicaOverlay,
        Scaling,
        Secondary,
        SecondaryOverlay,
        Secret,
        Security,
        Service,
        ServiceOverlay,
        Share,
        Shared,
        Size,
        SizeForecast,
        SizeForecastOverlay,
        Standby,
        StandbyOverlay,
        Storage,
        Tasks,
        TerraformState,
        Usage,
        UsageOverlay,
        Volume,
        VolumeOverlay,
    )
    from groundplan.errors import GroundplanError, InputError

__version__ = "0.1.0"

__all__ = [
    "About",
    "Accept",
    "Account",
    "Alarms",
    "Audit",
    "Backup",
    "Blueprint",
    "BlueprintFields",
    "Bucket",
    "BucketOverlay",
    "Cache",
    "CacheOverlay",
    "Capacity",
    "CapacityOverlay",
    "Cdn",
    "CountForecast",
    "CountForecastOverlay",
    "Database",
    "DatabaseOverlay",
    "DeadLetters",
    "Deployment",
    "Dns",
    "DnsOverlay",
    "Engine",
    "EngineOverlay",
    "Environment",
    "Firewall",
    "Gateway",
    "Google",
    "GoogleOverlay",
    "GroundplanError",
    "Health",
    "Image",
    "ImageOverlay",
    "InputError",
    "Job",
    "JobOverlay",
    "Kubernetes",
    "KubernetesOverlay",
    "LifecycleRule",
    "Logs",
    "LogsOverlay",
    "Need",
    "Network",
    "NetworkOverlay",
    "NodeGroup",
    "NodeGroupOverlay",
    "Objectives",
    "ObjectivesOverlay",
    "OffHours",
    "Overlay",
    "Passwords",
    "Public",
    "Queue",
    "RecoveryObjective",
    "Renamed",
    "RenamedOverlay",
    "Replica",
    "ReplicaOverlay",
    "Scaling",
    "Secondary",
    "SecondaryOverlay",
    "Secret",
    "Security",
    "Service",
    "ServiceOverlay",
    "Share",
    "Shared",
    "Size",
    "SizeForecast",
    "SizeForecastOverlay",
    "Standby",
    "StandbyOverlay",
    "Storage",
    "Tasks",
    "TerraformState",
    "Usage",
    "UsageOverlay",
    "Volume",
    "VolumeOverlay",
    "__version__",
]

_MODULES = {
    "Blueprint": "groundplan.api.blueprint",
    "Environment": "groundplan.api.environment",
    "GroundplanError": "groundplan.errors",
    "InputError": "groundplan.errors",
}
"""Where each name is defined; all others are in ``groundplan.api.fields``."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_MODULES.get(name, "groundplan.api.fields")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
