"""Blueprints of any size: ``python benchmarks/generate.py 100 > large.yaml`` for one of 100 services."""

from __future__ import annotations

import sys


def blueprint(services: int) -> str:
    """A blueprint with that many services: each with a bucket, every tenth with a database and a cache.

    The services of a group of ten share its database and cache and need one another in a chain, so that rules,
    rights and secrets grow with the services and not with their square.
    """
    lines = ["project: large", "title: Large", "region: ap-south-1", "names: '{title}-{name}'", "services:"]
    for number in range(services):
        group, place = divmod(number, 10)
        needs = [f"db{group}", f"cache{group}", f"files{number}"]
        if place < 9 and number + 1 < services:
            needs.append(f"s{number + 1}")
        lines += [
            f"  s{number}:",
            f"    image: {{repository: s{number}, tag: '1'}}",
            f"    port: {3000 + number}",
            "    size: {cpu: 256, memory: 512}",
            "    scaling: {cpu: 70%}",
            f"    needs: [{', '.join(needs)}]",
        ]
        if place == 0:
            lines.append(f"    public: {{domain: s{number}.groundplan.dev}}")
    groups = range((services + 9) // 10)
    lines += ["databases:", *(f"  db{group}: {{engine: postgres 16, class: db.t4g.micro}}" for group in groups)]
    lines += ["caches:", *(f"  cache{group}: {{engine: redis 7.1, class: cache.t4g.micro}}" for group in groups)]
    lines += ["buckets:", *(f"  files{number}: {{}}" for number in range(services))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(blueprint(int(sys.argv[1])))
