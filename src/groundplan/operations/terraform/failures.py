"""Why Terraform refuses, in the words of a person who has to do something about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groundplan.errors import DeploymentError, EnvironmentalError, GroundplanError
from groundplan.operations.terraform.engine import Engine

_OPERATIONS = {
    "OperationTypeApply": "apply",
    "OperationTypePlan": "plan",
    "OperationTypeRefresh": "refresh",
    "OperationTypeInvalid": "work on the state",
}
_NO_BUCKET = re.compile(r'S3 bucket (?:"([^"]+)" )?does not exist|NoSuchBucket')
_CREATED_BY = re.compile(r"created by Terraform v?(\d[\w.-]*\w)")
_INDEX = re.compile(r"\[[^\]]*\]$")
_BOX = re.compile(r"^[╷│╵] ?", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning of Terraform.

    Source: https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic
    """

    severity: str
    summary: str
    detail: str = ""
    address: str = ""
    """The Terraform address of the resource that it is about."""
    where: str = ""
    """File and line."""

    @classmethod
    def read(cls, content: Mapping[str, object]) -> Diagnostic:
        """Of the object ``diagnostic`` of Terraform's JSON."""
        place = content.get("range")
        where = ""
        if isinstance(place, Mapping) and isinstance(start := place.get("start"), Mapping):
            where = f"{place.get('filename')}:{start.get('line')}"
        summary, detail, address = (str(content.get(name) or "") for name in ("summary", "detail", "address"))
        return cls(str(content.get("severity")), summary, detail, address, where)

    def told(self, around: Surroundings) -> str:
        """``bucket.files: creating S3 Bucket: … (s3.tf:4)``"""
        name = f"{around.name(self.address) or self.address}: " if self.address else ""
        detail = " ".join(self.detail.split())
        more = f": {detail}" if detail and detail != self.summary else ""
        return f"{name}{self.summary}{more}{f' ({self.where})' if self.where else ''}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an explanation names."""

    engine: Engine
    folder: str
    environment: str
    state_bucket: str | None
    """None: the state is a file in the folder."""
    state_key: str
    known: Mapping[str, str]
    """Terraform's address to the architecture's."""

    def name(self, address: str) -> str | None:
        """What the architecture calls it; of one of several, what it calls them all."""
        return self.known.get(address) or self.known.get(_INDEX.sub("", address))


def plain(text: str) -> list[Diagnostic]:
    """The errors in what Terraform writes for people: boxes, or lines that begin with ``Error:``."""
    bare = _BOX.sub("", _COLOUR.sub("", text))
    found = []
    for part in re.split(r"^Error: ", bare, flags=re.MULTILINE)[1:]:
        summary, _, detail = part.strip().partition("\n")
        found.append(Diagnostic("error", summary.strip(), detail.strip()))
    return found or [Diagnostic("error", bare.strip())] * bool(bare.strip())


def explained(doing: str, found: Sequence[Diagnostic], around: Surroundings, *, deploying: bool) -> GroundplanError:
    """The error to raise. What the surroundings refuse is an EnvironmentalError; a deployment that failed half way, a
    DeploymentError with each resource and its reason."""
    errors = [item for item in found if item.severity == "error"]
    for item in errors:
        if known := _known(f"{item.summary}\n{item.detail}", around):
            return EnvironmentalError(f"{doing}: {known}")
    told = _once(item.told(around) for item in errors) or ["Terraform does not say why"]
    text = f"{doing}: {told[0]}" if len(told) == 1 else "\n".join((f"{doing}: {len(told)} errors", *told))
    return DeploymentError(text) if deploying else EnvironmentalError(text)


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _known(said: str, around: Surroundings) -> str | None:
    """What to do about refusals that everybody meets sooner or later."""
    if "Lock Info:" in said:
        return _locked(said, around)
    if "Unsupported state file format" in said or ("state snapshot" in said and "newer" in said):
        writer = _CREATED_BY.search(said)
        by = f"Terraform {writer[1]}" if writer else "a newer Terraform"
        return (
            f"the state was written by {by}, and {around.engine.told} cannot read it. Install that version or a newer "
            "one; the state is as it was"
        )
    if "managed by newer provider version" in said or "created by a newer provider version" in said:
        return (
            "the state was written with a newer AWS provider than the one that "
            f"{around.folder}/.terraform.lock.hcl holds fast. Take the lock file of whoever deployed last, or delete "
            "it, which takes the newest provider that fits, and run this again; the state is as it was"
        )
    if match := _NO_BUCKET.search(said):
        bucket = match[1] or around.state_bucket
        return (
            f"the bucket {bucket}, which is to keep Terraform's state, does not exist. It is made by "
            f"groundplan bootstrap -e {around.environment} --target aws; state: {{backend: local}} in the blueprint "
            "keeps the state in a file on this machine instead"
        )
    if "Saved plan is stale" in said:
        return (
            "the plan is stale: somebody has changed the state since it was made. Nothing was done. Run the command "
            "again, which plans anew"
        )
    if "Backend configuration changed" in said or "Backend type changed" in said:
        return (
            "the blueprint now keeps the state elsewhere than before. To take it along, run init -migrate-state in "
            f"{around.folder}; to begin with an empty state, delete {around.folder}/.terraform"
        )
    if "No valid credential sources found" in said:
        return (
            "no AWS credentials were found. Run `aws configure sso` or `aws sso login`, or set AWS_PROFILE; to try "
            "without an account, use --target local"
        )
    return None


def _locked(said: str, around: Surroundings) -> str:
    """Source of the lock's form: https://developer.hashicorp.com/terraform/language/state/locking"""
    lock = dict(re.findall(r"^\s*(ID|Path|Operation|Who|Version|Created):[ \t]*(.*?)\s*$", said, re.MULTILINE))
    since = re.sub(r"\.\d+", "", lock.get("Created", "")).replace(" +0000 UTC", " UTC")
    doing = _OPERATIONS.get(lock.get("Operation", ""), lock.get("Operation", ""))
    who = lock.get("Who") or "somebody"
    what = f" for {doing}" if doing else ""
    version = f" with Terraform {lock['Version']}" if lock.get("Version") else ""
    since = f" since {since}" if since else ""
    return (
        f"the state is locked by {who}{since}{what}{version}. Wait until that has ended and run this again. "
        f"{_unlocking(lock.get('ID', 'ID'), who, around)}"
    )


def _unlocking(lock_id: str, who: str, around: Surroundings) -> str:
    if around.state_bucket is None:
        return f"The lock goes with the process that holds it, which works in {around.folder}"
    prompt = around.engine.at_a_prompt
    way = (
        f"{prompt} -chdir={around.folder} force-unlock {lock_id}"
        if prompt
        else f"aws s3 rm s3://{around.state_bucket}/{around.state_key}.tflock"
    )
    return f"Only if {who} confirms that nothing is at work any more, take the lock away: {way}"
