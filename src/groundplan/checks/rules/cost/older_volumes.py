"""GP-COST-002."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.kubernetes import NodeLaunchTemplate


class OlderVolumes(Rule):
    id = "GP-COST-002"
    title = "Volumes are gp3, not gp2"
    severity = "info"
    why = (
        "gp3 costs less (instances) or the same (databases), and has 3,000 operations a second however small "
        "it is; gp2 has three for each GiB."
    )
    fix = Fix(
        blueprint="Write databases.<name>.storage as 100 GB gp3.",
        terraform="aws_db_instance: storage_type; aws_launch_template: ebs, volume_type",
        cloudformation="AWS::RDS::DBInstance: StorageType; AWS::EC2::LaunchTemplate: VolumeType",
    )
    source = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/general-purpose.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            if database.storage_type == "gp2":
                yield self.violation(database, "has storage_type gp2; gp3 is right")
        templates: tuple[LaunchTemplate | NodeLaunchTemplate, ...] = (
            *architecture.of(LaunchTemplate),
            *architecture.of(NodeLaunchTemplate),
        )
        for template in templates:
            if template.volume_type == "gp2":
                yield self.violation(template, "has volume_type gp2; gp3 is right")
