"""Kubernetes: what runs in an EKS cluster as plain manifests, kustomize overlays by environment, and Helm values."""

from groundplan.engines.kubernetes.model import DEPLOYED, Rendering, System, Wanted
from groundplan.engines.kubernetes.render import render
from groundplan.engines.kubernetes.system import system_of
from groundplan.engines.kubernetes.writing import fill, write

__all__ = ["DEPLOYED", "Rendering", "System", "Wanted", "fill", "render", "system_of", "write"]
