"""Overlays: kustomize makes of base and patches exactly what each environment was designed to be."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.kubernetes.systems import architectures, rendering, values

from groundplan.engines.kubernetes import System, fill, render, write
from groundplan.engines.kubernetes.deployed import missing, read
from groundplan.engines.kubernetes.kustomize import differences
from groundplan.engines.kubernetes.model import Identity, identity

KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl, which has kustomize in it, is not installed")


def _fill(overlay: Path, system: System | None = None) -> None:
    file = overlay / "deployed.env"
    file.write_text(re.sub(r"^#(\w+)=$", r"\1=value-of-\1", file.read_text(), flags=re.M))
    fill(overlay, system or rendering().systems[overlay.name], {}, {})


def _build(overlay: Path) -> subprocess.CompletedProcess[str]:
    assert KUBECTL
    return subprocess.run([KUBECTL, "kustomize", str(overlay)], capture_output=True, text=True, check=False)


def _by_identity(objects: list[dict[str, Any]]) -> dict[Identity, dict[str, Any]]:
    found = {identity(item): item for item in objects}
    assert len(found) == len(objects)
    return found


def _expected(system: System) -> dict[Identity, dict[str, Any]]:
    return _by_identity(system.filled(values(system)))


@needs_kubectl
@pytest.mark.parametrize("environment", ["production", "development"])
def test_an_overlay_is_what_was_designed(tmp_path: Path, environment: str) -> None:
    write(rendering(), tmp_path)
    overlay = tmp_path / "overlays" / environment
    _fill(overlay)
    built = _build(overlay)
    assert built.returncode == 0, built.stderr
    assert _by_identity(list(yaml.safe_load_all(built.stdout))) == _expected(rendering().systems[environment])


@needs_kubectl
def test_one_environment_alone_needs_no_patch(tmp_path: Path) -> None:
    alone = render(architectures()[0])
    write(alone, tmp_path)
    overlay = tmp_path / "overlays" / "production"
    assert "patches" not in yaml.safe_load((overlay / "kustomization.yaml").read_text())
    _fill(overlay)
    built = _build(overlay)
    assert built.returncode == 0, built.stderr
    assert _by_identity(list(yaml.safe_load_all(built.stdout))) == _expected(alone.systems["production"])


@needs_kubectl
def test_nothing_is_built_while_a_value_is_missing(tmp_path: Path) -> None:
    write(rendering(), tmp_path)
    built = _build(tmp_path / "overlays" / "production")
    assert built.returncode != 0
    assert "data.api_image_tag" in built.stderr


def test_what_a_person_filled_in_stays(tmp_path: Path) -> None:
    write(rendering(), tmp_path)
    file = tmp_path / "overlays" / "production" / "deployed.env"
    _fill(file.parent)
    filled = file.read_text()
    write(rendering(), tmp_path)
    assert file.read_text() == filled
    assert read(filled)["api_image_tag"] == "value-of-api_image_tag"


def test_what_is_missing_is_told_by_name() -> None:
    wanted = rendering().systems["production"].wanted
    assert "api_target_group" in [item.key for item in missing(wanted, {})]
    assert "worker_api_image_tag" not in [item.key for item in missing(wanted, {})]
    assert missing(wanted, {item.key: "x" for item in wanted}) == []


def test_a_comment_and_an_empty_value_are_no_value() -> None:
    assert read("# a=b\n#c=\nd=\ne=f=g\n\nno equals sign\n") == {"e": "f=g"}


Json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab/~", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text("ab/~", max_size=2), Json, max_size=4),
    st.dictionaries(st.text("ab/~", max_size=2), Json, max_size=4),
)
def test_differences_make_one_of_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    operations = list(differences(before, after))
    # Python takes True for 1; text does not.
    assert json.dumps(_patched(before, operations), sort_keys=True) == json.dumps(after, sort_keys=True)
    assert list(differences(after, after)) == []


def _patched(document: dict[str, Any], operations: list[dict[str, Any]]) -> Any:
    """RFC 6902, as far as the engine uses it."""
    root: Any = copy.deepcopy(document)
    for operation in operations:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:]]
        if not steps:
            root = operation["value"]
            continue
        holder = root
        for step in steps[:-1]:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        last: Any = int(steps[-1]) if isinstance(holder, list) else steps[-1]
        if operation["op"] == "remove":
            del holder[last]
        else:
            assert operation["op"] == "add" or (last in holder if isinstance(holder, dict) else last < len(holder))
            holder[last] = operation["value"]
    return root
