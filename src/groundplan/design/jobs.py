"""Jobs: ECS tasks that Amazon EventBridge Scheduler starts."""

from __future__ import annotations

from groundplan.blueprint.jobs import Job
from groundplan.design import queues
from groundplan.design.cluster import CLUSTER, FARGATE, before_tasks, strategy, task_subnets
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import same_account
from groundplan.design.networking import task_tier
from groundplan.design.tasks import add_repository, add_task, add_task_group, check_size
from groundplan.resources.containers import EcsCluster, TaskDefinition
from groundplan.resources.messaging import Queue
from groundplan.resources.network import SecurityGroup
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.schedules import Schedule, ScheduleGroup
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Ref, Textual, text

GROUP = Ref(ScheduleGroup, "jobs")
NOT_STARTED = Ref(Queue, "jobs_not_started")
"""Where EventBridge Scheduler tells which job could not be started, and why."""


def add_jobs(draft: Draft) -> None:
    """Every job of the blueprint, in one group of schedules with one queue for what could not be started."""
    jobs = draft.blueprint.jobs
    if not jobs:
        return
    for name, job in jobs.items():
        check_size(draft, "jobs", name, job)
        add_repository(draft, job.image.repository)
        add_task_group(draft, "jobs", name, job)
    _add_not_started(draft)
    group_name = draft.called("schedule_group", "jobs", "project")
    draft.add(ScheduleGroup(name="jobs", concern="services", group_name=group_name, tags=draft.name_tag("jobs")))
    for name, job in jobs.items():
        _add_job(draft, name, job, group_name)


def _add_not_started(draft: Draft) -> None:
    """Encrypted with a key of SQS: it says what was to be started and why it was not, and holds no data.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    draft.add(
        Queue(
            name=NOT_STARTED.name,
            concern="messaging",
            queue_name=queues.queue_name(draft, "jobs-not-started", "project"),
            message_retention_period=14 * 86_400,
            receive_message_wait_time=queues.RECEIVE_WAIT_OF_DEAD_LETTERS,
            tags=draft.name_tag("jobs-not-started"),
        )
    )
    queues.add_policy(draft, NOT_STARTED, "jobs")
    draft.output(
        "jobs_not_started_url", "URL of the queue of starts of jobs that failed", NOT_STARTED.attribute("id")
    )  # fmt: skip


def _add_job(draft: Draft, name: str, job: Job, group_name: str) -> None:
    place, ident = f"jobs.{name}", identifier(name)
    task = add_task(draft, "jobs", name, job)
    tier, shares = task_tier(draft), strategy(job)
    if tier == "public" and shares and set(job.capacity) <= set(FARGATE):
        draft.problem(
            f"{place}.capacity",
            "without NAT a task needs a public address to reach anything, and EventBridge Scheduler gives one to "
            "tasks on fargate only; write capacity: fargate, or network.nat",
        )
    draft.add(
        Schedule(
            name=ident,
            concern="services",
            schedule_name=draft.called("schedule", name, place),
            group=GROUP,
            description=f"Starts {name} of {draft.title} {draft.stage}",
            schedule_expression=job.schedule,
            schedule_expression_timezone=job.timezone,
            state="ENABLED" if job.enabled else "DISABLED",
            maximum_window_in_minutes=job.window.minutes or None,
            role=_add_schedule_role(draft, name, task, group_name),
            cluster=CLUSTER,
            task_definition=task,
            task_count=job.tasks,
            launch_type=None if shares else "FARGATE",
            capacity_providers=shares,
            subnets=task_subnets(draft, job),
            security_groups=(Ref(SecurityGroup, ident),),
            assign_public_ip=tier == "public",
            enable_execute_command=job.execute_command,
            maximum_retry_attempts=job.retries,
            dead_letter_queue=NOT_STARTED,
            # It names the family, not the revision, so nothing else says that the first revision comes first.
            depends_on=(task, *before_tasks(job)),
        )
    )  # fmt: skip


def _arn(service: str, rest: str) -> Textual:
    return text("arn:", Pseudo.PARTITION, f":{service}:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":{rest}")


def _add_schedule_role(draft: Draft, name: str, task: Ref[TaskDefinition], group_name: str) -> Ref[Role]:
    """What EventBridge Scheduler may do: start this task in this cluster with its two roles, and tell of failures.

    Releases register revisions of the task definition, so the right is to the family.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html and
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    definition = next(item for item in draft.of(TaskDefinition) if item.ref == task)
    cluster = next(item for item in draft.of(EcsCluster) if item.ref == CLUSTER)
    in_cluster = Condition(operator="ArnEquals", key="ecs:cluster", values=(CLUSTER.arn,))
    to_ecs = Condition(operator="StringEquals", key="iam:PassedToService", values=("ecs-tasks.amazonaws.com",))
    at_start = Condition(operator="StringEquals", key="ecs:CreateAction", values=("RunTask",))
    family = _arn("ecs", f"task-definition/{definition.family}")
    statements = (
        Statement(
            sid="StartTask",
            actions=("ecs:RunTask",),
            resources=(family, text(family, ":*")),
            conditions=(in_cluster,),
        ),
        Statement(
            sid="TagTask",
            actions=("ecs:TagResource",),
            resources=(_arn("ecs", f"task/{cluster.cluster_name}/*"),),
            conditions=(at_start,),
        ),
        Statement(
            sid="PassRoles",
            actions=("iam:PassRole",),
            resources=(definition.execution_role.arn, definition.task_role.arn),
            conditions=(to_ecs,),
        ),
        Statement(sid="TellOfFailure", actions=("sqs:SendMessage",), resources=(NOT_STARTED.arn,)),
    )
    of_group = Condition(
        operator="ArnEquals", key="aws:SourceArn", values=(_arn("scheduler", f"schedule-group/{group_name}"),)
    )
    called = f"{name}-schedule"
    policy_name = draft.called("iam_policy", f"{called}-policy", f"jobs.{name}")
    return draft.add(
        Role(
            name=f"{identifier(name)}_schedule",
            concern="services",
            role_name=draft.called("iam_role", f"{called}-role", f"jobs.{name}"),
            description=f"Lets EventBridge Scheduler start {name}",
            trust=service_trust("scheduler.amazonaws.com", conditions=(same_account(), of_group)),
            inline_policies=(InlinePolicy(policy_name, PolicyDocument(statements)),),
        ),
        because=f"jobs.{name}.schedule",
    )
