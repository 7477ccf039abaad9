"""The provider of Google Cloud: there only where something of the architecture is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.engines.terraform.hcl import Argument, Block, Expression, Item, Value
from groundplan.resources import Architecture

VERSION = "~> 8.7"
"""The version whose schema the tests hold."""
_LONGEST_LABEL = 63


def required(architecture: Architecture) -> tuple[Argument, ...]:
    """The entry of ``required_providers``."""
    provider: Value = {"source": "hashicorp/google", "version": VERSION}
    return (Argument("google", provider),) if _is_used(architecture) else ()


def providers(architecture: Architecture) -> Iterator[Item]:
    """``google_provider.tf``"""
    if not _is_used(architecture):
        return
    body = [
        Argument("project", Expression("var.google_project")),
        Argument("region", Expression("var.google_region")),
    ]
    if architecture.tags:
        labels: Value = {_label(key): _label(value) for key, value in architecture.tags.items()}
        body.append(Argument("default_labels", labels))
    yield Block("provider", ("google",), tuple(body))


def _label(text: str) -> str:
    """A tag's key or value as a label: lower-case letters, digits, hyphens and underscores, at most 63.

    Source: https://cloud.google.com/resource-manager/docs/labels-overview#requirements
    """
    return re.sub(r"[^a-z0-9_-]", "_", text.lower())[:_LONGEST_LABEL]


def _is_used(architecture: Architecture) -> bool:
    return any(resource.cloud == "google" for resource in architecture)
