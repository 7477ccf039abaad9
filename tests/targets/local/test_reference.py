"""docs/local-aws.md says what the code does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from groundplan.targets.local import corrections, reference
from groundplan.targets.local.fakes.service import SERVICES
from groundplan.targets.local.types.rows import all_rows

DOCUMENT = Path(__file__).parents[3] / "docs" / "local-aws.md"

markdown = cache(reference.markdown)


def test_the_document_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        DOCUMENT.write_text(markdown(), encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == markdown()


def test_every_type_fake_and_correction_is_named() -> None:
    text = markdown()
    named = set(re.findall(r"^\| `(AWS::[^`]+)`", text, re.MULTILINE))
    assert named == all_rows().keys()
    assert len(named) >= 97
    for service in SERVICES.values():
        assert service.operations
        assert all(operation in text for operation in service.operations)
    assert "touching ranges" in text  # the first correction's own words
    assert all(f"| {service} |" in text for service in corrections.by_service())


def test_what_cannot_be_set_is_named() -> None:
    bucket = next(line for line in markdown().splitlines() if line.startswith("| `AWS::S3::Bucket` |"))
    assert bucket.rstrip(" |").endswith("MetadataTableConfiguration")
    assert "the API shows the grants" in bucket
