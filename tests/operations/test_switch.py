"""The switch between blue and green: the local AWS as load balancer, an API server on 127.0.0.1 as cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Command, Write
from tests.operations.cluster_server import ApiServer, running
from tests.operations.running import REGION, Aws

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.engines.kubernetes import system_of
from groundplan.errors import DeploymentError, EnvironmentalError, ExitCode, InputError
from groundplan.operations import kubernetes
from groundplan.operations.kubernetes import Pace
from groundplan.operations.lock import take
from groundplan.resources import Architecture
from groundplan.resources.containers import GradualShift
from groundplan.resources.edge import TargetGroup
from groundplan.resources.values import Ref
from groundplan.resources.workloads import PodShift, ServiceWorkload
from groundplan.targets.connection import connect

FAST = Pace(start=5.0, poll=0.01, minute=0.01)
OPTIONS = "deployment: {strategy: blue-green}, tasks: {min: 2, desired: 2, max: 4}, scaling: {cpu: 70%}"


def _blueprint(project: str) -> str:
    return f"""\
project: {project}
region: {REGION}
platform: eks
profile: development
network: {{nat: single, endpoints: []}}
kubernetes: {{nodes: {{general: {{instances: [t3.small]}}}}, monitoring: false}}
alarms: {{email: ops@example.com}}
services:
  api: {{image: {{repository: api}}, port: 8080, public: {{tls: false}}, {OPTIONS}}}
  worker: {{image: {{repository: worker, tag: '1'}}, needs: [api]}}
