"""GP-VAL-117."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import AccessPoint

LAST_ID = 2**32 - 1
PATH = re.compile(r"/|(/(?!\.)[^$#<>;`|&?{}^*/\n]+){1,4}")


class AccessPointOwner(Rule):
    id = "GP-VAL-117"
    title = "An access point has an absolute path, permissions in octal digits and a possible owner"
    severity = "error"
    why = "EFS refuses other values, and paths of more than four directories."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_efs_access_point: root_directory, posix_user",
        cloudformation="AWS::EFS::AccessPoint: RootDirectory, PosixUser",
    )
    source = "https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for point in architecture.of(AccessPoint):
            if not PATH.fullmatch(point.path) or len(point.path) > 100:
                yield self.violation(point, f'has path "{point.path}"; up to four directories from "/" on are right')
            if not re.fullmatch("[0-7]{3,4}", point.permissions):
                yield self.violation(point, f"has permissions {point.permissions}; octal ones like 0750 are right")
            for field in ("uid", "gid"):
                if not 0 <= getattr(point, field) <= LAST_ID:
                    yield self.violation(point, f"has {field} {getattr(point, field)}; 0 to {LAST_ID} is right")
