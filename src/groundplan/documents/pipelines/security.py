"""``security.yml``: every week the same search as with each change, because weaknesses become known later."""

from __future__ import annotations

from groundplan.documents.pipelines.infrastructure import weaknesses
from groundplan.documents.pipelines.places import Built, Place, built
from groundplan.documents.pipelines.steps import CHECKOV, audit, checkout, groundplan, language, sign_in
from groundplan.documents.pipelines.workflow import RUNNER, Job, Step, run

WEEKLY = "41 5 * * 1"


def security(every: list[Place]) -> dict[str, object] | None:
    """The workflow; None where nobody wants to know."""
    scanned = [place for place in every if place.scans]
    if not scanned:
        return None
    jobs: dict[str, Job] = {}
    for image in built(next((place for place in scanned if built(place)), scanned[0])):
        jobs[f"packages-{image.name}"] = _packages(image)
    with_images = [place for place in scanned if any(image.workload.image.scan for image in built(place))]
    if with_images:
        jobs["images"] = _images(with_images)
    jobs["infrastructure"] = _infrastructure(scanned)
    return {
        "name": "Security",
        "on": {"schedule": [{"cron": WEEKLY}], "workflow_dispatch": {}},
        "permissions": {},
        "concurrency": {"group": "security", "cancel-in-progress": False},
        "defaults": {"run": {"shell": "bash"}},
        "jobs": jobs,
    }


def _job(name: str, steps: list[Step], *, signs_in: bool = False) -> Job:
    return {
        "name": name,
        "runs-on": RUNNER,
        "timeout-minutes": 20,
        "permissions": {"contents": "read", **({"id-token": "write"} if signs_in else {})},
        "steps": steps,
    }


def _packages(image: Built) -> Job:
    assert image.workload.build is not None
    build = image.workload.build
    return _job(f"Packages of {image.name}", [checkout(), *language(build), *audit(build)])


def _images(every: list[Place]) -> Job:
    """The newest image of each repository, scanned anew: ECR's basic scanning looks once, when it is pushed."""
    steps: list[Step] = []
    for place in every:
        role = place.plan_role
        assert role is not None
        always = {"if": "${{ !cancelled() }}"}
        steps.append({**always, **sign_in(place, role)})
        for image in built(place):
            if image.workload.image.scan:
                steps.append(
                    run(
                        f"Scan {image.name} of {place.name}",
                        'NAME="${ECR_REGISTRY#*/}"',
                        'DIGEST=$(aws ecr describe-images --repository-name "$NAME" '
                        "--query 'sort_by(imageDetails, &imagePushedAt)[-1].imageDigest' --output text)",
                        # Once a day at most; a scan of today says the same.
                        'aws ecr start-image-scan --repository-name "$NAME" --image-id "imageDigest=$DIGEST" || true',
                        'aws ecr wait image-scan-complete --repository-name "$NAME" --image-id "imageDigest=$DIGEST"',
                        'FOUND=$(aws ecr describe-image-scan-findings --repository-name "$NAME" '
                        '--image-id "imageDigest=$DIGEST" '
                        "--query 'imageScanFindings.findingSeverityCounts.CRITICAL' --output text)",
                        'test "$FOUND" = None || { echo "::error::$FOUND critical findings in $DIGEST"; exit 1; }',
                        **always,
                        env={"ECR_REGISTRY": place.registry(image.workload)},
                    )
                )
    return _job("Images", steps, signs_in=True)


def _infrastructure(every: list[Place]) -> Job:
    steps = [checkout(), *groundplan(), run("Install Checkov", f"pip install 'checkov=={CHECKOV}'")]
    for place in every:
        steps.append(run(f"Check {place.name}", f"groundplan check {place.options}"))
        steps += weaknesses(place)
    return _job("Infrastructure", steps)
