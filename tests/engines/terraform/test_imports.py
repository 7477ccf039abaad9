"""``import`` blocks: addresses, ids, and the ids that follow from what CloudFormation made."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.design.blueprints import designed

from groundplan.blueprint.loading import load_all
from groundplan.catalog.terraform_providers import provider
from groundplan.design import design
from groundplan.engines import terraform
from groundplan.engines.terraform import Options, render
from groundplan.engines.terraform.import_ids import Place, derive, formats
from groundplan.errors import InputError
from groundplan.resources import Architecture

EXAMPLES = Path(__file__).parents[3] / "examples"
PLACE = Place("123456789012", "eu-central-1", "aws")


@cache
def _shop() -> Architecture:
    return designed(
        """
        project: shop
        region: eu-central-1
        profile: development
        services:
          web:
            image: {repository: web, tag: "1"}
            port: 80
            public: {domain: shop.groundplan.dev, hosted_zone: Z0123456789ABC}
            needs: [files]
            scaling: {cpu: 70%}
        buckets: {files: {cdn: {domains: [www.groundplan.dev], hosted_zone: Z0123456789ABC}}}
        """
    )


def test_blocks_stand_in_a_file_of_their_own() -> None:
    files = render(_shop(), Options(), ids={"aws_s3_bucket.files": "shop-files", "vpc.main": "vpc-0a1b2c3d"}).files
    assert files["imports.tf"].split("\n", 3)[3] == (
        "# What exists already. Once it is in the state, these blocks say nothing more.\n"
        "\n"
        'import {\n  to = aws_vpc.main\n  id = "vpc-0a1b2c3d"\n}\n'
        "\n"
        'import {\n  to = aws_s3_bucket.files\n  id = "shop-files"\n}\n'
    )
    assert "imports.tf" not in render(_shop(), Options()).files


def test_what_is_of_another_region_says_so() -> None:
    """CloudFront's certificate is in us-east-1, and the provider would look in its own region."""
    found = terraform.imports(_shop(), {"aws_acm_certificate.files_cdn": "arn:aws:acm:us-east-1:1:certificate/x"})
    assert [item.id for item in found] == ["arn:aws:acm:us-east-1:1:certificate/x@us-east-1"]
    again = terraform.imports(_shop(), {"aws_acm_certificate.files_cdn": found[0].id})
    assert again == found


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ({"aws_s3_bucket.flies": "x"}, 'there is no aws_s3_bucket.flies; did you mean "aws_s3_bucket.files"?'),
        ({"module.a.aws_vpc.main": "x"}, "there is no module.a.aws_vpc.main"),
        ({"quite wrong": "x"}, "there is no quite wrong"),
        ({"aws_vpc.main": " "}, "aws_vpc.main: the id is empty"),
        ({"aws_vpc.main[0]": "x"}, "aws_vpc.main is one alone; leave [0] out"),
        ({"aws_route53_record.web_validation": "x"}, "is one for each of several: name one, like"),
        ({"aws_acm_certificate_validation.web": "x"}, "the provider cannot import it"),
        ({"aws_vpc.main": "vpc-1", "vpc.main": "vpc-2"}, "aws_vpc.main is imported twice, as vpc-1 and as vpc-2"),
        (
            {"aws_subnet.private_a": "subnet-1", "aws_subnet.private_b": "subnet-1"},
            "aws_subnet.private_a and aws_subnet.private_b cannot both be subnet-1",
        ),
    ],
)
def test_what_is_no_import_is_refused(ids: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as refused:
        terraform.imports(_shop(), ids)
    assert message in str(refused.value)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as refused:
        terraform.imports(_shop(), {"aws_vpc.mian": "x", "aws_vpc.main": ""})
    assert len(refused.value.problems) == 2


def test_the_key_of_one_of_several_is_taken() -> None:
    (found,) = terraform.imports(
        _shop(),
        {'aws_route53_record.web_validation["shop.groundplan.dev"]': "Z0123456789ABC__x.shop.groundplan.dev_CNAME"},
    )
    assert found.to == 'aws_route53_record.web_validation["shop.groundplan.dev"]'


def _derived(**physical: str) -> dict[str, str]:
    known = terraform.importable(_shop())
    every = {address: physical.get(item.type, "") for address, item in known.items()}
    return dict(derive(known, every, PLACE).ids)


def test_ids_follow_from_names_references_and_physical_ids() -> None:
    ids = _derived(
        aws_subnet="subnet-1",
        aws_route_table="rtb-1",
        aws_lb="arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/1",
        aws_ecs_service="arn:aws:ecs:eu-central-1:123456789012:service/Shop-production-cluster/Shop-production-web",
        aws_cloudfront_distribution="E1",
    )
    cluster = ids["aws_ecs_cluster.main"]
    assert ids["aws_s3_bucket_policy.files"] == ids["aws_s3_bucket.files"] == "shop-files-production"
    assert ids["aws_route_table_association.private_a"] == "subnet-1/rtb-1"
    assert ids["aws_ecs_service.web"] == "Shop-production-cluster/Shop-production-web"
    assert ids["aws_appautoscaling_target.web"].startswith(f"ecs/service/{cluster}/")
    assert ids["aws_appautoscaling_target.web"].endswith("/ecs:service:DesiredCount")
    assert ids["aws_route53_record.web"] == "Z0123456789ABC_shop.groundplan.dev_A"
    role = ids["aws_iam_role.web_task"]
    policies = [value for address, value in ids.items() if address.startswith("aws_iam_role_policy.web_task")]
    assert policies
    assert all(value.startswith(f"{role}:") for value in policies)


def test_an_id_of_the_wrong_kind_is_not_taken() -> None:
    """CloudFormation tells an elastic IP's address; its import wants the allocation."""
    known = terraform.importable(_shop())
    address = next(item for item in known if item.startswith("aws_eip."))
    derived = derive(known, {address: "203.0.113.7"}, PLACE)
    assert derived.ids == {}
    assert "allocation id" in derived.unknown[address]


def test_what_is_not_deployed_is_left_out() -> None:
    derived = derive(terraform.importable(_shop()), {}, PLACE)
    assert (derived.ids, derived.unknown) == ({}, {})


def test_the_table_has_every_type_of_the_five_systems_and_only_types_that_are() -> None:
    known = formats()
    assert set(known) <= set(provider("aws").types("resource"))
    for row in known.values():
        assert row.id or row.reason
    for system in sorted(path for path in EXAMPLES.iterdir() if path.is_dir()):
        for environment in load_all(system / "groundplan.yaml"):
            blocks = terraform.importable(design(environment)).values()
            assert {item.type for item in blocks if item.type.startswith("aws_")} <= set(known), system.name
