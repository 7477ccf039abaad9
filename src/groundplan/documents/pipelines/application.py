"""``deploy.yml``: lint, test, build, push, scan, release, verify, and back where it fails.

An image is built once, tagged with the commit, and goes from environment to environment as it is. ``groundplan
release`` registers a revision with it and waits; it never starts the old revision anew (C-84).
"""

from __future__ import annotations

import math

from groundplan.blueprint.builds import Build
from groundplan.blueprint.services import Deployment
from groundplan.documents.pipelines.places import Built, Place, built
from groundplan.documents.pipelines.steps import (
    LEAST_DOCKER,
    audit,
    checkout,
    groundplan,
    language,
    lint_and_test,
    sign_in,
)
from groundplan.documents.pipelines.workflow import RUNNER, Job, Step, run, use

TASKS_MINUTES = 15
"""What new tasks may take until they are healthy; then the release goes back."""
PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
SCAN = (
    'aws ecr wait image-scan-complete --repository-name "${ECR_REGISTRY#*/}" --image-id "imageTag=$IMAGE_TAG"',
    'FOUND=$(aws ecr describe-image-scan-findings --repository-name "${ECR_REGISTRY#*/}" '
    '--image-id "imageTag=$IMAGE_TAG" '
    "--query 'imageScanFindings.findingSeverityCounts.CRITICAL' --output text)",
    'test "$FOUND" = None || { echo "::error::$FOUND critical findings in the image"; exit 1; }',
)


