"""GP-VAL-003."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import instances
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance

KNOWN_ENGINES = ("mariadb", "mysql", "postgres")
"""Engines whose classes are known; another engine is the affair of GP-VAL-002."""


class DatabaseInstanceClass(Rule):
    id = "GP-VAL-003"
    title = "A database has an instance class that exists and runs its engine"
    severity = "error"
    why = "RDS refuses an instance class that it does not have, or has not for the engine."
    fix = Fix(
        blueprint="Set databases.<name>.class to a class that exists, like db.t4g.medium.",
        terraform="aws_db_instance: instance_class",
        cloudformation="AWS::RDS::DBInstance: DBInstanceClass",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html"
    references = References(pillar="Performance Efficiency")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            name = database.instance_class
            known = instances.rds_classes().get(name)
            engine = (architecture[database.source] if database.source else database).engine
            if known is None:
                yield self.violation(database, f"has instance_class {name}, which RDS does not have{_instead(name)}")
            elif engine in KNOWN_ENGINES and engine not in known.engines:
                runs = ", ".join(known.engines)
                yield self.violation(database, f"has instance_class {name}, which runs {runs} and not {engine}")


def _instead(name: str) -> str:
    if name.startswith("db."):
        return instances.suggest(name)
    return '; names of classes start with "db.", like db.t4g.medium'
