"""Images in Amazon ECR: what a person writes becomes one that exists and whose tag names it for ever.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from __future__ import annotations

import difflib
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from groundplan.errors import EnvironmentalError, InputError
from groundplan.operations.events import Report
from groundplan.resources.containers import ContainerRepository
from groundplan.targets.connection import Connection, explained
from groundplan.units import shown

if TYPE_CHECKING:
    from mypy_boto3_ecr.type_defs import ImageDetailTypeDef, RepositoryTypeDef

TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
MOVING = frozenset({"latest", "stable", "edge", "main", "master", "develop", "dev", "nightly"})
"""Tags that by their meaning name another image tomorrow, whatever the repository allows."""
_NEAREST = 3
_NEWEST = 5


class Runs(Protocol):
    """Something that runs images: a service or job, on ECS or on EKS."""

    @property
    def name(self) -> str:
        """As the blueprint calls it."""

    @property
    def told(self) -> str:
        """How people are told of it."""

    @property
    def region(self) -> str:
        """Where it runs, and where its images are."""

    @property
    def repository(self) -> ContainerRepository:
        """Where its images come from."""


@dataclass(frozen=True)
class Image:
    """An image in a repository."""

    repository: str
    """URI of the repository: ``123456789012.dkr.ecr.ap-south-1.amazonaws.com/shop-web``."""
    tag: str
    digest: str
    pushed: datetime | None = None

    @property
    def reference(self) -> str:
        """What a task definition says."""
        return f"{self.repository}:{self.tag}"


def tag_of(reference: str) -> str:
    """The tag of an image, or its digest where it is named by that."""
    name, _, digest = reference.partition("@")
    return digest or name.rpartition("/")[2].partition(":")[2]


def find_image(connection: Connection, workload: Runs, written: str) -> Image:
    """The image that is meant by a tag, a digest, or either with the repository before it.

    Raises InputError for a tag that may name another image tomorrow, for an image that is not there (with the nearest
    tags), and for one of another repository; EnvironmentalError where the repository is not deployed.
    """
    found = _repository(connection, workload)
    name = _of_repository(workload, found["repositoryUri"], written)
    if not DIGEST.fullmatch(name):
        _check_tag(workload, found, name)
    detail = _detail(connection, workload, name)
    if detail is None:
        raise InputError(_missing(connection, workload, name))
    tag = name if not DIGEST.fullmatch(name) else _lasting_tag(workload, found, detail)
    return Image(found["repositoryUri"], tag, detail.get("imageDigest", ""), detail.get("imagePushedAt"))


def replicated(connection: Connection, workload: Runs, tag: str, report: Report, *, seconds: float = 300.0) -> Image:
    """The image in the standby's region, to which ECR copies what is pushed. Raises InputError where it does not come.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return find_image(connection, workload, tag)
        except InputError:
            if connection.target == "local" or time.monotonic() > deadline:
                raise
        report(f"{workload.told}: waiting until ECR has copied {tag}", passing=True)
        time.sleep(connection.poll_seconds)


def _repository(connection: Connection, workload: Runs) -> RepositoryTypeDef:
    from botocore.exceptions import ClientError

    called = workload.repository.repository_name
    with explained(f"Reading the repository {called}"):
        try:
            found = connection.ecr(workload.region).describe_repositories(repositoryNames=[called])["repositories"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "RepositoryNotFoundException":
                raise
            raise EnvironmentalError(
                f"{workload.told} is not deployed to {connection.target}: there is no repository {called}; groundplan "
                "deploy makes it"
            ) from error
    return found[0]


def _of_repository(workload: Runs, uri: str, written: str) -> str:
    """The tag or digest of what is written. Raises InputError for an image of another repository."""
    if DIGEST.fullmatch(written):
        return written
    name, at, digest = written.partition("@")
    if not at:
        path, slash, last = written.rpartition("/")
        called, colon, tag = last.partition(":")
        name, digest = f"{path}{slash}{called}", tag
        if not colon:
            if slash:
                raise InputError(f"{written}: which version? Write {written}:TAG, or the tag alone")
            return written
    if name not in (uri, workload.repository.repository_name, workload.repository.name):
        raise InputError(f"{workload.told} runs images of {uri}, and {written} is of another repository; push it there")
    if at and not DIGEST.fullmatch(digest):
        raise InputError(f"{written}: a digest is sha256: and 64 digits of 0 to 9 and a to f")
    return digest


def _check_tag(workload: Runs, repository: RepositoryTypeDef, tag: str) -> None:
    if not TAG.fullmatch(tag):
        raise InputError(f"{shown(tag)} is no tag: letters, digits, dots, dashes and underscores, at most 128")
    if tag in MOVING:
        raise InputError(
            f"{tag} names another image whenever somebody pushes one, so nobody could say what ran, or go back to it; "
            "release a tag that stays, like a version or the commit"
        )
    if not _stays(repository, tag):
        raise InputError(
            f"the repository {workload.repository.repository_name} lets {tag} be moved to another image "
            f"({repository.get('imageTagMutability')}); groundplan deploy makes its tags immutable again"
        )


def _stays(repository: RepositoryTypeDef, tag: str) -> bool:
    """Whether ECR refuses to move a tag."""
    filters = [item["filter"] for item in repository.get("imageTagMutabilityExclusionFilters", [])]
    excluded = any(fnmatchcase(tag, pattern) for pattern in filters)
    setting = repository.get("imageTagMutability", "MUTABLE")
    return not excluded if setting.startswith("IMMUTABLE") else excluded and setting == "MUTABLE_WITH_EXCLUSION"


def _lasting_tag(workload: Runs, repository: RepositoryTypeDef, detail: ImageDetailTypeDef) -> str:
    for tag in sorted(detail.get("imageTags", [])):
        if tag not in MOVING and _stays(repository, tag):
            return tag
    raise InputError(
        f"{detail.get('imageDigest')} in {workload.repository.repository_name} has no tag that stays: deployments of "
        "the infrastructure name the image by its tag; push it with one"
    )


def _detail(connection: Connection, workload: Runs, name: str) -> ImageDetailTypeDef | None:
    from botocore.exceptions import ClientError

    called = workload.repository.repository_name
    with explained(f"Looking for the image {name} in {called}"):
        client = connection.ecr(workload.region)
        try:
            if DIGEST.fullmatch(name):
                found = client.describe_images(repositoryName=called, imageIds=[{"imageDigest": name}])
            else:
                found = client.describe_images(repositoryName=called, imageIds=[{"imageTag": name}])
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ImageNotFoundException":
                return None
            raise
    return next(iter(found["imageDetails"]), None)


def _missing(connection: Connection, workload: Runs, name: str) -> str:
    called = workload.repository.repository_name
    pushed: dict[str, datetime] = {}
    with explained(f"Listing the images of {called}"):
        pages = connection.ecr(workload.region).get_paginator("describe_images")
        for page in pages.paginate(repositoryName=called, filter={"tagStatus": "TAGGED"}):
            for item in page["imageDetails"]:
                at = item.get("imagePushedAt", datetime.min.replace(tzinfo=UTC))
                pushed |= dict.fromkeys(item.get("imageTags", []), at)
    if not pushed:
        return f"there is no image {name} in {called}, and no other: nothing has been pushed yet"
    near = difflib.get_close_matches(name, pushed, n=_NEAREST, cutoff=0.5)
    newest = sorted(pushed, key=lambda tag: (pushed[tag], tag), reverse=True)[:_NEWEST]
    hint = f"the nearest are {', '.join(near)}" if near else f"the newest are {', '.join(newest)}"
    return f"there is no image {name} in {called}; {hint}"
