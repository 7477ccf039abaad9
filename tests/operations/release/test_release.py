"""Releases on the local AWS: taken over, kept by the infrastructure, failed, taken back."""

from __future__ import annotations

import re

import pytest
from tests.cli.commands import Command, Write
from tests.operations.release.conftest import PROJECT, Lines, Stage, blueprint

from groundplan.engines import cloudformation
from groundplan.errors import DeploymentError, EnvironmentalError, ExitCode, InputError
from groundplan.operations import release as releasing
from groundplan.operations.lock import look, take
from groundplan.operations.release import Settings, find_image, follow, kept, rollback
from groundplan.operations.release.changing import planned

HOW = Settings("user/test")


def test_deployments_of_the_infrastructure_keep_what_was_released(
    groundplan: Command, write: Write, stage: Stage
) -> None:
    """A canary and a job; then nothing to change, then another size, then back."""
    before = stage.weights()
    released = groundplan("release", "web", "1.1", "--format", "json")
    assert released.code == ExitCode.FINE, released.err
    [done] = released.json["releases"]
    assert (done["before"], done["now"], done["strategy"], done["changed"]) == ("1.0", "1.1", "canary", True)
    assert done["seconds"] < 5
    assert "web: requests move to the new tasks; 1 of 1 new tasks run" in released.err
    assert stage.tag("web") == "1.1"
    assert stage.weights() == before[::-1], "ECS has moved the requests to the other target group"
    marks = {tag["key"]: tag["value"] for tag in stage.definition("web")["tags"]}
    assert (marks["ReleasedOn"], marks["ReleasedAfter"], marks["Project"]) == ("1", "1", PROJECT)
    assert marks["ReleasedDigest"].startswith("sha256:")
    assert groundplan("release", "nightly", "1.1").code == ExitCode.FINE

    assert groundplan("plan", "--format", "json").json["changes"] == []
    again = groundplan("deploy", "--format", "json")
    assert {item["changed"] for item in again.json["stacks"]} == {0}
    drift = groundplan("drift")
    assert drift.code == ExitCode.FINE, drift.out

    write(blueprint(cpu=512))
    changes = groundplan("plan", "--format", "json").json["changes"]
    assert {change["resource"] for change in changes} >= {"task_definition.web", "task_definition.nightly"}
    changed = groundplan("deploy")
    assert changed.code == ExitCode.FINE, changed.err
    for name in ("web", "nightly"):
        assert stage.definition(name)["taskDefinition"]["cpu"] == "512"
        assert stage.tag(name) == "1.1", "the infrastructure's own revision has the released image"
    assert stage.tag("worker") == "1.0"
    assert sorted(stage.weights()) == [0, 100]
    write(blueprint(cpu=512).replace(", tag: '1.0'", ""))
    without = groundplan("plan", "--format", "json")
    assert without.json["changes"] == [], "a tag that nobody says is the one that runs"

    back = groundplan("rollback", "web")
    assert back.code == ExitCode.FINE, back.err
    assert re.search(r"web: runs 1\.0, before 1\.1 \(revision \d+, ", back.out)
    assert stage.tag("web") == "1.0"
    groundplan("rollback", "nightly")
    assert stage.tag("nightly") == "1.0"
    assert "nightly was released last" in groundplan("rollback").err
    assert stage.tag("nightly") == "1.1"
    listed = groundplan("releases", "web", "--format", "json").json["revisions"]
    assert [item["tag"] for item in listed] == ["1.0", "1.1", "1.1", "1.0"]
    assert [item["runs"] for item in listed] == [True, False, False, False]
    assert [item["release"] for item in listed] == [True, False, True, False]
    assert "taken back" in groundplan("releases").out


