"""Scripts of a tree: what people and pipelines call, in Terraform alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundplan.engines.terraform.model import MARKER

_HEAD = """#!/usr/bin/env bash
{marker}, which overwrites what is changed here.
# {about}
set -euo pipefail
cd "$(dirname "${{BASH_SOURCE[0]}}")/.."
"""

_ROOT = """
if [[ $# -lt 1 ]]; then
  echo "usage: $0 ENVIRONMENT [argument of terraform ...]   environments: {names}" >&2
  exit 2
fi
case "$1" in
{cases}
  *)
    echo "$0: there is no environment $1; there are: {names}" >&2
    exit 2
    ;;
esac
workspace=${{TF_WORKSPACE:-}}
if [[ -z $workspace && -f $root/.terraform/environment ]]; then workspace=$(<"$root/.terraform/environment"); fi
if [[ ${{workspace:-default}} != default && $workspace != "$1" ]]; then
  echo "$0: the workspace $workspace is selected, which is not $1: each root has a state of its own. Unset" \\
    "TF_WORKSPACE, or run terraform -chdir=$root workspace select default" >&2
  exit 2
fi
shift
"""
"""Folders, not workspaces, tell environments apart: another one's workspace would write the wrong state."""

_INIT = 'terraform -chdir="$root" init -input=false\n'


def files(environments: Sequence[str], shared: Sequence[str]) -> Mapping[str, str]:
    """Text by name. ``shared`` are folders."""
    roots = {name: f"environments/{name}" for name in environments} | {folder: folder for folder in shared}
    choice = _ROOT.format(
        names=" ".join(roots), cases="\n".join(f"  {name}) root={folder} ;;" for name, folder in roots.items())
    )
    return {
        "validate.sh": _head("Checks format and validity of everything; nothing is asked of AWS.")
        + "\nterraform fmt -check -recursive\n"
        + f"for root in {' '.join(roots.values())}; do\n"
        + '  terraform -chdir="$root" init -input=false -backend=false\n'
        + '  terraform -chdir="$root" validate\n'
        + "done\n",
        "plan.sh": _head("Shows what would change in an environment, and keeps the plan for deploy.sh.")
        + choice
        + _INIT
        + 'terraform -chdir="$root" plan -input=false -out=planned.tfplan "$@"\n',
        "deploy.sh": _head("Makes what plan.sh showed, exactly; without such a plan Terraform plans and asks.")
        + choice
        + _INIT
        + 'if [[ -f "$root/planned.tfplan" ]]; then\n'
        + "  trap 'rm -f \"$root/planned.tfplan\"' EXIT\n"
        + '  terraform -chdir="$root" apply -input=false "$@" planned.tfplan\n'
        + "else\n"
        + '  terraform -chdir="$root" apply "$@"\n'
        + "fi\n",
        "test.sh": _head("Tests every module by itself, with made-up inputs; nothing is asked of AWS.")
        + "\nfor module in modules/*/; do\n"
        + '  terraform -chdir="$module" init -input=false -backend=false\n'
        + '  terraform -chdir="$module" test\n'
        + "done\n",
        "destroy.sh": _head("Removes an environment. Terraform shows what goes, and asks.")
        + choice
        + _INIT
        + 'terraform -chdir="$root" destroy "$@"\n',
    }


def _head(about: str) -> str:
    return _HEAD.format(marker=MARKER, about=about)
