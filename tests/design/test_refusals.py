"""What AWS would refuse is refused here, with its place and what would be right."""

from __future__ import annotations

import pytest
from tests.design.blueprints import refused

START = "project: shop\nregion: eu-central-1\n"
SERVICE = START + "services:\n  web:\n    image: {repository: web, tag: '1'}\n"
DATABASE = START + "databases:\n  orders:\n    class: db.t4g.micro\n"


@pytest.mark.parametrize(
    ("blueprint", "said"),
    [
        (
            SERVICE + "    size: {cpu: 500, memory: 1024}\n",
            ":6:17: services.web.size.cpu: 500 CPU units is not a Fargate size; "
            "choose 256, 512, 1024, 2048, 4096, 8192, 16384",
        ),
        (
            SERVICE + "    size: {cpu: 256, memory: 4096}\n",
            ":6:30: services.web.size.memory: 4096 MiB does not go with 256 CPU units on Fargate; "
            "choose 512, 1024, 2048",
        ),
        (
            SERVICE + "    size: {cpu: 4096, memory: 1000}\n",
            ":6:31: services.web.size.memory: 1000 MiB does not go with 4096 CPU units on Fargate; "
            "choose 8192 to 30720 in steps of 1024",
        ),
        (
            START + "databases: {orders: {engine: postgres 16, class: db.t3.medum}}\n",
            ':3:50: databases.orders.class: AWS has no "db.t3.medum"; sizes of this family: db.t3.',
        ),
        (
            START + "databases: {orders: {engine: postgres 16, class: t3.medium}}\n",
            ':3:50: databases.orders.class: "t3.medium" has to begin with db., like db.t4g.micro',
        ),
        (
            START + "caches: {carts: {engine: redis 7.1, class: cache.t9.micro}}\n",
            ':3:44: caches.carts.class: AWS has no "cache.t9.micro"; ',
        ),
        (
            "project: shop\nregion: eu-central-9\n",
            ':2:9: region: there is no AWS region "eu-central-9"',
        ),
        (
            START + "network: {zones: [a, x]}\n",
            ":3:18: network.zones: eu-central-1 has no zone x; it has a, b, c",
        ),
        (
            START + "network: {cidr: 10.0.0.0/24}\n",
            ":3:17: network.cidr: 10.0.0.0/24 is too small to plan subnets in; "
            "take a /23 or larger, or write network.subnets",
        ),
        (
            START + "network: {subnets: {public: {a: 10.0.64.0/21}}}\n",
            ":3:1: network.cidr: private a 10.0.64.0/21 overlaps public a 10.0.64.0/21",
        ),
        (
            DATABASE + "    engine: mysql 8.0\n",
            ':6:13: databases.orders.engine: "mysql" is no database engine that Groundplan builds; write postgres 16',
        ),
        (
            START + "caches:\n  carts: {engine: memcached 1.6, class: cache.t4g.micro}\n",
            ':4:19: caches.carts.engine: "memcached" is no cache engine; write redis 7.1 or valkey 8.0',
        ),
        (
            START
            + "buckets: {logs: {encryption: kms}}\nservices:\n  web: {image: {repository: web, tag: '1'}, port: 80, "
            "public: {tls: false}}\n",
            ":3:30: buckets.logs.encryption: access logs go to this bucket, and their delivery supports no KMS key; "
            "write s3 or leave it out",
        ),
        (
            START + "buckets: {files: {name: files..shop}}\n",
            ':3:25: buckets.files.name: "files..shop" as the name of an S3 bucket contains "..", which is not allowed',
        ),
        (
            START + f"buckets: {{files: {{name: {'f' * 64}}}}}\n",
            f':3:25: buckets.files.name: "{"f" * 64}" as the name of an S3 bucket has 64 characters; at most 63',
        ),
        (
            "project: a-project-of-this-length\nregion: eu-central-1\nservices:\n"
            "  notifications: {image: {repository: web, tag: '1'}, port: 80, public: {tls: false}}\n",
            ':4:3: services.notifications: "a-project-of-this-length-production-notifications" as the name of',
        ),
    ],
)
def test_what_cannot_be_is_said_with_its_place(blueprint: str, said: str) -> None:
    found = refused(blueprint)
    assert any(problem.startswith(f"groundplan.yaml{said}") for problem in found), found


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("15.4", "PostgreSQL 15.4 can no longer be created; creatable are 15."),
        ("9.6", "PostgreSQL 9.6 is not a version that AWS offers; creatable are "),
        ("99", "PostgreSQL 99 is not a version that AWS offers; creatable are "),
    ],
)
def test_versions_that_rds_does_not_create(version: str, said: str) -> None:
    (problem,) = refused(DATABASE + f"    engine: postgres {version}\n")
    assert problem.startswith(f"groundplan.yaml:6:13: databases.orders.engine: {said}")


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        ("services:\n  ecs-exec: {image: {repository: x, tag: '1'}}\n", "", ":4:3: services.ecs-exec"),
        ("databases:\n  alb: {engine: postgres 16, class: db.t4g.micro}\n",
         "services:\n  web: {image: {repository: x, tag: '1'}, port: 80, public: {tls: false}}\n",
         ":4:3: databases.alb"),
        ("network: {endpoints: [logs]}\ncaches:\n  endpoints: {engine: redis 7.1, class: cache.t4g.micro}\n", "",
         ":5:3: caches.endpoints"),
        ("databases:\n  a: {engine: postgres 16, class: db.t4g.micro, replicas: 1}\n",
         "  a-replica: {engine: postgres 16, class: db.t4g.micro}\n", ":5:3: databases.a-replica"),
        ("buckets:\n  main: {}\n  main-bucket: {}\n", "", ":5:3: buckets.main-bucket"),
    ],
)  # fmt: skip
def test_names_that_meet_in_one_address(first: str, second: str, place: str) -> None:
    found = refused(START + first + second)
    assert any(
        problem.startswith(f"groundplan.yaml{place}: ") and "choose another name" in problem for problem in found
    ), found


def test_a_secret_that_groundplan_fills_is_not_a_persons() -> None:
    (problem,) = refused(
        DATABASE + "    engine: postgres 16\nservices:\n"
        "  web: {image: {repository: x, tag: '1'}, secrets: {URL: orders-url}}\n"
    )
    assert problem == (
        "groundplan.yaml:8:58: services.web.secrets.URL: orders-url is a secret that Groundplan fills itself; "
        "choose another name"
    )


def test_secrets_that_are_too_much_alike() -> None:
    (problem,) = refused(
        SERVICE + "    secrets: {A: stripe-key}\n  api:\n    image: {repository: web, tag: '1'}\n"
        "    secrets: {B: stripe_key}\n"
    )
    assert problem == (
        "groundplan.yaml:9:18: services.api.secrets.B: stripe_key and stripe-key are too much alike; "
        "write one of them both times"
    )


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = refused(
        SERVICE + "    size: {cpu: 500}\nnetwork: {zones: [a, x]}\n"
        "databases:\n  orders: {engine: postgres 15.4, class: db.t4g.micro}\n"
    )
    assert [problem.split(": ")[1] for problem in found] == [
        "services.web.size.cpu",
        "network.zones",
        "databases.orders.engine",
    ], "in the order of the file"
