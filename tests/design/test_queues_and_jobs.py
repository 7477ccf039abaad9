"""Queues, jobs, generated secrets and rotations: what they become."""

from __future__ import annotations

import pytest
from tests.design.blueprints import addresses, designed, refused, rules_of

from groundplan.design.access import QUEUE_ACTIONS, QUEUE_KEY_ACTIONS
from groundplan.resources import Architecture
from groundplan.resources.containers import CapacityProviderShare, EcsCluster, TaskDefinition
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.monitoring import Alarm, Dashboard, Metric
from groundplan.resources.policies import Statement
from groundplan.resources.schedules import Schedule, ScheduleGroup
from groundplan.resources.security import Key, Role, Secret, SecretRotation
from groundplan.resources.values import Pseudo, Ref, Text, Textual

BASE = "project: shop\nregion: eu-central-1\n"
WORKER = "worker: {image: {repository: worker, tag: '1'}"
MAIN = Ref(Key, "main")


def statements(architecture: Architecture, role: str) -> dict[str, Statement]:
    found = architecture[Ref(Role, role)]
    return {item.sid: item for policy in found.inline_policies for item in policy.document.statements}


def spelled(value: Textual) -> str:
    """An ARN with words for what AWS fills in."""
    words = {Pseudo.PARTITION: "aws", Pseudo.REGION: "here", Pseudo.ACCOUNT_ID: "us"}
    parts = value.parts if isinstance(value, Text) else (value,)
    return "".join(
        part if isinstance(part, str) else words[part] if isinstance(part, Pseudo) else "?" for part in parts
    )


def test_a_queue_by_default() -> None:
    architecture = designed(f"{BASE}queues: {{emails: {{}}}}")
    queue, end = architecture[Ref(Queue, "emails")], architecture[Ref(Queue, "emails_dead_letters")]
    assert (queue.queue_name, end.queue_name) == ("shop-production-emails", "shop-production-emails-dead-letters")
    assert (queue.visibility_timeout, queue.message_retention_period, queue.receive_message_wait_time) == (
        60, 345_600, 20,
    )  # fmt: skip
    assert (queue.dead_letter_queue, queue.max_receive_count) == (end.ref, 5)
    assert queue.kms_key == end.kms_key == MAIN
    assert end.message_retention_period == 14 * 86_400
    assert [spelled(arn) for arn in end.dead_letters_of] == ["arn:aws:sqs:here:us:shop-production-emails"]
    assert end.dead_letter_queue is None
    outputs = {output.name: output.value for output in architecture.outputs}
    assert outputs["emails_queue_url"] == queue.ref.attribute("id")
    assert outputs["emails_dead_letters_url"] == end.ref.attribute("id")


def test_a_queue_in_every_other_way() -> None:
    architecture = designed(
        f"{BASE}queues: {{orders: {{name: incoming, fifo: true, visibility: 5m, keep: 1h, delay: 10s, wait: 0s, "
        "dead_letters: {after: 3, keep: 2h}, encryption: sqs}}"
    )
    queue, end = architecture[Ref(Queue, "orders")], architecture[Ref(Queue, "orders_dead_letters")]
    assert queue.queue_name == "shop-production-incoming.fifo"
    assert end.queue_name == "shop-production-incoming-dead-letters.fifo"
    assert all(item.fifo_queue and item.content_based_deduplication and item.kms_key is None for item in (queue, end))
    assert (queue.visibility_timeout, queue.message_retention_period, queue.delay_seconds) == (300, 3600, 10)
    assert (queue.receive_message_wait_time, queue.max_receive_count, end.message_retention_period) == (0, 3, 7200)


def test_a_queue_without_dead_letters_and_without_customer_keys() -> None:
    architecture = designed(f"{BASE}keys: aws\nqueues: {{emails: {{dead_letters: null}}}}")
    (queue,) = architecture.of(Queue)
    assert (queue.dead_letter_queue, queue.max_receive_count, queue.kms_key) == (None, None, None)


