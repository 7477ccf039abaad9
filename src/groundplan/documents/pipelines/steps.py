"""Steps that several workflows have."""

from __future__ import annotations

from groundplan.blueprint.builds import Build
from groundplan.documents.pipelines.places import Place
from groundplan.documents.pipelines.workflow import Step, run, use

PYTHON = "3.13"
"""What Groundplan itself runs on in a pipeline."""
CHECKOV, PIP_AUDIT = "3.3.30", "2.10.1"
"""Versions of November 2026."""
LEAST_DOCKER = "24.0.7"


def checkout(**inputs: object) -> Step:
    """The source, without leaving a token behind for whatever runs next."""
    return use("checkout", {"persist-credentials": False, **inputs})


def sign_in(place: Place, role: str) -> Step:
    """Credentials for an hour, of one role; from GitHub's word, or with the key that the blueprint accepts."""
    keys = (
        {
            "aws-access-key-id": "${{ secrets.AWS_ACCESS_KEY_ID }}",
            "aws-secret-access-key": "${{ secrets.AWS_SECRET_ACCESS_KEY }}",
        }
        if place.spec.credentials == "keys"
        else {}
    )
    return use(
        "aws_credentials",
        {"role-to-assume": role, "aws-region": place.region, "role-skip-session-tagging": True, **keys},
        name=f"Sign in to {place.name}",
    )


def groundplan(extra: str = "") -> list[Step]:
    """Groundplan, in the version that wrote the workflow."""
    from groundplan import __version__

    return [
        use("setup_python", {"python-version": PYTHON}),
        run("Install Groundplan", f"pip install 'groundplan{extra}=={__version__}'"),
    ]


def language(build: Build) -> list[Step]:
    """The language of a build, in its own version, with its packages."""
    where = {} if build.folder == "." else {"working-directory": build.folder}
    if build.language == "node":
        return [
            use("setup_node", {"node-version": build.version, "package-manager-cache": False}),
            run("Install packages", "npm ci", **where),
        ]
    return [
        use("setup_python", {"python-version": build.version}),
        run("Install packages", "pip install -r requirements.txt -r requirements-dev.txt", **where),
    ]


def lint_and_test(build: Build) -> list[Step]:
    """What the blueprint says, or what the language's own habits are."""
    where = {} if build.folder == "." else {"working-directory": build.folder}
    lint = build.lint or (["ruff check ."] if build.language == "python" else ["npm run lint --if-present"])
    test = build.test or (["pytest"] if build.language == "python" else ["npm test"])
    return [run("Lint", *lint, **where), run("Test", *test, **where)]


def audit(build: Build) -> list[Step]:
    """Known weaknesses of the packages that the image gets."""
    where = {} if build.folder == "." else {"working-directory": build.folder}
    if build.language == "node":
        return [run("Search packages for known weaknesses", "npm audit --omit=dev --audit-level=high", **where)]
    return [
        run(
            "Search packages for known weaknesses",
            f"pip install 'pip-audit=={PIP_AUDIT}'",
            "pip-audit -r requirements.txt",
            **where,
        )
    ]