def application(every: list[Place]) -> dict[str, object] | None:
    """The workflow; None where no environment has anything that is built."""
    targets = [place for place in every if built(place) and place.release_role]
    if not targets:
        return None
    spec = targets[0].spec
    jobs: dict[str, Job] = {}
    images = built(targets[0])
    for image in images:
        suffix = f"-{image.name}" if len(images) > 1 else ""
        jobs[f"test{suffix}"] = _test(image, scans=targets[0].scans)
        before = f"test{suffix}"
        for number, place in enumerate(targets):
            here = next((each for each in built(place) if each.name == image.name), None)
            if here is None:
                continue
            first = before == f"test{suffix}"
            name = f"build-and-deploy{suffix}" if first else f"deploy-{place.name}{suffix}"
            jobs[name] = _release(place, here, before, first=first, last=number == len(targets) - 1)
            before = name
    return {
        "name": spec.name,
        "on": {"push": {"branches": [spec.branch]}, "pull_request": {"branches": [spec.branch]}},
        "permissions": {},
        "concurrency": {
            "group": "deploy-${{ github.ref }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "defaults": {"run": {"shell": "bash"}},
        "jobs": jobs,
    }


def _build_of(image: Built) -> Build:
    assert image.workload.build is not None
    return image.workload.build


def _test(image: Built, *, scans: bool) -> Job:
    build = _build_of(image)
    return {
        "name": f"Lint and test {image.name}",
        "runs-on": RUNNER,
        "timeout-minutes": 15,
        "permissions": {"contents": "read"},
        "steps": [checkout(), *language(build), *lint_and_test(build), *(audit(build) if scans else [])],
    }


def _release(place: Place, image: Built, before: str, *, first: bool, last: bool) -> Job:
    cluster, service = place.cluster, place.service_name(image.name)
    role = place.release_role
    assert role is not None
    steps: list[Step] = [checkout()]
    if first:
        steps.append(
            run(
                "Check Docker",
                "VERSION=$(docker version --format '{{.Server.Version}}')",
                f"printf '%s\\n%s\\n' {LEAST_DOCKER} \"$VERSION\" | sort --version-sort --check=quiet",
            )
        )
    steps += [
        sign_in(place, role),
        # The host stands before the first slash of the repository's URI (C-93).
        run(
            "Log in to the registry",
            'aws ecr get-login-password | docker login --username AWS --password-stdin "${ECR_REGISTRY%%/*}"',
        ),
        *(_build(image) if first else _load(image)),
        _push(),
        *([run("Look at what the scan found", *SCAN)] if image.workload.image.scan else []),
        *groundplan("[kubernetes]" if place.loaded.blueprint.platform == "eks" else ""),
        *_to_run(place, image),
        *([] if last or not first else _hand_on(image)),
    ]
    return {
        "name": f"{'Build and release' if first else 'Release'} {image.name} to {place.name}",
        "needs": before,
        "if": f"github.ref == 'refs/heads/{place.spec.branch}'",
        "runs-on": RUNNER,
        "timeout-minutes": _minutes(place, image, first=first),
        **({"environment": place.name} if place.spec.approval else {}),
        "permissions": {"contents": "read", "id-token": "write"},
        "concurrency": {"group": f"release-{place.name}-{image.name}", "cancel-in-progress": False},
        "env": {
            "ECR_REGISTRY": place.registry(image.workload),
            "IMAGE_TAG": "${{ github.sha }}",
            **({"CLUSTER_NAME": cluster} if cluster else {}),
            **({"SERVICE_NAME": service} if service else {}),
        },
        "steps": steps,
    }


def _minutes(place: Place, image: Built, *, first: bool) -> int:
    """How long a job may take: new tasks, and the times for which old ones stay beside them."""
    service = place.loaded.blueprint.services.get(image.name)
    seconds = 0
    if service is not None and service.deployment.shifts:
        seconds = service.deployment.bake.seconds
        if service.deployment.strategy in ("canary", "linear"):
            seconds += service.deployment.step_bake.seconds * _moves(service.deployment)
    return (15 if first else 10) + TASKS_MINUTES + seconds // 60


def _moves(deployment: Deployment) -> int:
    """How often requests move and wait, before the last of them have moved."""
    return 1 if deployment.strategy == "canary" else math.ceil(100 / float(deployment.step.percent)) - 1


def _build(image: Built) -> list[Step]:
    build = _build_of(image)
    largest = build.largest.mib * 1024 * 1024
    return [
        run(
            "Build",
            f"docker build --platform {PLATFORMS[image.workload.architecture]} "
            f'--tag "$ECR_REGISTRY:$IMAGE_TAG" {build.folder}',
        ),
        run(
            f"Hold it to {build.largest}",
            "SIZE=$(docker image inspect --format '{{.Size}}' \"$ECR_REGISTRY:$IMAGE_TAG\")",
            f'test "$SIZE" -le {largest} || {{ echo "::error::the image has $SIZE bytes"; exit 1; }}',
        ),
    ]


def _load(image: Built) -> list[Step]:
    return [
        use("download_artifact", {"name": f"image-{image.name}"}, name="Take the image"),
        run(
            "Load the image",
            "docker load --input image.tar.gz",
            f'docker tag "{image.name}:$IMAGE_TAG" "$ECR_REGISTRY:$IMAGE_TAG"',
        ),
    ]


def _hand_on(image: Built) -> list[Step]:
    return [
        run(
            "Save the image",
            f'docker tag "$ECR_REGISTRY:$IMAGE_TAG" "{image.name}:$IMAGE_TAG"',
            f'docker save "{image.name}:$IMAGE_TAG" | gzip > image.tar.gz',
        ),
        use(
            "upload_artifact",
            {"name": f"image-{image.name}", "path": "image.tar.gz", "retention-days": 7, "compression-level": 0},
            name="Hand the image on",
        ),
    ]


def _push() -> Step:
    """A tag is pushed once and stays; a run that is started again finds it there."""
    return run(
        "Push",
        'aws ecr describe-images --repository-name "${ECR_REGISTRY#*/}" --image-ids "imageTag=$IMAGE_TAG" '
        '> /dev/null 2>&1 || docker push "$ECR_REGISTRY:$IMAGE_TAG"',
    )


def _to_run(place: Place, image: Built) -> list[Step]:
    """Release, wait, verify; and back to what ran before where the verification fails afterwards.

    A release that fails itself goes back by itself.
    """
    steps = [
        run(
            f"Release {name}",
            f'groundplan release {name} "$IMAGE_TAG" {place.options} --target aws --timeout {TASKS_MINUTES}'
            f"{_verified(place, name)}",
            id=f"release-{name}",
        )
        for name in image.runs
    ]
    if place.service_name(image.name):
        steps.append(
            run(
                "Wait until it is steady",
                'aws ecs wait services-stable --cluster "$CLUSTER_NAME" --services "$SERVICE_NAME"',
            )
        )
    health = _health(place, image.name)
    if health:
        steps.append(run("Check its health", *health))
    if len(steps) > len(image.runs):
        steps.append(
            run(
                "Go back to what ran before",
                f"groundplan rollback {image.name} {place.options} --target aws",
                **{"if": f"failure() && steps.release-{image.name}.outcome == 'success'"},
            )
        )
    return steps


def _health(place: Place, name: str) -> list[str]:
    """Ask the service from outside, at its domain, or at the load balancer where it has none."""
    asked = "curl --fail --silent --show-error --retry 5 --retry-all-errors --max-time 10"
    url = place.url(name)
    if url:
        return [f"{asked} {url}"]
    service = place.loaded.blueprint.services.get(name)
    if service is None or service.public is None or service.public.tls or place.load_balancer is None:
        return []
    found = f"aws elbv2 describe-load-balancers --names {place.load_balancer}"
    return [
        f"HOST=$({found} --query 'LoadBalancers[0].DNSName' --output text)",
        f'{asked} "http://$HOST{service.health.path}"',
    ]


def _verified(place: Place, name: str) -> str:
    """What is asked before a release counts as done."""
    url = place.url(name)
    return f" --verify {place.loaded.blueprint.services[name].health.path}" if url else ""