def test_every_queue_refuses_plain_http() -> None:
    architecture = designed(f"{BASE}queues: {{emails: {{}}}}\njobs: {{{WORKER}, schedule: rate(1 day)}}}}")
    assert {policy.queue for policy in architecture.of(QueuePolicy)} == {queue.ref for queue in architecture.of(Queue)}
    for policy in architecture.of(QueuePolicy):
        (statement,) = policy.policy.statements
        (condition,) = statement.conditions
        assert (statement.effect, statement.actions, statement.resources) == ("Deny", ("sqs:*",), (policy.queue.arn,))
        assert (condition.key, condition.values) == ("aws:SecureTransport", ("false",))


def test_a_name_that_is_too_long_is_refused() -> None:
    name = "q" * 40
    lines = refused(f"{BASE}names: '{'x' * 30}-{{name}}'\nqueues: {{{name}: {{}}}}")
    full = f"{'x' * 30}-{name}-dead-letters"
    said = f'"{full}" as the name of an SQS queue has 84 characters; at most 80 are allowed'
    assert lines == [f"groundplan.yaml:4:10: queues.{name}.name: {said}"]


@pytest.mark.parametrize("access", ["read", "write", "read-write"])
@pytest.mark.parametrize("encryption", ["kms", "sqs"])
def test_rights_on_a_queue_are_for_what_is_needed(access: str, encryption: str) -> None:
    architecture = designed(
        f"{BASE}services: {{{WORKER}, needs: [{{emails: {access}}}]}}}}\n"
        f"queues: {{emails: {{encryption: {encryption}}}, other: {{}}}}"
    )
    found = statements(architecture, "worker_task")
    queue = Ref(Queue, "emails")
    assert (found["QueueEmails"].actions, found["QueueEmails"].resources) == (QUEUE_ACTIONS[access], (queue.arn,))
    assert set(found) == ({"QueueEmails", "KeyEmails"} if encryption == "kms" else {"QueueEmails"})
    assert ("sqs:SendMessage" in QUEUE_ACTIONS[access]) == (access != "read")
    assert ("sqs:ReceiveMessage" in QUEUE_ACTIONS[access]) == (access != "write")
    if encryption == "kms":
        key = found["KeyEmails"]
        assert (key.actions, key.resources) == (QUEUE_KEY_ACTIONS[access], (MAIN.arn,))
        (via,) = key.conditions
        assert (via.key, [spelled(value) for value in via.values]) == ("kms:ViaService", ["sqs.here.amazonaws.com"])
    (container,) = architecture[Ref(TaskDefinition, "worker")].containers
    assert container.environment["EMAILS_QUEUE_URL"] == queue.attribute("id")
    assert "OTHER_QUEUE_URL" not in container.environment


def test_alarms_on_queues() -> None:
    architecture = designed(
        f"{BASE}queues: {{emails: {{late: 10m}}, orders: {{keep: 30m, dead_letters: {{keep: 1h}}}}, "
        "logs: {dead_letters: null}}"
    )
    alarms = {alarm.name: alarm for alarm in architecture.of(Alarm) if isinstance(alarm.metric, Metric)}
    found = {name: (alarm.metric, alarm.threshold) for name, alarm in alarms.items()}
    late = {name: found[f"{name}_messages_late"] for name in ("emails", "orders", "logs")}
    assert {name: int(threshold) for name, (_, threshold) in late.items()} == {
        "emails": 600, "orders": 900, "logs": 3600,
    }  # fmt: skip
    metric, threshold = found["emails_dead_letters"]
    assert isinstance(metric, Metric)
    assert (metric.namespace, metric.metric_name) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert metric.dimensions == {"QueueName": Ref(Queue, "emails_dead_letters").attribute("name")}
    assert (metric.statistic, int(threshold)) == ("Maximum", 0)
    assert alarms["emails_dead_letters"].treat_missing_data == "notBreaching"
    assert "logs_dead_letters" not in found


def test_the_dashboard_shows_queues() -> None:
    (dashboard,) = designed(f"{BASE}queues: {{emails: {{}}}}").of(Dashboard)
    text = repr(dashboard.body)
    assert "emails: messages that wait" in text
    assert "ApproximateAgeOfOldestMessage" in text


def job(rest: str = "", more: str = "") -> Architecture:
    return designed(f"{BASE}jobs: {{{WORKER}, schedule: cron(0 3 * * ? *), {rest}}}}}\n{more}")


