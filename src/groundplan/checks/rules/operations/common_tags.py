"""GP-OPS-007."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.checks.rule import BY_DESIGN, WHOLE_ARCHITECTURE, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture

COMMON = ("Project", "Environment", "ManagedBy")
LONGEST_KEY, LONGEST_VALUE, MOST = 128, 256, 50


class CommonTags(Rule):
    id = "GP-OPS-007"
    title = "Everything is tagged with its project, environment and manager"
    severity = "warning"
    why = "Without them nobody can tell what a resource belongs to, and budgets by tag count nothing."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="provider aws: default_tags",
        cloudformation="tags of the stack",
    )
    source = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        missing = [key for key in COMMON if not architecture.tags.get(key)]
        if missing:
            yield Violation(WHOLE_ARCHITECTURE, f"the environment has no tag {listed(missing)}; each is right")
        common = architecture.tags
        sound = _problem(common) is None
        for resource in architecture:
            own = resource.tags
            if not resource.taggable or (sound and len(common) + len(own) <= MOST and _problem(own) is None):
                continue  # nearly all
            problem = _problem({**common, **own})
            if problem:
                yield self.violation(resource, problem, fix="Shorten or remove entries of tags:.")


def _problem(tags: Mapping[str, str]) -> str | None:
    if len(tags) > MOST:
        return f"has {len(tags)} tags; at most {MOST} are allowed"
    for key, value in tags.items():
        if not 1 <= len(key) <= LONGEST_KEY or len(value) > LONGEST_VALUE or key.lower().startswith("aws:"):
            return (
                f'has tag {key} of {len(value)} characters; a key of 1 to {LONGEST_KEY} without "aws:" in front and '
                f"a value of at most {LONGEST_VALUE} are right"
            )
    return None
