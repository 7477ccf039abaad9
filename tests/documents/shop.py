"""A shop in two environments, small enough that all its documents take a moment."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from groundplan.api.files import read_source
from groundplan.blueprint.loading import Source

SHOP = """
    project: shop
    title: Shop
    region: us-east-1
    engine: cloudformation
    about: {specification: SHOP-7, version: "2.1"}
    services:
      api:
        image: {repository: api, tag: 1.0.0}
        port: 8000
        tasks: {desired: 3, min: 2, max: 9}
        scaling: {cpu: 60%}
        public: {tls: false}
        needs: [main, {files: read-write}]
        secrets: {PAYMENT: payment}
    databases:
      main:
        engine: postgres 16
        class: db.t4g.micro
        storage: 20..60 GB
        backups: 5d
        backup_window: "17:00-17:30"
        maintenance_window: wed:12:00-wed:13:00
    buckets:
      files: {}
    secrets:
      payment: {description: Key of the payment service}
    alarms: {email: people@shop.example}
    accept:
      - {rule: GP-SEC-083, reason: "A firewall costs more | than this <b>shop</b> earns", expires: 2027-03-01}
    environments:
      staging:
        drills: allowed
        off_hours: {stop: "20:00", start: "07:00", timezone: Europe/Berlin}
      production:
        objectives: {budget: 90 USD/month, recovery_time: 2h, recovery_point: 15m, response_time: 10m}
    """


def shop(folder: Path, text: str = SHOP) -> Source:
    """The blueprint, written into a folder and read."""
    file = folder / "groundplan.yaml"
    file.write_text(dedent(text).removeprefix("\n"), encoding="utf-8")
    return read_source(file)
