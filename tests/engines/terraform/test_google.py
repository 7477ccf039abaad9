"""Google Cloud in Terraform: the real core with the provider's schema, before and after a take-over."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from tests.engines.samples import google_architecture, sample_architecture
from tests.terraform_core.harness import TerraformCore
from tests.terraform_core.secret_store import PASSWORD, SecretStore

from groundplan.blueprint.loading import load_environment
from groundplan.design import design
from groundplan.engines.terraform import Options, render, write
from groundplan.resources import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.google.edge import GoogleSecurityPolicy
from groundplan.resources.values import Ref

FIXTURE = Path(__file__).parents[1] / "google" / "groundplan.yaml"
CASES = Path(__file__).parents[2] / "cases" / "google"
FILLED = ("production-main-password", "production-reports-password", "production-application")
MADE_BY_A_TAKE_OVER = {
    "google_compute_global_forwarding_rule", "google_compute_security_policy", "google_redis_instance",
    "google_secret_manager_secret_version", "google_sql_database", "google_sql_database_instance", "google_sql_user",
    "google_storage_bucket_iam_member",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    rendering = render(google_architecture(), Options(backend="local"))
    assert rendering.unsupported == ()
    write(rendering, tmp_path / "root")
    return tmp_path / "root"


def core(tmp_path: Path, **variables: str) -> TerraformCore:
    return TerraformCore(tmp_path / "workspace", variables)


def changes(plan: dict[str, list[dict[str, dict[str, list[str]]]]]) -> dict[str, list[str]]:
    """Address to what is done with it, of everything that something is done with."""
    return {
        str(change["address"]): change["change"]["actions"]
        for change in plan["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    }


def test_a_pilot_light_takes_over_and_goes_back(root: Path, tmp_path: Path) -> None:
    before = core(tmp_path)
    before.fmt_check(root)
    planned = before.show(before.plan(root))
    before.validate(root)
    assert not [address for address in planned if address.split(".")[0] in MADE_BY_A_TAKE_OVER - {
        "google_storage_bucket_iam_member"}]  # fmt: skip
    (scaling,) = planned["google_cloud_run_v2_service.api[0]"]["template"][0]["scaling"]
    assert (scaling["min_instance_count"], scaling["max_instance_count"]) == (0, 4)
    assert planned["google_cloud_run_v2_worker_pool.worker[0]"]["scaling"][0]["manual_instance_count"] == 0
    before.apply(root)
    before.second_plan_is_empty(root)

    after = core(tmp_path, google_active="true")
    with pytest.raises(AssertionError, match=r"not found or has no versions"):
        after.plan(root)
    store = SecretStore(tmp_path / "workspace" / "secrets.json")
    for secret in FILLED:
        store.write(secret, PASSWORD)
    done = changes(after.plan(root))
    created = {address.split(".")[0] for address, actions in done.items() if actions == ["create"]}
    assert created == MADE_BY_A_TAKE_OVER
    updated = {address.split("[")[0] for address, actions in done.items() if actions == ["update"]}
    assert updated == {
        "google_cloud_run_v2_service.api",
        "google_cloud_run_v2_service.processor",
        "google_cloud_run_v2_worker_pool.worker",
        "google_compute_backend_service.api",
    }
    state = after.apply(root)
    after.second_plan_is_empty(root)
    types = {resource["type"] for resource in state["resources"] if resource.get("instances")}
    assert types >= MADE_BY_A_TAKE_OVER

    back = changes(before.plan(root))
    assert {address.split(".")[0] for address, actions in back.items() if actions == ["delete"]} == created


VARIANTS = (
    ("pipeline: example/lantern", "pipeline: 'arn:aws:iam::123456789012:role/pipeline'"),
    ("domain: api.lantern-app.com", "domain: '*.lantern-app.com', allow: [198.51.100.0/24]"),
    ("port: 8080", "port: 8080, public: {domain: '*.lantern-app.com', path: /process/*, allow: [198.51.100.0/24]}"),
    ("firewall: {rules: [common, sql, ip-reputation]}", "firewall: null"),
    ("engine: redis 7.0, class: cache.t4g.medium, nodes: 2", "engine: valkey 8.0, class: cache.t4g.medium, nodes: 1"),
    ("keep: 20", "keep: 5"),
)
"""What the fixture says, and what it might say as well."""


def test_other_shapes_are_valid_too(tmp_path: Path) -> None:
    text = FIXTURE.read_text()
    for written, other in VARIANTS:
        assert text.count(written) == 1, written
        text = text.replace(written, other)
    text = re.sub(r"^( +port: 8080), (public: .*)$", r"\1\n    \2", text, flags=re.MULTILINE)
    (tmp_path / "groundplan.yaml").write_text(text)
    rendering = render(design(load_environment(tmp_path / "groundplan.yaml")))
    assert rendering.unsupported == ()
    write(rendering, tmp_path / "root")
    core(tmp_path).fmt_check(tmp_path / "root")
    planned = core(tmp_path).show(core(tmp_path, google_services="true").plan(tmp_path / "root"))
    provider = planned["google_iam_workload_identity_pool_provider.pipeline"]
    assert provider["aws"] == [{"account_id": "123456789012"}]
    assert (
        planned["google_certificate_manager_certificate_map_entry.any_lantern_app_com"]["hostname"]
        == "*.lantern-app.com"
    )
    assert planned["google_compute_url_map.main[0]"]["path_matcher"][0]["path_rule"][0]["paths"] == ["/process/*"]


def test_files_are_as_they_were_read(update_golden: bool) -> None:
    files = {name: text for name, text in render(google_architecture()).files.items() if name.startswith("google")}
    if update_golden:
        CASES.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (CASES / name).write_text(text)
    assert {file.name: file.read_text() for file in CASES.iterdir()} == files


def test_services_wait_until_their_images_and_secrets_are_there(root: Path, tmp_path: Path) -> None:
    first = core(tmp_path, google_services="false")
    planned = first.show(first.plan(root))
    assert not [address for address in planned if address.startswith(("google_cloud_run", "google_compute_url_map"))]
    assert "google_artifact_registry_repository.api" in planned
    assert "google_secret_manager_secret.application" in planned


def policy(**fields: object) -> list[tuple[str, int, str]]:
    """Action, priority and what is matched of each rule, in the order in which they are asked."""
    architecture = google_architecture()
    changed = architecture.changed(architecture[Ref(GoogleSecurityPolicy, "main")], **fields)
    (text,) = re.findall(
        r'^resource "google_compute_security_policy" .*?^}$', render(changed).files["google_edge.tf"], re.M | re.S
    )
    rules = re.findall(r"^  rule \{.*?^  \}$", text, re.M | re.S)
    found = []
    for rule in rules:
        action, priority = re.findall(r'action +=\s"(.*?)"', rule)[0], int(re.findall(r"priority += (\d+)", rule)[0])
        matched = re.findall(r"(?:src_ip_ranges|expression) += (.*)", rule)[0]
        found.append((action, priority, matched))
    assert [priority for _, priority, _ in found] == sorted(priority for _, priority, _ in found)
    return found


def test_the_firewall_asks_for_attacks_before_it_counts_and_lets_in() -> None:
    sql = """"evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})\""""
    everyone = '["*"]'
    assert policy(waf_rules=("sqli-v33-stable",), rate=2000) == [
        ("deny(403)", 1000, sql),
        ("throttle", 5000, everyone),
        ("allow", 2147483647, everyone),
    ]
    some = (IPv4Network("198.51.100.0/24"),)
    assert policy(waf_rules=(), rate=2000, allowed=some) == [
        ("throttle", 5000, '["198.51.100.0/24"]'),
        ("deny(403)", 2147483647, everyone),
    ]
    assert policy(waf_rules=(), rate=None, allowed=some) == [
        ("allow", 6000, '["198.51.100.0/24"]'),
        ("deny(403)", 2147483647, everyone),
    ]
    many = tuple(IPv4Network(f"198.51.100.{number}/32") for number in range(12))
    assert [rule[0] for rule in policy(waf_rules=(), rate=10, preview=True, allowed=many)] == [
        "throttle", "throttle", "allow", "allow", "deny(403)",
    ]  # fmt: skip


def test_nothing_is_said_of_google_where_there_is_none() -> None:
    rendering = render(sample_architecture())
    assert not [name for name in rendering.files if name.startswith("google")]
    assert not [name for name, text in rendering.files.items() if re.search(r"\bgoogle", text)]


def test_a_take_over_asks_nothing_of_aws() -> None:
    """AWS may not answer then: what is made or changed by a take-over leads to nothing there."""
    architecture = google_architecture()
    waiting: list[Resource] = [
        resource for resource in architecture if isinstance(resource, OnGoogleCloud) and resource.present != "always"
    ]
    seen: set[Ref[Resource]] = set()
    while waiting:
        resource = waiting.pop()
        assert resource.cloud == "google", f"{resource.address} is asked of AWS"
        for ref in resource.references():
            if ref not in seen:
                seen.add(ref)
                waiting.append(architecture[ref])
    assert len(seen) > 20


def test_no_value_of_a_secret_stands_in_a_file() -> None:
    files = render(google_architecture()).files
    text = files["google_databases.tf"] + files["google_secrets.tf"]
    assert "password_wo" in text
    assert "secret_data_wo" in text
    assert not re.search(r"^\s*(password|secret_data)\s+=", text, re.MULTILINE)