def test_an_image_that_fails_is_rolled_back(groundplan: Command, stage: Stage) -> None:
    stage.push("api", "1.2", fault="unhealthy")
    failed = groundplan("release", "api", "1.2")
    assert failed.code == ExitCode.DEPLOYMENT_FAILED
    assert "api: 1.2 was not taken over: Service deployment rolled back because the circuit breaker" in failed.err
    assert "failed container health checks" in failed.err, "and what became of the tasks"
    assert "Rolled back: 1.0 runs as before" in failed.err
    assert stage.tag("api") == "1.0"
    listed = groundplan("releases", "api", "--format", "json").json["revisions"]
    assert [(item["tag"], item["now"]) for item in listed] == [("1.2", "failed, rolled back"), ("1.0", "runs")]
    nothing = groundplan("rollback", "api")
    assert nothing.code == ExitCode.BAD_INPUT
    assert "api has run nothing but 1.0: there is nothing to go back to" in nothing.err
    assert groundplan("release", "api", "1.1").code == ExitCode.FINE
    assert "api: runs 1.1 already" in groundplan("release", "api", "1.1").out
    record = groundplan("history", "--format", "json").out
    assert '"operation": "release"' in record
    assert "was not taken over" in record


def test_an_alarm_and_patience(stage: Stage) -> None:
    """An alarm that goes on in the middle, and a deployment that takes too long."""
    web, connection = stage.workload("web"), stage.connection
    stage.push("web", "2.0")
    image, before, weights = find_image(connection, web, "2.0"), stage.tag("web"), stage.weights()
    alarm = {"AlarmName": f"{PROJECT}-production-web-rollback-errors", "StateReason": "a test"}
    cloudwatch = stage.aws.client("cloudwatch")
    lines = Lines("requests move", lambda: cloudwatch.set_alarm_state(**alarm, StateValue="ALARM"))
    with pytest.raises(
        DeploymentError, match=r"a CloudWatch alarm is in ALARM; the alarm .*-web-rollback-errors is on"
    ):
        releasing.release(connection, web, image, lines, HOW)
    cloudwatch.set_alarm_state(**alarm, StateValue="OK")
    assert (stage.tag("web"), stage.weights()) == (before, weights)

    impatient = Settings("user/test", timeout=-planned(web))  # what the canary waits comes on top
    lines = Lines()
    with pytest.raises(DeploymentError, match=f"it took longer than 0s.* Rolled back: {before} runs as before"):
        releasing.release(connection, web, image, lines, impatient)
    assert any("rolling back" in line for line in lines)
    assert (stage.tag("web"), stage.weights()) == (before, weights)


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_interrupted_and_taken_up(stage: Stage) -> None:
    web, connection = stage.workload("web"), stage.connection
    stage.push("web", "3.0")
    stage.push("web", "3.1")
    image, other = (find_image(connection, web, tag) for tag in ("3.0", "3.1"))
    before, lines = stage.tag("web"), Lines("requests move", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        releasing.release(connection, web, image, lines, HOW)
    assert "groundplan release web 3.0 watches again, groundplan rollback web takes it back" in lines[-1]
    with pytest.raises(EnvironmentalError, match=r"3\.0 is being deployed by user/test since .*take it back with"):
        releasing.release(connection, web, other, Lines(), HOW)
    lines = Lines()
    assert releasing.release(connection, web, image, lines, HOW).now == "3.0"
    assert "web: the release of 3.0 is under way already; watching it" in lines

    with pytest.raises(KeyboardInterrupt):
        releasing.release(connection, web, other, Lines("requests move", _interrupt), HOW)
    taken_back = rollback(connection, web, Lines(), HOW)
    assert (taken_back.stopped, taken_back.before, taken_back.now) == (True, "3.1", "3.0")
    assert stage.tag("web") == "3.0" != before


def test_a_release_that_does_not_answer_is_rolled_back(stage: Stage) -> None:
    def refuse(*_: object) -> None:
        raise DeploymentError("https://shop.test/health answers 500")

    mail, connection = stage.workload("mail"), stage.connection
    image, lines = find_image(connection, mail, "1.1"), Lines()
    with pytest.raises(DeploymentError, match=r"1\.1 runs, and https.* answers 500\. Rolled back: 1\.0 runs as before"):
        releasing.release(connection, mail, image, lines, Settings("user/test", verify=refuse))
    assert stage.tag("mail") == "1.0"
    assert "mail: runs 1.1" in lines


def test_verification_is_skipped_locally(groundplan: Command, stage: Stage) -> None:
    done = groundplan("release", "worker", "1.1", "--verify", "https://shop.test/health")
    assert done.code == ExitCode.FINE, done.err
    assert "https://shop.test/health is not asked: no container runs in the local AWS" in done.err


def test_settings_that_terraform_registers_are_taken_over(stage: Stage) -> None:
    """Terraform makes a revision and leaves the service alone."""
    worker, connection = stage.workload("worker"), stage.connection
    ran = stage.tag("worker")
    assert follow(connection, worker, Lines(), HOW) is None
    definition = stage.definition("worker")["taskDefinition"]
    same = ("family", "containerDefinitions", "networkMode", "requiresCompatibilities", "executionRoleArn")
    kept = {name: definition[name] for name in same}
    kept["containerDefinitions"][0]["image"] = kept["containerDefinitions"][0]["image"].replace(ran, "1.0")
    stage.aws.client("ecs").register_task_definition(**kept, cpu="1024", memory="2048")
    followed = follow(connection, worker, Lines(), HOW)
    assert followed is not None
    assert (followed.now, stage.tag("worker")) == (ran, ran)
    assert stage.definition("worker")["taskDefinition"]["cpu"] == "1024"


def test_a_rollback_of_the_stack_does_not_undo_a_release(stage: Stage) -> None:
    """CloudFormation puts a service on the revision of its own that it had before."""
    mail, connection = stage.workload("mail"), stage.connection
    first = stage.definition("mail")["taskDefinition"]["taskDefinitionArn"]
    releasing.release(connection, mail, find_image(connection, mail, "1.1"), Lines(), HOW)
    rendering = cloudformation.render(stage.architecture)
    [place] = rendering.locations[mail.definition.ref]
    [stack] = (item for item in rendering.stacks if item.name == place.stack)
    ran = kept.released(connection, stage.architecture, rendering, stack, [place.logical_id])
    assert [(item.name, revision.tag) for item, revision in ran] == [("mail", "1.1")]
    assert kept.released(connection, stage.architecture, rendering, stack, ["Others"]) == []

    changed = {"cluster": mail.cluster, "service": f"{PROJECT}-production-mail", "taskDefinition": first}
    stage.aws.client("ecs").update_service(**changed)
    lines = Lines()
    kept.restore(connection, ran, lines)
    assert stage.tag("mail") == "1.1"
    assert lines[0] == "mail: the rollback of the stack took 1.1 away; bringing it back"
    kept.restore(connection, ran, unheard := Lines())
    assert unheard == []


def test_one_at_a_time(groundplan: Command, stage: Stage) -> None:
    """Of the same service; others are released meanwhile, and a deployment stands in everybody's way."""
    connection, architecture, before = stage.connection, stage.architecture, stage.tag("nightly")
    other = "1.0" if before == "1.1" else "1.1"
    deployment = take(connection, architecture, "deploy")
    for arguments in (("release", "nightly", other), ("rollback", "nightly")):
        refused = groundplan(*arguments)
        assert refused.code == ExitCode.BAD_INPUT
        assert "production is being worked on by somebody else: `groundplan deploy` of" in refused.err
    deployment.give_back()
    release = take(connection, architecture, "release nightly", part="nightly")
    assert "`groundplan release nightly` of" in groundplan("release", "nightly", other).err
    assert "`groundplan release nightly` of" in groundplan("deploy").err
    assert "at work: groundplan release nightly of" in groundplan("status").out
    assert stage.tag("nightly") == before
    mail = groundplan("release", "mail", stage.tag("mail"))
    assert mail.code == ExitCode.FINE, mail.err
    asked = groundplan("release", "nightly", other, "--break-lock")
    assert "Take the lock of production from them? There is no terminal" in asked.err
    broken = groundplan("release", "nightly", other, "--break-lock", "--yes")
    assert (broken.code, stage.tag("nightly")) == (ExitCode.FINE, other)
    release.refresh()
    assert release.lost.is_set()

    again = take(connection, architecture, "release nightly", part="nightly")
    back = groundplan("rollback", "nightly")
    assert (back.code, stage.tag("nightly")) == (ExitCode.FINE, before), back.err
    again.refresh()
    assert again.lost.is_set(), "a rollback takes a release back, whoever is at it"
    assert look(connection, architecture) == []


def test_images_that_cannot_be_released(groundplan: Command, stage: Stage) -> None:
    digest, mail = stage.push("mail", "1.4.2"), stage.workload("mail")
    uri = find_image(stage.connection, mail, "1.4.2").repository
    for written, why in (
        ("latest", "latest names another image whenever somebody pushes one"),
        ("1.4.3", f"there is no image 1.4.3 in {PROJECT}-production-mail; the nearest are 1.4.2"),
        ("zebra", "the newest are 1.4.2, 1.1, 1.0"),
        ("v 1", '"v 1" is no tag'),
        (f"sha256:{'a' * 64}", f"there is no image sha256:{'a' * 64}"),
        ("nginx:1.27", f"mail runs images of {uri}, and nginx:1.27 is of another repository"),
        (f"{uri}@sha256:12", "a digest is sha256: and 64 digits"),
        (uri, "which version?"),
    ):
        with pytest.raises(InputError) as refused_image:
            find_image(stage.connection, mail, written)
        assert why in str(refused_image.value)
    refused = groundplan("release", "mail", "latest")
    assert (refused.code, "release a tag that stays" in refused.err) == (ExitCode.BAD_INPUT, True)
    refused = groundplan("release", "mial", "1.1")
    assert 'no service and no job is called "mial"; did you mean "mail"?' in refused.err
    for written in (digest, f"{uri}@{digest}", f"{uri}:1.4.2", f"{PROJECT}-production-mail:1.4.2"):
        assert find_image(stage.connection, mail, written).tag == "1.4.2"
    assert groundplan("rollback", "mail", "--to", "99").err.startswith(
        f"error: {PROJECT}-production-mail has no revision 99; the newest are "
    )


def test_tags_have_to_be_immutable(stage: Stage) -> None:
    ecr, name, mail = stage.aws.client("ecr"), f"{PROJECT}-production-mail", stage.workload("mail")
    for setting, excluded, stays in (
        ("MUTABLE", "", False),
        ("IMMUTABLE_WITH_EXCLUSION", "2.*", True),
        ("IMMUTABLE_WITH_EXCLUSION", "1.*", False),
        ("MUTABLE_WITH_EXCLUSION", "1.*", True),
        ("IMMUTABLE", "", True),
    ):
        filters = [{"filterType": "WILDCARD", "filter": excluded}] if excluded else []
        more = {"imageTagMutabilityExclusionFilters": filters} if filters else {}
        ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability=setting, **more)
        if stays:
            assert find_image(stage.connection, mail, "1.1").tag == "1.1"
        else:
            with pytest.raises(InputError, match=r"lets 1\.1 be moved to another image \(\w+\); groundplan deploy"):
                find_image(stage.connection, mail, "1.1")


def test_before_anything_is_deployed(groundplan: Command, write: Write) -> None:
    write(blueprint().replace(PROJECT, "nowhere"))
    for arguments in (("release", "api", "1.1"), ("rollback", "api"), ("releases",)):
        refused = groundplan(*arguments)
        assert refused.code == ExitCode.BAD_INPUT
        assert "is not deployed to local" in refused.err
    assert "nothing has been released to production yet" in groundplan("rollback").err
