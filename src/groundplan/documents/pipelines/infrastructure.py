"""``infrastructure.yml``: check, price and plan what a pull request changes; deploy what is merged; look for drift."""

from __future__ import annotations

from groundplan.blueprint.validation.base import workloads
from groundplan.documents.pipelines.places import Place
from groundplan.documents.pipelines.steps import CHECKOV, checkout, groundplan, sign_in
from groundplan.documents.pipelines.workflow import RUNNER, Job, Step, run

NIGHTLY = "17 2 * * *"
"""Not at the full hour, when everybody's jobs start."""
EXTRAS = {"terraform": "[terraform]", "cloudformation": ""}


def infrastructure(every: list[Place]) -> dict[str, object]:
    """The workflow."""
    first = every[0]
    file = first.loaded.source_file.name
    jobs: dict[str, Job] = {"check": _check(every), "plan": _plan(every)}
    before = "check"
    for place in every:
        if place.deploy_role is not None:
            jobs[f"deploy-{place.name}"] = _deploy(place, place.deploy_role, before)
            before = f"deploy-{place.name}"
    jobs["drift"] = _drift(every)
    paths = [file, "checks/**", ".github/workflows/infrastructure.yml"]
    return {
        "name": "Infrastructure",
        "on": {
            "push": {"branches": [first.spec.branch], "paths": paths},
            "pull_request": {"branches": [first.spec.branch], "paths": paths},
            "schedule": [{"cron": NIGHTLY}],
            "workflow_dispatch": {},
        },
        "permissions": {},
        "concurrency": {
            "group": "infrastructure-${{ github.ref }}-${{ github.event_name }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "defaults": {"run": {"shell": "bash"}},
        "jobs": jobs,
    }


def weaknesses(place: Place) -> list[Step]:
    """What a second opinion finds in the rendered infrastructure."""
    folder = f"build/{place.name}"
    return [
        run(
            f"Search {place.name} for known weaknesses",
            f"groundplan render {place.options} --out {folder}",
            f"checkov --directory {folder} --quiet --compact --soft-fail-on LOW,MEDIUM",
        )
    ]


def _extra(every: list[Place]) -> str:
    return "[terraform]" if any(place.loaded.blueprint.engine == "terraform" for place in every) else ""


def _check(every: list[Place]) -> Job:
    """Rules, budgets and objectives: the policies of the environments, as code."""
    file = every[0].loaded.source_file.name
    given = "" if file == "groundplan.yaml" else f" -f {file}"
    builds = any(spec.build for place in every for _, _, spec in workloads(place.loaded.blueprint))
    steps = [
        checkout(),
        *groundplan(),
        run("Workflows are as the blueprint says", f"groundplan pipelines --out . --check{given}"),
    ]
    if builds:
        steps.append(run("Container files are as the blueprint says", f"groundplan containers --out . --check{given}"))
    for place in every:
        budget = place.loaded.blueprint.objectives.budget is not None
        steps.append(
            run(
                f"Check {place.name}",
                f"groundplan check {place.options}",
                *([f"groundplan cost {place.options} --within-budget"] if budget else []),
            )
        )
    scanned = [place for place in every if place.scans]
    if scanned:
        steps.append(run("Install Checkov", f"pip install 'checkov=={CHECKOV}'"))
        steps += [step for place in scanned for step in weaknesses(place)]
    return {
        "name": "Check",
        "if": "github.event_name != 'schedule'",
        "runs-on": RUNNER,
        "timeout-minutes": 15,
        "permissions": {"contents": "read"},
        "steps": steps,
    }


def _plan(every: list[Place]) -> Job:
    """A comment with what each environment would cost and change. Forks get no credentials."""
    steps: list[Step] = [checkout(**{"fetch-depth": 0}), *groundplan(_extra(every))]
    for place in every:
        role = place.plan_role
        assert role is not None
        steps.append(sign_in(place, role))
        steps.append(
            run(
                f"Plan {place.name}",
                f'groundplan cost {place.options} --since "origin/$GITHUB_BASE_REF" > cost.txt || true',
                "CODE=0",
                f"groundplan plan {place.options} --target aws > plan.txt 2> refused.txt || CODE=$?",
                "{",
                f"  printf '### %s\\n\\n' {place.name}",
                "  printf '```text\\n'; cat cost.txt; printf '```\\n\\n'",
                "  printf '```text\\n'; cat plan.txt refused.txt; printf '```\\n\\n'",
                "} >> comment.md",
                # 1: it would be refused as it is, which the comment says.
                'test "$CODE" -le 1',
            )
        )
    steps.append(
        run(
            "Comment on the pull request",
            # A comment has 65,536 characters at most.
            "head --bytes 60000 comment.md > short.md",
            'gh pr comment "$NUMBER" --edit-last --create-if-none --body-file short.md',
            **{"if": "${{ !cancelled() }}"},
            env={
                "GH_TOKEN": "${{ github.token }}",
                "GH_REPO": "${{ github.repository }}",
                "NUMBER": "${{ github.event.pull_request.number }}",
            },
        )
    )
    return {
        "name": "Cost and plan",
        "needs": "check",
        "if": "github.event_name == 'pull_request' && "
        "github.event.pull_request.head.repo.full_name == github.repository",
        "runs-on": RUNNER,
        "timeout-minutes": 15,
        "permissions": {"contents": "read", "id-token": "write", "pull-requests": "write"},
        "steps": steps,
    }


def _deploy(place: Place, role: str, before: str) -> Job:
    """What would lose data is refused; a person names it then."""
    return {
        "name": f"Deploy {place.name}",
        "needs": before,
        "if": f"github.event_name == 'push' && github.ref == 'refs/heads/{place.spec.branch}'",
        "runs-on": RUNNER,
        "timeout-minutes": 60,
        **({"environment": place.name} if place.spec.approval else {}),
        "permissions": {"contents": "read", "id-token": "write"},
        "concurrency": {"group": f"deploy-{place.name}", "cancel-in-progress": False},
        "steps": [
            checkout(),
            *groundplan(EXTRAS[place.loaded.blueprint.engine]),
            sign_in(place, role),
            run("Deploy", f"groundplan deploy {place.options} --target aws --yes"),
        ],
    }


def _drift(every: list[Place]) -> Job:
    """It fails where somebody changed something past the blueprint; GitHub then tells who watches the repository."""
    steps: list[Step] = [checkout(), *groundplan(_extra(every))]
    for place in every:
        role = place.plan_role
        assert role is not None
        always = {"if": "${{ !cancelled() }}"}
        steps.append({**always, **sign_in(place, role)})
        steps.append(run(f"Look for drift in {place.name}", f"groundplan drift {place.options} --target aws", **always))
    return {
        "name": "Drift",
        "if": "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'",
        "runs-on": RUNNER,
        "timeout-minutes": 30,
        "permissions": {"contents": "read", "id-token": "write"},
        "steps": steps,
    }