def test_a_job_by_default() -> None:
    architecture = job()
    schedule = architecture[Ref(Schedule, "worker")]
    assert (schedule.schedule_name, schedule.schedule_expression) == ("shop-production-worker", "cron(0 3 * * ? *)")
    assert (schedule.schedule_expression_timezone, schedule.state, schedule.task_count) == ("UTC", "ENABLED", 1)
    assert schedule.maximum_window_in_minutes is None
    assert (schedule.launch_type, schedule.capacity_providers, schedule.assign_public_ip) == ("FARGATE", (), False)
    assert [subnet.address for subnet in schedule.subnets] == ["subnet.private[a]", "subnet.private[b]"]
    assert [group.address for group in schedule.security_groups] == ["security_group.worker"]
    assert (schedule.maximum_retry_attempts, schedule.dead_letter_queue) == (2, Ref(Queue, "jobs_not_started"))
    assert schedule.task_definition == Ref(TaskDefinition, "worker") in schedule.depends_on
    assert architecture[schedule.group].group_name == "shop-production-jobs"
    assert {"ecs_cluster.main", "container_repository.worker", "log_group.worker"} <= addresses(architecture)
    assert "ecs_service.worker" not in addresses(architecture)
    assert [item.name for item in architecture.inputs] == ["worker_image_tag"]


def test_a_job_in_every_other_way() -> None:
    schedule = job(
        "timezone: Asia/Kolkata, window: 15m, tasks: 4, retries: 9, enabled: false, execute_command: true, zones: [b]"
    )[Ref(Schedule, "worker")]
    assert (schedule.schedule_expression_timezone, schedule.maximum_window_in_minutes) == ("Asia/Kolkata", 15)
    assert (schedule.task_count, schedule.maximum_retry_attempts, schedule.state) == (4, 9, "DISABLED")
    assert schedule.enable_execute_command
    assert [subnet.key for subnet in schedule.subnets] == ["b"]


def test_a_job_on_spot_and_without_nat() -> None:
    schedule = job("capacity: {fargate: {base: 1, weight: 0}, fargate-spot: 3}")[Ref(Schedule, "worker")]
    assert schedule.launch_type is None
    assert schedule.capacity_providers == (
        CapacityProviderShare(capacity_provider="FARGATE", weight=0, base=1),
        CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=3),
    )
    assert job(more="network: {nat: none}")[Ref(Schedule, "worker")].assign_public_ip
    lines = refused(
        f"{BASE}network: {{nat: none}}\njobs: {{{WORKER}, schedule: rate(1 day), capacity: fargate-spot}}}}"
    )
    assert len(lines) == 1
    assert "jobs.worker.capacity: without NAT a task needs a public address" in lines[0]


def test_what_a_schedule_may_do() -> None:
    architecture = job()
    role = architecture[Ref(Role, "worker_schedule")]
    (trust,) = role.trust.statements
    assert trust.principals[0].identifiers == ("scheduler.amazonaws.com",)
    limits = {item.key: [spelled(value) for value in item.values] for item in trust.conditions}
    group = "arn:aws:scheduler:here:us:schedule-group/shop-production-jobs"
    assert limits == {"aws:SourceAccount": ["us"], "aws:SourceArn": [group]}
    found = statements(architecture, "worker_schedule")
    assert set(found) == {"StartTask", "TagTask", "PassRoles", "TellOfFailure"}
    family = "arn:aws:ecs:here:us:task-definition/shop-production-worker"
    assert [spelled(resource) for resource in found["StartTask"].resources] == [family, f"{family}:*"]
    (in_cluster,) = found["StartTask"].conditions
    assert (in_cluster.key, in_cluster.values) == ("ecs:cluster", (Ref(EcsCluster, "main").arn,))
    assert found["PassRoles"].resources == (Ref(Role, "worker_execution").arn, Ref(Role, "worker_task").arn)
    (to_ecs,) = found["PassRoles"].conditions
    assert (to_ecs.key, to_ecs.values) == ("iam:PassedToService", ("ecs-tasks.amazonaws.com",))
    assert spelled(found["TagTask"].resources[0]) == "arn:aws:ecs:here:us:task/shop-production-cluster/*"
    assert found["TellOfFailure"].resources == (Ref(Queue, "jobs_not_started").arn,)


