"""The examples that are delivered by pipelines, read once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment

EXAMPLES = Path(__file__).parents[2] / "examples"
DELIVERED = ("spontime", "spendsense", "personal-timeline")
SHOP = """\
project: shop
region: eu-central-1
services:
  web:
    image: {repository: web, tag: 1.0.0}
    port: 3000
    public: {domain: shop.acme-shop.com}
    health: {path: /ready, runtime: node}
    needs: [main, cart, {files: read-write}, mails]
    environment: {STAGE: "${environment}", PRICE: "5 $$"}
    secrets: {TOKEN: token}
    deployment: {strategy: canary, step: 10%, step_bake: 5m, bake: 10m}
    build: {language: node, version: 22.11.0, start: [node, server.js]}
  mailer:
    image: {repository: mailer, tag: 1.0.0}
    needs: [{mails: read}]
    build: {language: python, version: 3.13.1, folder: services/mailer, start: [python, -m, mailer]}
jobs:
  report:
    image: {repository: mailer, tag: 1.0.0}
    schedule: cron(0 3 * * ? *)
    needs: [main]
databases: {main: {engine: postgres 16, class: db.t4g.medium}}
caches: {cart: {engine: valkey 8.0, class: cache.t4g.small, nodes: 2}}
buckets: {files: {}}
queues: {mails: {}}
secrets: {token: {generate: 32}}
alarms: {email: operations@acme-shop.com}
pipelines: {repository: acme@12/shop@34, branch: release/next, provider: create, deploy_role: deployers/shop}
environments:
  staging: {pipelines: {approval: false}, services: {web: {public: {domain: staging.acme-shop.com}}}}
  production: {account_id: "210987654321", pipelines: {provider: exists}}
"""
Every = Callable[[str], list[LoadedEnvironment]]


@cache
def _every(name: str) -> list[LoadedEnvironment]:
    return read_source(EXAMPLES / name / "groundplan.yaml").all()


@pytest.fixture
def every() -> Every:
    """Every environment of an example."""
    return _every


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> list[LoadedEnvironment]:
    """Two environments with everything that the examples lack: Node, folders, jobs, canaries, immutable ids."""
    file = tmp_path_factory.mktemp("shop") / "groundplan.yaml"
    file.write_text(SHOP)
    return read_source(file).all()
