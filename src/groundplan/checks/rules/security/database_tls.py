"""GP-SEC-024."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance

PARAMETER = "rds.force_ssl"
FORCED_FROM = 15
"""From this major version on RDS for PostgreSQL forces TLS by default."""


class DatabaseTls(Rule):
    id = "GP-SEC-024"
    title = "A PostgreSQL database takes connections with TLS only"
    severity = "warning"
    why = "Passwords and rows cross the network in clear as soon as one client forgets sslmode=require."
    fix = Fix(
        blueprint='Set databases.<name>.parameters to {rds.force_ssl: "1"}.',
        terraform="aws_db_parameter_group: parameter rds.force_ssl = 1",
        cloudformation='AWS::RDS::DBParameterGroup: Parameters, rds.force_ssl: "1"',
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html"
    references = References(pillar="Security", checkov=("CKV2_AWS_69",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            if database.engine == "postgres":
                value = _value(architecture, database)
                if value != "1":
                    yield self.violation(database, f"has {PARAMETER} {value}; 1 in its parameter group is right")


def _value(architecture: Architecture, database: DatabaseInstance) -> str:
    if database.parameter_group:
        parameters = architecture[database.parameter_group].parameters
        if PARAMETER in parameters:
            return parameters[PARAMETER]
    major = (database.engine_version or "").partition(".")[0]
    return "1" if major.isdecimal() and int(major) >= FORCED_FROM else "0"
