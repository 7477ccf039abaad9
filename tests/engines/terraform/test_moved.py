"""``moved`` blocks: which, which not, and what is told instead."""

from __future__ import annotations

from tests.design.blueprints import designed

from groundplan.engines import terraform
from groundplan.engines.terraform import Options, render

SHOP = """
project: shop
region: eu-central-1
profile: development
services: {web: {image: {repository: web, tag: "1"}, needs: [files]}}
buckets: {files: {}}
"""


def test_nothing_is_said_where_nothing_was_renamed() -> None:
    architecture = designed(SHOP)
    assert "moved.tf" not in render(architecture, Options()).files
    assert "moved.tf" not in render(architecture, Options(), previous=architecture).files
    assert terraform.moves(architecture, architecture) == terraform.Moves()


def test_blocks_lead_from_the_old_name_to_the_new_one() -> None:
    rendering = render(designed(SHOP + "renamed: {buckets: {files: uploads}}\n"), Options())
    assert rendering.files["moved.tf"].startswith(
        "# Written by Groundplan, which overwrites what is changed here.\n"
        "# shop production: what Terraform finds under another address than before.\n"
        "\n"
        "# Names of the blueprint have changed, and nothing of AWS changes with them.\n"
        "\n"
        "moved {\n"
        "  from = aws_kms_key.uploads\n"
        "  to   = aws_kms_key.files\n"
        "}\n"
    )
    assert ("aws_s3_bucket_versioning.uploads", "aws_s3_bucket_versioning.files") in rendering.moves.pairs
    assert ("aws_s3_bucket.uploads", "aws_s3_bucket.files") in rendering.moves.pairs
    assert 'bucket        = "shop-uploads-production"' in rendering.files["s3.tf"]


def test_from_a_rename_to_the_next_it_leads_from_what_was_applied() -> None:
    """First ``files``, then ``uploads``, now ``media``: the state has ``uploads``, AWS the name of ``files``."""
    second = designed(SHOP.replace("files", "uploads") + "renamed: {buckets: {uploads: files}}\n")
    third = designed(SHOP.replace("files", "media") + "renamed: {buckets: {media: files}}\n")
    pairs = dict(render(third, Options(), previous=second).moves.pairs)
    assert pairs["aws_s3_bucket.uploads"] == "aws_s3_bucket.media"
    assert dict(terraform.moves(third, second).pairs)["aws_s3_bucket.media"] == "aws_s3_bucket.uploads"


def test_what_holds_data_and_goes_is_told() -> None:
    moves = terraform.moves(designed(SHOP), designed(SHOP.replace("files", "media")))
    assert moves.pairs == ()
    assert (
        "S3 bucket files (aws_s3_bucket.files) holds data and is no longer in the blueprint: the next plan destroys it"
        in moves.remarks
    )


def test_what_aws_cannot_rename_is_told() -> None:
    moves = terraform.moves(designed(SHOP), designed(SHOP + "short_name: prod\n"))
    assert moves.pairs == ()
    assert any(
        "S3 bucket files" in remark
        and "AWS cannot change its bucket name from shop-files-production to shop-files-prod" in remark
        for remark in moves.remarks
    )
