"""Putting the stand-in where an engine finds it: a mirror of providers in a folder, and a configuration that names it.

Source: https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import sys
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path

from groundplan.catalog import terraform_providers
from groundplan.errors import EnvironmentalError
from groundplan.operations.terraform.offline.certificate import CERTIFICATE_VARIABLE, make_certificate

SCHEMA_VARIABLE = "GROUNDPLAN_STAND_IN_SCHEMA"
"""The environment variable that names the file with the schemas to serve by provider, as JSON."""
STAND_IN = "from groundplan.operations.terraform.offline.provider import main"
"""The statement that gets the stand-in's function ``main``, which takes the provider's name."""
HOSTS = ("registry.terraform.io", "registry.opentofu.org")
"""Where Terraform and OpenTofu look for a provider that is named without a host."""

_NEEDED = {"cryptography": "cryptography", "grpc": "grpcio", "msgpack": "msgpack", "tf": "tf"}
"""Module to package."""
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_CONFIGURATION, _CERTIFICATE = "terraformrc", "certificate.json"
_DECLARATION = re.compile(r'^\s*(resource|data|ephemeral)\s+"((?:aws|google)_\w+)"', re.MULTILINE)
_WORD = re.compile(r"\w+")


def require_packages() -> None:
    """Raises EnvironmentalError where what the stand-in is made with is not installed, and says how to get it."""
    missing = [package for module, package in _NEEDED.items() if find_spec(module) is None]
    if missing:
        raise EnvironmentalError(
            f"planning offline needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not "
            "installed: pip install 'groundplan[offline]'"
        )


def install(folder: Path, into: Path, statement: str = STAND_IN) -> None:
    """Write mirror, configuration and certificate into a folder that is going to be ``folder``."""
    machine = f"{sys.platform}_{_ARCHITECTURES.get(platform.machine(), platform.machine())}"
    for name in terraform_providers.PROVIDERS:
        version = terraform_providers.provider(name).version
        for host in HOSTS:
            plugin = into / "mirror" / host / "hashicorp" / name / version / machine
            plugin.mkdir(parents=True)
            executable = plugin / f"terraform-provider-{name}_v{version}_x5"
            code = f"{statement}; main({name!r})"
            executable.write_text(f"#!/bin/sh\nexec {shlex.join((sys.executable, '-P', '-c', code))}\n")
            executable.chmod(0o755)
    make_certificate().write(into / _CERTIFICATE)
    mirror = json.dumps(str(folder / "mirror"))
    (into / _CONFIGURATION).write_text(
        f"provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n", encoding="utf-8"
    )


def surroundings(folder: Path, schema: Path) -> dict[str, str]:
    """The environment in which an engine uses the stand-in installed in a folder, and nothing of the person's own
    configuration, which might lead it to other providers, or a stand-in into a cache."""
    theirs = [name for name in os.environ if name.startswith("TF_CLI_ARGS")]
    return {
        **dict.fromkeys((*theirs, "TF_PLUGIN_CACHE_DIR", "TF_REATTACH_PROVIDERS"), ""),
        "TF_CLI_CONFIG_FILE": str(folder / _CONFIGURATION),
        CERTIFICATE_VARIABLE: str(folder / _CERTIFICATE),
        SCHEMA_VARIABLE: str(schema),
    }


def write_schema(file: Path, files: Mapping[str, str]) -> None:
    """The schemas of what a root's files use, by relative path."""
    texts = [text for name, text in files.items() if name.endswith(".tf")]
    file.write_text(json.dumps(terraform_providers.select(*used(texts))), encoding="utf-8")


def used(texts: Collection[str]) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """What the texts of files declare, as sort (resource, data or ephemeral) and type; and every word in them, since no
    block of another name can stand there. Serving all 1,711 types of AWS whole would cost every command seconds."""
    types = frozenset((match[1], match[2]) for text in texts for match in _DECLARATION.finditer(text))
    return types, frozenset(word for text in texts for word in _WORD.findall(text))
