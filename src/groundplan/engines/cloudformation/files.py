"""Templates on disk: one file per stack and ``stacks.yaml``, which says in what order and with what to deploy them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from groundplan.engines.cloudformation.model import MARKER, MadeBeside, Rendering, Stack, StackOutput
from groundplan.engines.cloudformation.yaml import dump
from groundplan.errors import EnvironmentalError
from groundplan.files import reason

MANIFEST = "stacks.yaml"


def write(rendering: Rendering, directory: Path) -> tuple[Path, ...]:
    """Write all files and delete those that an earlier rendering wrote and this one has not. Gives the files written.

    Nothing is touched that does not begin with this engine's marker. Raises EnvironmentalError where the directory
    cannot be written to, or a file of somebody else has the name of one of ours.
    """
    contents = {f"{stack.name}.yaml": stack.body for stack in rendering.stacks}
    contents[MANIFEST] = manifest(rendering)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        present = {path.name: path for path in sorted(directory.glob("*.yaml"))}
        ours = {name for name, path in present.items() if _is_ours(path)}
        foreign = sorted(set(contents) & set(present) - ours)
        if foreign:
            raise EnvironmentalError(
                f"{directory} holds files that Groundplan did not write and would have to replace: "
                f"{', '.join(foreign)}; choose another directory or move them away"
            )
        for name, text in contents.items():
            _replace(directory / name, text)
        for name in sorted(ours - set(contents)):
            present[name].unlink()
    except FileExistsError as error:
        raise EnvironmentalError(
            f"{directory} is a file, not a directory; choose another place for the templates"
        ) from error
    except OSError as error:
        raise EnvironmentalError(f"cannot write the templates to {directory}: {reason(error)}") from error
    return tuple(directory / name for name in contents)


def manifest(rendering: Rendering) -> str:
    """The stacks in deployment order, where their parameters come from, and how to deploy them by hand."""
    header = "\n".join((f"{MARKER}: {rendering.title} as CloudFormation stacks. Changes here are lost.", *_BY_HAND))
    content: dict[str, object] = {"Stacks": [_entry(stack) for stack in rendering.stacks]}
    written = f"{header}\n\n{dump(content)}"
    if rendering.beside:
        every = {stack.name for stack in rendering.stacks}
        beside: dict[str, object] = {"NotInTemplates": [_made_beside(item, every) for item in rendering.beside]}
        written += "\n".join(("", *_BESIDE, dump(beside)))
    return written


_BY_HAND = (
    "#",
    "# To deploy by hand, go through the stacks from first to last:",
    "#   aws cloudformation deploy --stack-name NAME --template-file TEMPLATE --region REGION",
    "#     --capabilities CAPABILITY … --parameter-overrides PARAMETER=VALUE …",
    "# Templates above 51,200 bytes need --s3-bucket BUCKET too. A value with Stack and Output comes from that stack:",
    "#   aws cloudformation describe-stacks --stack-name STACK --region REGION --query 'Stacks[0].Outputs'",
    "# A value with Input is yours to give. OnUpdate has the values to give when a stack exists and is changed.",
    "# To delete, go from last to first.",
)


_BESIDE = (
    "# What no template can hold. groundplan deploy makes it through the services' own APIs, After and Before the",
    "# stacks that it says. Values of secrets stand nowhere.",
)


def _made_beside(item: MadeBeside, stacks: set[str]) -> dict[str, object]:
    kind = item.ref.kind
    entry: dict[str, object] = {"Resource": item.ref.address, "Kind": kind.title, "Why": item.reason}
    entry["Settings"] = dict(item.settings)
    if item.after:
        entry["After"] = "every stack" if stacks <= set(item.after) else item.after
    if item.before:
        entry["Before"] = item.before
    return entry


def _entry(stack: Stack) -> dict[str, object]:
    entry: dict[str, object] = {"Name": stack.name, "Template": f"{stack.name}.yaml", "Region": stack.region}
    if stack.capabilities:
        entry["Capabilities"] = stack.capabilities
    if stack.depends_on:
        entry["DependsOn"] = stack.depends_on
    if stack.parameters:
        entry["Parameters"] = {
            name: {"Stack": source.stack, "Output": source.output}
            if isinstance(source, StackOutput)
            else {"Input": source.name}
            for name, source in stack.parameters.items()
        }
    if stack.update_parameters:
        entry["OnUpdate"] = stack.update_parameters
    return entry


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MARKER)) == MARKER.encode()


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename, so that nobody ever reads half of one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        # What mkstemp makes is readable by its owner alone; templates hold no secrets.
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
