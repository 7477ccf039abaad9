"""Environments that sleep at night, with a cache in cluster mode, on both platforms."""

from __future__ import annotations

from functools import cache

from tests.design.blueprints import designed

from groundplan.resources import Architecture

REGION = "eu-west-1"
COMMON = """
    project: shop
    region: eu-west-1
    profile: development
    off_hours: {stop: "20:00", start: "07:00", timezone: Europe/Berlin}
    alarms: {email: ops@example.com}
    services:
      api:
        image: {repository: api, tag: '1'}
        port: 8080
        public: {tls: false}
        needs: [main, sessions]
        scaling: {cpu: 70%}
      worker: {image: {repository: worker, tag: '1'}, needs: [main], tasks: {desired: 2}, scaling: null}
    databases: {main: {engine: postgres 16, class: db.t4g.micro, backup_window: "16:00-16:30"}}
    caches: {sessions: {engine: redis 7.1, class: cache.t4g.micro, nodes: 2, shards: 2}}
"""
EKS = """    platform: eks
    kubernetes:
      nodes:
        general: {instances: [t3.large], desired: 3, min: 2, max: 6}
        batch: {instances: [c7g.large], desired: 0, min: 0, max: 2, taints: ["spot=yes:NoSchedule"]}
"""
ECS = """    capacity: {machines: {instance: m7g.large, min: 1, max: 3}}
    jobs:
      nightly: {image: {repository: jobs, tag: '1'}, schedule: "cron(0 3 * * ? *)", needs: [main]}
"""


@cache
def on_eks() -> Architecture:
    return designed(COMMON + EKS)


@cache
def on_ecs() -> Architecture:
    text = COMMON.replace("worker: {", "worker: {capacity: {machines: 1}, architecture: arm64, ")
    return designed(text.replace("project: shop", "project: bazaar") + ECS)