def test_several_jobs_share_a_group_and_a_queue_and_no_role() -> None:
    architecture = designed(
        f"{BASE}jobs:\n  {WORKER}, schedule: rate(1 day)}}\n"
        "  report: {image: {repository: worker}, schedule: rate(1 hour), command: [report]}\n"
    )
    assert len(architecture.of(ScheduleGroup)) == 1
    assert [queue.name for queue in architecture.of(Queue)] == ["jobs_not_started"]
    assert {schedule.role.name for schedule in architecture.of(Schedule)} == {"worker_schedule", "report_schedule"}
    assert "alarm.jobs_not_started" in addresses(architecture)
    assert architecture[Ref(TaskDefinition, "report")].containers[0].command == ("report",)
    assert [item.name for item in architecture.inputs] == ["worker_image_tag", "report_image_tag"]


def test_needs_of_a_job_are_as_those_of_a_service() -> None:
    architecture = job(
        "needs: [main, emails, {files: read}]",
        "databases: {main: {engine: postgres 16, class: db.t4g.micro}}\nqueues: {emails: {}}\nbuckets: {files: {}}",
    )
    assert ("egress", 5432, "main") in rules_of(architecture, "worker")
    assert ("ingress", 5432, "worker") in rules_of(architecture, "main")
    assert {"QueueEmails", "ObjectsFiles"} <= set(statements(architecture, "worker_task"))
    assert "DATABASE_URL" in architecture[Ref(TaskDefinition, "worker")].containers[0].secrets


def test_without_jobs_there_is_nothing_of_them() -> None:
    architecture = designed(f"{BASE}services: {{{WORKER}}}}}")
    assert not {"schedule_group.jobs", "queue.jobs_not_started", "alarm.jobs_not_started"} & addresses(architecture)


def test_a_generated_secret() -> None:
    architecture = designed(
        f"{BASE}services: {{{WORKER}, secrets: {{TOKEN: token, KEY: api-key, PIN: pin}}}}}}\n"
        "secrets: {token: {generate: 40, description: Signs sessions}, api-key: {description: Of the bank}}"
    )
    token, key, pin = (architecture[Ref(Secret, name)] for name in ("token", "api_key", "pin"))
    assert (token.secret_name, token.description, token.value) == ("shop/production/token", "Signs sessions", None)
    assert token.generate
    assert (token.generate.length, token.generate.exclude_punctuation, token.generate.username) == (40, True, None)
    assert (key.generate, key.description) == (None, "Of the bank")
    assert (pin.generate, pin.description) == (None, "pin, filled by a person")
    secrets = architecture[Ref(TaskDefinition, "worker")].containers[0].secrets
    assert secrets == {"TOKEN": token.ref.arn, "KEY": key.ref.arn, "PIN": pin.ref.arn}


def test_a_rotation() -> None:
    text = (
        f"{BASE}services: {{{WORKER}, needs: [main]}}}}\ndatabases: {{main: {{engine: postgres 16, class: db.t4g.micro"
    )
    architecture = designed(f"{text}, credentials: managed, rotation: 30d}}}}")
    secret = Ref(DatabaseInstance, "main").attribute("master_user_secret_arn")
    rotation = architecture[Ref(SecretRotation, "main")]
    assert (rotation.secret, rotation.automatically_after_days) == (secret, 30)
    found = statements(architecture, "worker_task")
    assert (found["PasswordMain"].actions, found["PasswordMain"].resources) == (
        ("secretsmanager:GetSecretValue",), (secret,),
    )  # fmt: skip
    assert found["DecryptPasswordMain"].resources == (MAIN.arn,)
    container = architecture[Ref(TaskDefinition, "worker")].containers[0]
    assert container.environment["MAIN_SECRET_ARN"] == secret
    assert designed(f"{text}, credentials: managed}}}}").of(SecretRotation) == ()
    assert designed(f"{text}}}}}").of(SecretRotation) == ()


def test_without_customer_keys_a_rotated_secret_needs_no_key() -> None:
    architecture = designed(
        f"{BASE}keys: aws\nservices: {{{WORKER}, needs: [main]}}}}\n"
        "databases: {main: {engine: postgres 16, class: db.t4g.micro, credentials: managed}}"
    )
    assert set(statements(architecture, "worker_task")) == {"PasswordMain"}
