"""What a cluster, its nodes and shared files cost, reckoned by hand from the published prices of us-east-1."""

from __future__ import annotations

from decimal import Decimal

from tests.cost.book import line, reasons
from tests.design.blueprints import loaded

from groundplan.cost import Estimate, estimate
from groundplan.design import design

START = "project: shop\nregion: us-east-1\nplatform: eks\n"
WEB = "image: {repository: web, tag: '1'}"
CLUSTER = "kubernetes_cluster.main"


def costs(written: str) -> Estimate:
    found = loaded(START + written)
    return estimate(design(found), found.blueprint.usage, None)


def nodes(written: str, *more: str) -> str:
    return f"kubernetes: {{nodes: {{general: {{{written}}}}}{''.join(more)}}}\n"


def test_a_control_plane_costs_ten_cents_an_hour() -> None:
    charged = line(costs(nodes("instances: [t3.large]")), CLUSTER, "eks.cluster.hour")
    assert charged.monthly == Decimal("73.0")
    assert charged.formula == "1 cluster × 730 h × 0.1 USD"


def test_extended_support_costs_six_times_as_much_and_says_so() -> None:
    found = costs(nodes("instances: [t3.large]", ", version: '1.32', extended: true"))
    charged = line(found, CLUSTER, "eks.cluster_extended_support.hour")
    assert charged.monthly == Decimal("438.0")
    assert "Kubernetes 1.32 is in extended support" in charged.formula


def test_nodes_are_charged_with_their_disks_between_their_bounds() -> None:
    found = costs(nodes("instances: [t3.large], desired: 6, min: 3, max: 12, volume: 40 GB"))
    assert line(found, "node_group.general", "ec2.t3_large.hour").monthly == 6 * 730 * Decimal("0.0832")
    assert line(found, "node_group.general", "ebs.gp3.gb_month").monthly == 6 * 40 * Decimal("0.08")
    node = 730 * Decimal("0.0832") + 40 * Decimal("0.08")
    assert found.range.least == found.monthly - 3 * node
    assert found.range.most == found.monthly + 6 * node


def test_spot_nodes_have_no_price_but_their_disks_do() -> None:
    found = costs(nodes("instances: [c5.large], spot: true"))
    assert [item.sku for item in found.of("node_group.general")] == ["ebs.gp3.gb_month"]
    (spot,) = (item for item in found.unpriced if "Spot prices change" in item.why)
    # What it cannot be more than is said; how much there is of it is known, so that the bill is higher by it.
    assert spot.why.endswith("reach, 2 c5.large nodes × 730 h × 0.085 USD = 124.10 USD")
    assert spot.lacks_price
    assert found.without_price == 1


def test_spot_nodes_have_no_bound_where_nobody_knows_the_price_on_demand() -> None:
    found = costs(nodes("instances: [c5.4xlarge], spot: true"))
    (spot,) = (item for item in found.unpriced if "Spot prices change" in item.why)
    assert spot.why.endswith("on demand is the most they reach")


def test_nodes_that_burst_may_cost_more_than_their_hours() -> None:
    def said(instances: str) -> list[str]:
        found = costs(nodes(f"instances: [{instances}]"))
        return [why for why in reasons(found, "node_group.general") if "above the baseline" in why]

    # The price book has a doubtful price of T3 in us-east-1, and none of T4g.
    assert (
        said("t3.large")
        == said("t4g.large")
        == ["usage does not state what their CPUs do above the baseline of their class, paid by vCPU-hour"]
    )
    assert said("m5.large") == []


def test_automatic_backups_of_files_are_named() -> None:
    found = costs(nodes("instances: [t3.large]") + VOLUMES + "usage: {stored: {web-up: 10 GB}}\n")
    assert any("automatic backups of 35 days" in why for why in reasons(found, "file_system.web_up"))
    planned = costs(nodes("instances: [t3.large]") + VOLUMES + "backup: {}\n")
    assert not any("automatic backups" in why for why in reasons(planned, "file_system.web_up"))


def test_a_group_without_nodes_costs_nothing() -> None:
    found = costs(nodes("instances: [t3.large], desired: 0, min: 0"))
    assert sum(item.monthly for item in found.of("node_group.general")) == 0


VOLUMES = (
    f"services: {{web: {{{WEB}, tasks: {{desired: 3}}, volumes: {{index: {{path: /index, size: 20 GB}}, "
    "up: {path: /up, size: 5 GB, shared: true}}}}\n"
)


def test_each_pod_has_its_volume_and_all_share_the_files() -> None:
    found = costs(nodes("instances: [t3.large]") + VOLUMES + "usage: {stored: {web-up: 10 GB}}\n")
    charged = line(found, CLUSTER, "ebs.gp3.gb_month")
    assert charged.monthly == 3 * 20 * Decimal("0.08")
    assert charged.formula == "3 gp3 volumes × 20 GB × 0.08 USD (index of web)"
    stored = line(found, "file_system.web_up", "efs.standard.gb_month")
    assert (stored.monthly, stored.kind) == (10 * Decimal("0.30"), "usage")


def test_files_without_a_size_are_named() -> None:
    found = costs(nodes("instances: [t3.large]") + VOLUMES)
    assert any("usage.stored.web-up is not stated" in why for why in reasons(found, "file_system.web_up"))


def test_container_insights_is_not_guessed() -> None:
    found = costs(nodes("instances: [t3.large]", ", insights: true"))
    assert any(
        "charged by observation" in why for why in reasons(found, "cluster_addon.amazon_cloudwatch_observability")
    )
