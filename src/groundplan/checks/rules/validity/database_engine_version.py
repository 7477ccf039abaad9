"""GP-VAL-002."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import engines
from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture

ENGINES = {"postgres": engines.postgres, "mysql": engines.mysql}


class DatabaseEngineVersion(Rule):
    id = "GP-VAL-002"
    title = "A database has an engine version that RDS still creates"
    severity = "error"
    why = "RDS withdraws minor versions: instances that run go on, but a new one is refused, and so is a rebuild."
    fix = Fix(
        blueprint="Name the major version only (engine: postgres 15) and the catalog's minor version is taken.",
        terraform="aws_db_instance: engine_version",
        cloudformation="AWS::RDS::DBInstance: EngineVersion",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            engine, version = database.engine, database.engine_version
            if engine not in ENGINES:
                known = " or ".join(sorted(ENGINES))
                yield self.violation(database, f"has engine {engine}; Groundplan knows the versions of {known}")
            elif version is None:
                yield self.violation(database, f"has no engine_version; one of {engine} is needed")
            else:
                problem = ENGINES[engine].find(version).problem()
                if problem:
                    yield self.violation(database, f"has engine_version {version}: {problem}")
