"""Stacks that do not need one another: brought about at the same time, and told about as one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.cli.commands import Command, Write
from tests.design.blueprints import designed
from tests.operations.running import REGION, Aws

from groundplan.engines import cloudformation
from groundplan.errors import DeploymentError, EnvironmentalError, ExitCode, GroundplanError
from groundplan.operations.deploy import Deployer
from groundplan.operations.events import OneVoice
from groundplan.targets.connection import Connection


def blueprint(project: str, *more: str) -> str:
    return "\n".join((f"project: {project}", f"region: {REGION}", "profile: poc", *more)) + "\n"


def test_stacks_that_do_not_need_one_another_overlap(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, "buckets: {files: {encryption: s3}}"))
    done = groundplan("deploy", "--format", "json")
    assert done.code == ExitCode.FINE, done.err
    network, storage = f"{project}-production-network", f"{project}-production-storage"
    events = {
        name: aws.cloudformation.describe_stack_events(StackName=name)["StackEvents"] for name in (network, storage)
    }
    begun = {name: min(event["Timestamp"] for event in found) for name, found in events.items()}
    ended = {name: max(event["Timestamp"] for event in found) for name, found in events.items()}
    assert begun[storage] < ended[network]
    assert begun[network] < ended[storage]
    assert [stack["name"] for stack in done.json["stacks"]] == [network, storage], "told in the blueprint's order"
    again = groundplan("deploy", "--format", "json")
    assert {stack["changed"] for stack in again.json["stacks"]} == {0}
    assert groundplan("destroy", "-y", "--delete-data").code == ExitCode.FINE


def test_all_stacks_that_fail_are_told(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    somebodys = f"{project}-taken"
    aws.create_bucket(somebodys)
    aws.client("ecr").create_repository(repositoryName=f"{project}-production-api")
    write(
        blueprint(
            project,
            f"buckets: {{others: {{encryption: s3, name: {somebodys}}}}}",
            "services: {api: {port: 80, size: {cpu: 256, memory: 512}, image: {repository: api}}}",
        )
    )
    failed = groundplan("deploy", "--input", "api_image_tag=1", "--format", "json")
    assert (failed.code, failed.out) == (ExitCode.DEPLOYMENT_FAILED, "")
    first, *told = failed.err.splitlines()[-5:]
    assert [line.partition(": ")[0] for line in told[1::2]] == ["what to do"] * 2
    told = told[::2]
    assert first == "error: 2 stacks failed"
    assert [line.partition(":")[0] for line in told] == [
        f"{project}-production-storage",
        f"{project}-production-registry",
    ]
    assert "bucket.others (AWS::S3::Bucket): " in told[0]
    assert "container_repository.api (AWS::ECR::Repository): " in told[1]
    assert all(line.endswith("The stack was rolled back: everything of it was removed again.") for line in told)
    stacks = aws.stacks(project)
    assert stacks[f"{project}-production-network"] == "CREATE_COMPLETE", "what was under way was finished"
    assert f"{project}-production-services" not in stacks, "what needs one of them was not begun"

    aws.s3.delete_bucket(Bucket=somebodys)
    aws.client("ecr").delete_repository(repositoryName=f"{project}-production-api")
    assert groundplan("deploy", "--input", "api_image_tag=1").code == ExitCode.FINE
    assert groundplan("destroy", "-y", "--delete-data", "--input", "api_image_tag=1").code == ExitCode.FINE


class Api:
    """A CloudFormation without stacks, which notes what is asked of it, and may refuse to describe some."""

    def __init__(self, refuse: Mapping[str, Exception] | None = None) -> None:
        self.refuse = refuse or {}
        self.asked: list[str] = []

    def describe_stacks(self, **given: str) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        self.asked.append(f"describe {given['StackName']}")
        if error := self.refuse.get(given["StackName"]):
            raise error
        raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")

    def create_change_set(self, **given: Any) -> dict[str, str]:
        self.asked.append(f"plan {given['StackName']}")
        return {"Id": given["StackName"]}

    def describe_change_set(self, **_: str) -> dict[str, Any]:
        return {"Status": "CREATE_COMPLETE", "Changes": []}

    def execute_change_set(self, **given: str) -> None:
        self.asked.append(f"execute {given['ChangeSetName']}")


def deployer(api: Api, told: list[str]) -> Deployer:
    """Of a network and, beside it, a bucket."""
    found = designed("project: shop\nregion: eu-west-1\nprofile: poc\nbuckets: {files: {encryption: s3}}\n")
    connection = Connection("aws", {}, {("cloudformation", "eu-west-1"): api})

    def report(text: str, *, passing: bool = False) -> None:
        told.append(text)

    return Deployer(connection, found, cloudformation.render(found), {}, report)


def failure(error: Callable[[str], Exception] | Exception) -> GroundplanError:
    """What a deployment says whose two stacks cannot be looked at."""
    names = ("shop-production-network", "shop-production-storage")
    found = deployer(Api({name: error if isinstance(error, Exception) else error(name) for name in names}), [])
    with pytest.raises(GroundplanError) as raised:
        found.run()
    return raised.value


def test_a_reason_that_several_have_is_told_once() -> None:
    from botocore.exceptions import NoCredentialsError

    error = failure(NoCredentialsError())
    assert isinstance(error, EnvironmentalError)
    assert str(error).startswith("Reading the stack shop-production-network: no AWS credentials were found")
    assert "\n" not in str(error)


def test_each_reason_is_told_in_the_order_of_the_stacks() -> None:
    error = failure(lambda name: DeploymentError(f"{name}: " + ("late" if name.endswith("network") else "early")))
    assert isinstance(error, DeploymentError)
    assert str(error) == "2 stacks failed\nshop-production-network: late\nshop-production-storage: early"
    error = failure(lambda name: EnvironmentalError("no way" if name.endswith("network") else "no time"))
    assert isinstance(error, EnvironmentalError)
    assert str(error) == "2 stacks failed\nno way\nno time"
    mixed = failure(lambda name: (DeploymentError if name.endswith("storage") else EnvironmentalError)(name[::-1]))
    assert isinstance(mixed, DeploymentError), "something may be half done"


def test_a_fault_of_ours_is_not_told_as_the_persons() -> None:
    refused = {"shop-production-network": EnvironmentalError("no way"), "shop-production-storage": ZeroDivisionError()}
    with pytest.raises(ZeroDivisionError):
        deployer(Api(refused), []).run()


def test_after_an_interruption_nothing_is_executed() -> None:
    api, told = Api(), list[str]()
    found = deployer(api, told)
    found.interrupted.set()
    with pytest.raises(DeploymentError, match="shop-production-network: interrupted before it was changed"):
        found.update(found.rendering.stacks[0])
    assert api.asked == ["describe shop-production-network", "plan shop-production-network"]


def test_one_line_is_told_at_a_time_and_none_after_the_silence() -> None:
    told: list[str] = []
    inside, silent = threading.Lock(), threading.Event()

    def report(text: str, *, passing: bool = False) -> None:
        assert inside.acquire(blocking=False), "two at once"
        told.append(f"{text} {passing}")
        inside.release()

    voice = OneVoice(report, silent)
    threads = [threading.Thread(target=voice, args=(f"{number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == sorted(f"{number} False" for number in range(20))
    voice("more", passing=True)
    assert told[-1] == "more True"
    silent.set()
    voice("nothing")
    assert len(told) == 21
