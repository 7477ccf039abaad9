"""A small blueprint with all that may run in a task, and both ways to scale."""

from __future__ import annotations

from functools import cache

from tests.design.blueprints import designed

from groundplan.resources import Architecture

BLUEPRINT = """
project: shop
title: Shop
region: eu-central-1
profile: development
services:
  api:
    image: {repository: app, tag: "1", keep: 5}
    port: 8000
    size: {cpu: 512, memory: 1024}
    needs: [main]
    logs: {retention: 30d, group: /ecs/shop-api, routes: {access: '"(GET|POST) /', errors: '"level": ?"ERROR"'}}
    tracing: true
    environment:
      HOST: "${load_balancer}"
      LINK: "https://${load_balancer}/?a=$${b}"
      PLACE: "${region}/${environment}"
    public: {tls: false}
    health: {healthy: 3, unhealthy: 4}
    scaling: {cpu: 70%, memory: 80%, requests: 1000, method: step, out: 2m, in: 5m}
  mailer:
    image: {repository: app, tag: "1"}
    needs: [{emails: read}]
    scaling: {backlog: 20}
queues: {emails: {}}
databases:
  main: {engine: postgres 16, class: db.t4g.micro, extensions: [postgis, pg_trgm]}
"""


@cache
def observed() -> Architecture:
    """What becomes of it."""
    return designed(BLUEPRINT)
