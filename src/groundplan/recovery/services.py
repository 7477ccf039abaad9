"""How services come back: after the loss of a task, of the host under it, of a zone."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.recovery.running import Running
from groundplan.recovery.steps import By, Given, Seconds, Step

TARGETS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"
PROBES = "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"


def after_task(service: Running, given: Given) -> Iterator[Step]:
    """A task or pod crashes, which is seen at once, or hangs, which its health checks find."""
    gone = f"{service.name}: gone"
    yield _noticed(service, given, gone, "A task has ended, or answers no more", exits=True)
    alone = service.tasks - 1 < service.needed
    yield from _another(service, given, (gone,), waited_for=alone, in_place=service.host == "nodes")


def after_host(service: Running, given: Given) -> Iterator[Step]:
    """The instance or node under a task is gone, or AWS's own host."""
    gone = f"{service.name}: gone"
    alone = service.left_without_host < service.needed
    if service.host == "Fargate":
        yield _noticed(service, given, gone, "The host of a task is gone, and the task with it", exits=True)
        yield from _another(service, given, (gone,), waited_for=alone)
        return
    yield _noticed(service, given, gone, "The instance of a task is gone, and the task with it", exits=False)
    waiting: tuple[str, ...] = (gone,)
    if service.host == "nodes":
        yield from _evicted(service, given, alone)
        waiting = (f"{service.name}: evicted",)
    if service.hosts == 1:
        yield _new_instance(service, given, gone, alone)
        waiting = (*waiting, f"{service.name}: new instance")
    yield from _another(service, given, waiting, waited_for=alone)


def after_zone(service: Running, zone: str, given: Given, *, elsewhere: bool) -> Iterator[Step]:
    """A zone is gone. ``elsewhere``: whether the network has another that the service could move to."""
    if zone not in service.zones:
        return
    left = service.left_without(zone)
    short = left < service.needed
    gone = f"{service.name}: gone"
    what = f"Tasks in the zone answer no more; {left} of {service.tasks} are left"
    yield _noticed(service, given, gone, what, exits=False)
    if len(service.zones) == 1:
        yield from _moved(service, given, gone, elsewhere=elsewhere)
        return
    waiting: tuple[str, ...] = (gone,)
    if service.host == "nodes":
        yield from _evicted(service, given, short)
        waiting = (f"{service.name}: evicted",)
    if not service.hosts_left_without(zone):
        yield _new_instance(service, given, gone, short)
        waiting = (*waiting, f"{service.name}: new instance")
    if service.bound:
        stuck = service.facing and short
        volume = f"{service.name}: volume"
        remedy = f"services.{service.name}.volumes: shared: true, which every zone can reach"
        what = "Its volume stands in the zone: somebody restores it elsewhere from AWS Backup, or waits for the zone"
        act = given.person(f"{volume}: act", what, after=(gone,), waited_for=stuck, remedy=remedy)
        yield act
        what = "AWS Backup makes a volume in another zone"
        yield given.step(volume, what, "AWS Backup", "backup_restore", after=(act.name,), waited_for=stuck)
        waiting = (*waiting, volume)
    yield from _another(service, given, waiting, waited_for=short)


def _moved(service: Running, given: Given, gone: str, *, elsewhere: bool) -> Iterator[Step]:
    remedy = f"services.{service.name}.zones with a second zone, and as many tasks"
    act = f"{service.name}: act"
    if not elsewhere:
        what = "The network has no other zone: everybody waits for this one to return"
        more = "network.zones with a second zone"
        yield Step(act, what, "a person", None, (gone,), remedy=more, missing=more)
        return
    yield given.person(act, "It runs in this zone alone: somebody moves it", after=(gone,), remedy=remedy)
    move = f"{service.name}: move"
    what = f"services.{service.name}.zones names another zone, and is deployed"
    yield given.step(move, what, "a person", "deployment", after=(act,), remedy=remedy)
    yield from _another(service, given, (move,), waited_for=True)


def _noticed(service: Running, given: Given, name: str, what: str, *, exits: bool) -> Step:
    """Until no requests go to a lost task any more. ``exits``: whether who runs its container is still there to see it
    end or answer no more; with the host or zone, the kubelet is gone too."""
    by: By = "Kubernetes" if service.host == "nodes" else "ECS"
    seen = service.notice if exits else service.balanced.notice if service.balanced else None
    if seen is None and service.host != "nodes" and service.own is not None:
        seen = service.own.notice
    if seen is None:
        key = "task_exit" if exits or service.host != "nodes" else "node_lease"
        return given.step(name, what, by, key, waited_for=service.facing)
    probe = service.balanced or service.own
    assert probe is not None
    sources: tuple[str, ...] = (TARGETS,) if service.balanced else (PROBES,)
    if exits:
        seen = Seconds(given.time("task_exit").low, seen.expected, seen.high)
        sources = (*sources, *given.sources("task_exit"))
    text = f"{what}: {_answers(probe.unhealthy, 'bad', probe.interval)}"
    remedy = f"services.{service.name}.health: {{interval: 10s, unhealthy: 2}}" if probe.interval > 10 else ""
    return Step(name, text, "the load balancer" if service.balanced else by, seen, (), service.facing, sources, remedy)


def _evicted(service: Running, given: Given, waited_for: bool) -> Iterator[Step]:
    lease = given.time("node_lease") + given.time("eviction")
    what = "The node counts as unreachable, and after five minutes its pods are made elsewhere"
    yield Step(
        f"{service.name}: evicted",
        what,
        "Kubernetes",
        lease,
        (),
        service.facing and waited_for,
        given.sources("node_lease", "eviction"),
        f"services.{service.name}.tasks: {{min: {service.tasks + 1}}}",
        ("node_lease", "eviction"),
    )


def _new_instance(service: Running, given: Given, gone: str, waited_for: bool) -> Step:
    return given.step(
        f"{service.name}: new instance",
        "It ran on the only instance there was: another one boots",
        "Auto Scaling",
        "node_replaced",
        after=(gone,),
        waited_for=service.facing and waited_for,
        remedy=f"{service.pool}: 2",
    )


def _another(
    service: Running, given: Given, after: tuple[str, ...], *, waited_for: bool, in_place: bool = False
) -> Iterator[Step]:
    """Tasks in place of the lost: they start, and requests come to them once their health checks say so."""
    waited_for = waited_for and service.facing
    spare = f"services.{service.name}.tasks: {{min: {service.tasks + 1}}}"
    remedy = spare if waited_for else ""
    start = f"{service.name}: start"
    if in_place:
        what, key = "The kubelet starts the container again", "container_restart"
    else:
        what, key = "Another task starts in its place", "task_start"
    by: By = "Kubernetes" if service.host == "nodes" else "ECS"
    yield given.step(start, what, by, key, after=after, waited_for=waited_for, remedy=remedy)
    probe = service.balanced or service.own
    if probe is None:
        return
    page = TARGETS if service.balanced else PROBES
    what = f"It counts as healthy: {_answers(probe.healthy, 'good', probe.interval)}"
    admitted: By = "the load balancer" if service.balanced else by
    yield Step(f"{service.name}: healthy", what, admitted, probe.admit, (start,), waited_for, (page,))


def _answers(number: int, which: str, interval: int) -> str:
    if number == 1:
        return f"one {which} answer, asked for every {interval} seconds"
    return f"{number} {which} answers in a row, one every {interval} seconds"