"""


class Lines(list[str]):
    """Remembers what was reported."""

    def __call__(self, text: str, *, passing: bool = False) -> None:
        self.append(text)


class Stage:
    """A service with two colours, on a load balancer of the local AWS and in a cluster that is none."""

    def __init__(self, aws: Aws, server: ApiServer, architecture: Architecture) -> None:
        self.aws, self.server, self.architecture = aws, server, architecture
        self.elb = aws.client("elbv2")
        self.connection = connect("local")
        self.namespace = architecture.workloads[0].namespace
        (self.service,) = (item for item in architecture.workloads if isinstance(item, ServiceWorkload) and item.shift)
        self.sick: set[str] = set()
        """Colours whose pods the load balancer never gets to see."""
        server.scaled = self.scaled

    def build(self) -> None:
        """What a deployment makes, as far as a switch has to do with it."""
        ec2 = self.aws.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
                "SubnetId"
            ]
            for number, zone in enumerate("ab")
        ]
        balancer = self.elb.create_load_balancer(Name=self.namespace, Subnets=subnets)["LoadBalancers"][0]
        for name in self.groups.values():
            self.elb.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")
        listener = self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        )["Listeners"][0]
        targets = [
            {"TargetGroupArn": self.arn(colour), "Weight": weight} for colour, weight in (("blue", 100), ("green", 0))
        ]
        self.elb.create_rule(
            ListenerArn=listener["ListenerArn"],
            Priority=10,
            Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": targets}}],
        )

    @property
    def groups(self) -> dict[str, str]:
        """Names of the target groups."""
        return {
            "blue": self.architecture[Ref(TargetGroup, "api")].target_group_name,
            "green": self.architecture[Ref(TargetGroup, "api_green")].target_group_name,
        }

    def arn(self, colour: str) -> str:
        found: str = self.elb.describe_target_groups(Names=[self.groups[colour]])["TargetGroups"][0]["TargetGroupArn"]
        return found

    def scaled(self, name: str, replicas: int) -> None:
        """The load balancer controller: pods of a colour stand in its target group."""
        colour = name.rpartition("-")[2]
        group = self.arn(colour)
        known = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        if known:
            self.elb.deregister_targets(TargetGroupArn=group, Targets=[item["Target"] for item in known])
        if replicas and colour not in self.sick:
            pods = [{"Id": f"10.9.{colour == 'green':d}.{number + 10}"} for number in range(replicas)]
            self.elb.register_targets(TargetGroupArn=group, Targets=pods)

    def autoscale(self, colour: str, replicas: int) -> None:
        """The autoscaler: another number of pods, past everybody else."""
        found = self.object("/apis/apps/v1", "deployments", f"api-{colour}")
        found["spec"]["replicas"] = replicas
        found["status"].update(dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), replicas))
        self.scaled(f"api-{colour}", replicas)

    def apply(self, api: Any, **values: str) -> list[kubernetes.Applied]:
        """Apply everything, as ``groundplan kubernetes apply`` does."""
        system = system_of(self.architecture)
        live = kubernetes.live_colours(self.connection, self.architecture)
        known = {item.key: item.default or f"value-of-{item.key}" for item in system.wanted} | live | values
        objects = system.filled(known)
        return kubernetes.apply(api, objects, Lines(), standing=system.standing(known), poll=0.01)

    def switch(self, api: Any, shift: PodShift | None = None, **options: Any) -> kubernetes.Switched:
        service = replace(self.service, shift=shift) if shift else self.service
        options = {"pace": FAST, "report": Lines(), **options}
        return kubernetes.switch(self.connection, self.architecture, api, service, **options)

    def state(self) -> tuple[dict[str, int], str, dict[str, int]]:
        """Percent of the requests, the colour that others call, and the pods of each."""
        shares = kubernetes.find_requests(self.connection, self.architecture, self.service).shares()
        called = self.object("/api/v1", "services", "api")["spec"]["selector"]["groundplan/colour"]
        return (
            {str(colour): share for colour, share in shares.items()},
            called,
            {colour: self.replicas(colour) for colour in ("blue", "green")},
        )

    def replicas(self, colour: str) -> int:
        found: int = self.object("/apis/apps/v1", "deployments", f"api-{colour}")["spec"]["replicas"]
        return found

    def object(self, group: str, plural: str, name: str) -> dict[str, Any]:
        return self.server.objects[f"{group}/namespaces/{self.namespace}/{plural}/{name}"]


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "kubeconfig"
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))
    return file


@pytest.fixture
def server(kubeconfig: Path) -> Iterator[ApiServer]:
    with running() as state:
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "mine",
            "clusters": [{"name": "mine", "cluster": {"server": state.endpoint}}],
            "contexts": [{"name": "mine", "context": {"cluster": "mine", "user": "me"}}],
            "users": [{"name": "me", "user": {"token": "none"}}],
        }
        kubeconfig.write_text(json.dumps(content))
        yield state


def _architecture(folder: Path, text: str) -> Architecture:
    file = folder / "design.yaml"
    file.write_text(text)
    return design(read_source(file).environment())


@pytest.fixture
def stage(aws: Aws, server: ApiServer, tmp_path: Path, project: str) -> Stage:
    made = Stage(aws, server, _architecture(tmp_path, _blueprint(f"blue{project}")))
    made.build()
    return made


@pytest.fixture
def api(server: ApiServer) -> Iterator[Any]:
    with kubernetes.chosen("mine").client() as client:
        yield client


FIRST = ({"blue": 100, "green": 0}, "blue", {"blue": 2, "green": 0})


def _start(stage: Stage, api: Any) -> None:
    """The first version, with as many pods as its autoscaler wants."""
    stage.apply(api, api_blue_image_tag="1", api_green_image_tag="1")
    stage.autoscale("blue", 2)
    assert stage.state() == FIRST


def test_a_release_goes_to_the_idle_colour_and_a_switch_moves_the_requests(stage: Stage, api: Any) -> None:
    _start(stage, api)
    stage.apply(api, api_blue_image_tag="2", api_green_image_tag="2")
    images = {
        colour: stage.object("/apis/apps/v1", "deployments", f"api-{colour}")["spec"]["template"]["spec"]["containers"][
            0
        ]["image"].rpartition(":")[2]
        for colour in ("blue", "green")
    }
    assert images == {"blue": "1", "green": "2"}, "what has the requests stays as it is"
    assert stage.state() == FIRST

    report = Lines()
    done = stage.switch(api, report=report)
    assert (done.before, done.now, done.changed) == ("blue", "green", True)
    assert done.image.endswith(":2")
    assert stage.state() == ({"blue": 0, "green": 100}, "green", {"blue": 0, "green": 2})
    assert "api: 2 green pods run and are healthy" in report

    # The next apply leaves what the switch has done, and the next version would go to blue.
    assert {item.name for item in stage.apply(api, api_blue_image_tag="3") if item.kept} == {"api-green"}
    assert stage.state()[:2] == ({"blue": 0, "green": 100}, "green")
    back = stage.switch(api, to="blue")
    assert (back.before, back.now) == ("green", "blue")
    assert stage.state() == FIRST


@pytest.mark.parametrize(
    ("strategy", "percent", "steps"),
    [("CANARY", 10, [10, 100]), ("LINEAR", 10, [*range(10, 101, 10)]), ("LINEAR", 40, [40, 80, 100])],
)
def test_requests_move_by_steps(stage: Stage, api: Any, strategy: Any, percent: int, steps: list[int]) -> None:
    _start(stage, api)
    assert stage.service.shift
    shift = replace(stage.service.shift, strategy=strategy, gradual=GradualShift(percent=Decimal(percent), bake_time=1))
    report = Lines()
    stage.switch(api, shift, report=report)
    moved = [int(line.split()[1]) for line in report if "% of the requests" in line]
    assert moved == steps
    assert stage.state()[0] == {"blue": 0, "green": 100}


def test_pods_that_do_not_start_get_no_requests(stage: Stage, api: Any, server: ApiServer) -> None:
    _start(stage, api)
    server.stuck.add("api-green")
    with pytest.raises(DeploymentError, match=r"api: 0 of 2 green pods run.*image cannot be pulled\. blue has all"):
        stage.switch(api)
    assert stage.state() == FIRST


def test_pods_that_the_load_balancer_finds_sick_get_no_requests(stage: Stage, api: Any) -> None:
    _start(stage, api)
    stage.sick.add("green")
    with pytest.raises(DeploymentError, match=r"2 of 2 green pods run, 0 are healthy: after .*blue has all requests"):
        stage.switch(api, pace=replace(FAST, start=0.1))
    assert stage.state() == FIRST


class Breaking(Lines):
    """Lets something happen once a line was reported."""

    def __init__(self, at: str, what: Any) -> None:
        super().__init__()
        self._at, self._what = at, what

    def __call__(self, text: str, *, passing: bool = False) -> None:
        super().__call__(text, passing=passing)
        if self._at in text:
            self._what()


def test_pods_that_fall_ill_while_they_are_watched_send_the_requests_back(stage: Stage, api: Any) -> None:
    _start(stage, api)
    report = Breaking("100 % of the requests go to green", lambda: stage.scaled("api-green", 0))
    with pytest.raises(
        DeploymentError, match=r"finds 0 green pods unhealthy and 0 healthy\. blue has all requests again"
    ):
        stage.switch(api, report=report)
    assert stage.state() == FIRST


def test_an_alarm_sends_the_requests_back(stage: Stage, api: Any) -> None:
    _start(stage, api)
    assert stage.service.shift
    alarm = stage.architecture[stage.service.shift.rollback_alarms[0]].alarm_name
    cloudwatch = stage.aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=alarm, Namespace="AWS/ApplicationELB", MetricName="HTTPCode_Target_5XX_Count", Statistic="Sum",
        Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip

    def ring() -> None:
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="7 % of the requests fail")

    with pytest.raises(DeploymentError, match=rf"the alarm is on: {alarm}: 7 % of the requests fail\. blue has all"):
        stage.switch(api, report=Breaking("100 % of the requests", ring))
    assert stage.state() == FIRST


def test_an_interrupted_switch_goes_back(stage: Stage, api: Any) -> None:
    _start(stage, api)

    def interrupt() -> None:
        raise KeyboardInterrupt

    report = Breaking("100 % of the requests", interrupt)
    with pytest.raises(KeyboardInterrupt):
        stage.switch(api, report=report)
    assert stage.state() == FIRST
    assert report[-1] == "api: interrupted; blue has all requests again"


def test_a_switch_whose_end_was_cut_off_is_ended(stage: Stage, api: Any) -> None:
    _start(stage, api)
    requests = kubernetes.find_requests(stage.connection, stage.architecture, stage.service)
    stage.autoscale("green", 2)
    requests.move("green", 100)
    done = stage.switch(api, to="green")
    assert not done.changed
    assert stage.state() == ({"blue": 0, "green": 100}, "green", {"blue": 0, "green": 2})


def test_a_colour_without_pods_is_not_left_alone_with_the_requests(stage: Stage, api: Any) -> None:
    _start(stage, api)
    kubernetes.find_requests(stage.connection, stage.architecture, stage.service).move("green", 100)
    with pytest.raises(DeploymentError, match="green has all requests already, and none of its pods run"):
        stage.switch(api, to="green")
    assert stage.replicas("blue") == 2


def test_before_anything_is_applied_the_command_for_it_is_told(stage: Stage, api: Any) -> None:
    with pytest.raises(
        DeploymentError, match="Deployment api-green is not in the cluster; groundplan kubernetes apply"
    ):
        stage.switch(api)


def test_what_is_not_deployed_cannot_be_switched(stage: Stage, tmp_path: Path, api: Any) -> None:
    elsewhere = _architecture(tmp_path, _blueprint("nowhere"))
    with pytest.raises(EnvironmentalError, match="is not deployed to local: api has no target groups nowhere-"):
        kubernetes.switch(stage.connection, elsewhere, api, stage.service, Lines(), pace=FAST)
    assert kubernetes.live_colours(stage.connection, elsewhere) == {}


def test_a_service_without_colours_has_no_switch(stage: Stage, api: Any) -> None:
    worker = next(item for item in stage.architecture.workloads if item.name == "worker")
    assert isinstance(worker, ServiceWorkload)
    with pytest.raises(InputError, match="worker has no colours to switch between"):
        kubernetes.switch(stage.connection, stage.architecture, api, worker, Lines())


def test_by_command(
    groundplan: Command, write: Write, aws: Aws, server: ApiServer, project: str, tmp_path: Path
) -> None:
    write(_blueprint(project).replace("blue-green", "blue-green, bake: 0m, alarms: false"))
    early = groundplan("kubernetes", "switch", "api", "--target", "local", "--context", "mine", "--yes")
    assert early.code == ExitCode.BAD_INPUT
    assert "is not deployed to local" in early.err
    deployed = groundplan("deploy")
    assert deployed.code == ExitCode.FINE, deployed.err
    stage = Stage(aws, server, _architecture(tmp_path, _blueprint(project)))
    local = ("--target", "local", "--context", "mine", "--yes")
    applied = groundplan("kubernetes", "apply", *local, "--tag", "api=1")
    assert applied.code == ExitCode.FINE, applied.err
    assert "api: the idle colour has what was applied" in applied.err
    stage.autoscale("blue", 2)
    assert groundplan("kubernetes", "apply", *local, "--tag", "api=2").code == ExitCode.FINE

    for arguments, said in (
        (("worker",), 'no service with blue and green pods is called "worker"'),
        (("api", "--to", "red"), "--to red: write blue or green"),
    ):
        refused = groundplan("kubernetes", "switch", *arguments, *local)
        assert refused.code == ExitCode.BAD_INPUT
        assert said in refused.err
    for part, command in (("", ("apply", "--tag", "api=3")), ("", ("switch", "api")), ("api", ("switch", "api"))):
        theirs = take(stage.connection, stage.architecture, "deploy", part=part)
        refused = groundplan("kubernetes", *command, *local)
        assert refused.code == ExitCode.BAD_INPUT
        assert "is being worked on by somebody else: `groundplan deploy` of" in refused.err
        theirs.give_back()
    switched = groundplan("kubernetes", "switch", "api", *local)
    assert switched.code == ExitCode.FINE, switched.err
    assert switched.out.startswith("api: green has the requests and runs ")
    assert switched.out.endswith(":2\n")
    assert stage.state() == ({"blue": 0, "green": 100}, "green", {"blue": 0, "green": 2})
    found = groundplan("kubernetes", "status", "--context", "mine", "--format", "json").json
    assert found["colours"] == {"api": "green"}
    assert found["cluster"]["answers"] is True
    # What CloudFormation would change is nothing: releases own the weights.
    assert groundplan("plan").out == "local: nothing to change\n"
    assert groundplan("destroy", "--yes", "--delete-data").code == ExitCode.FINE
