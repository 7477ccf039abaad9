"""The blueprint: what people write."""

from typing import Literal

from pydantic import Field

from groundplan.blueprint.base import Day, Name, Part, ProjectName, Reason
from groundplan.blueprint.compute import Capacity
from groundplan.blueprint.data import Bucket, Cache, Database
from groundplan.blueprint.delivery import Dns, Firewall
from groundplan.blueprint.governance import Account, Audit, Backup, Security
from groundplan.blueprint.jobs import Job
from groundplan.blueprint.kubernetes import Kubernetes
from groundplan.blueprint.network import Network
from groundplan.blueprint.objectives import Objectives as Objectives
from groundplan.blueprint.off_hours import OffHours
from groundplan.blueprint.pipelines import POLICY_PATTERN, Pipelines
from groundplan.blueprint.queues import Queue
from groundplan.blueprint.recovery import Secondary, Standby
from groundplan.blueprint.reliability import Reliability
from groundplan.blueprint.renames import Renamed
from groundplan.blueprint.services import Service
from groundplan.blueprint.traffic import Traffic
from groundplan.blueprint.usage import Usage as Usage
from groundplan.units import Duration, Percentage

Profile = Literal["poc", "development", "staging", "production"]


class Alarms(Part):
    """CloudWatch alarms and who hears of them."""

    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    """Who is notified. The address has to confirm the subscription once; with a CDN twice, because CloudFront's alarms
    are in us-east-1."""
    webhook: str | None = Field(default=None, pattern=r"^https://[^\s]+$")
    """An HTTPS address that is notified as well: of a pager or an external monitoring service. It has to confirm the
    subscription once."""
    cpu: Percentage = Percentage.parse("80%")
    """CPU of services, databases and caches."""
    memory: Percentage = Percentage.parse("90%")
    """Memory of services and caches."""
    errors: Percentage = Percentage.parse("1%")
    """Share of requests answered with 5xx."""
    storage: Percentage = Percentage.parse("80%")
    """Used storage of databases."""
    connections: Percentage = Percentage.parse("80%")
    """Share of the connections that a database takes."""
    latency: Duration | None = None
    """How long the load balancer's answers may take, but for the slowest twentieth. ``null``: they take what they
    take."""
    application: bool | None = None
    """Whether one composite alarm is on while any alarm is that users notice, 0.50 USD a month. Default: where there is
    a standby."""
    period: Duration = Duration(300)
    """How long a value has to stand out."""


class Secret(Part):
    """A secret in AWS Secrets Manager, or in the Parameter Store of AWS Systems Manager."""

    store: Literal["secrets-manager", "parameter-store"] = "secrets-manager"
    """``secrets-manager``: 0.40 USD a month, copied to a standby region by AWS. ``parameter-store``: a SecureString
    parameter, free, but gone at once when it is deleted. CloudFormation has no type for one: ``groundplan deploy``
    makes it, and its copy in a standby region, through Systems Manager's API."""

    generate: int | None = Field(default=None, ge=16, le=128)
    """A random value of so many letters and digits, made where nobody sees it: inside Secrets Manager, or for a
    parameter in the memory of the deployment. ``null``: a person fills it."""
    description: str | None = None
    """What it is for, and where its value comes from."""


class Accept(Part):
    """A finding that is known and taken as it is."""

    rule: str = Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d+$")
    """The rule's id, like ``GP-SEC-001``."""
    resource: str = "*"
    """The resource as the finding names it; ``*`` matches any part."""
    reason: Reason
    """Why, in three words at least. It stands in every report."""
    expires: Day | None = None
    """The last day on which it is accepted, like ``2027-03-01``: from the next on the finding counts again. ``null``:
    as long as it stands here."""


class TerraformState(Part):
    """Where Terraform keeps its state."""

    backend: Literal["s3", "local"] = "s3"
    """``s3``: encrypted, versioned, locked; ``local``: a file beside the configuration."""
    bucket: str | None = None
    """Name of the state bucket. Default: ``<project>-<environment>-terraform-state``."""


class About(Part):
    """Where the blueprint comes from, for documents and tags."""

    specification: str | None = None
    """Id of the specification."""
    version: str | None = None
    """Version of the specification."""
    account: str | None = None
    """Name of the AWS account."""


class Blueprint(Part):
    """An application for one environment: the base with the environment's overlay and the profile applied."""

    project: ProjectName
    """The application's name in identifiers."""
    title: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=24)
    """Its spelling in names that allow capitals. Default: the project's name."""
    region: str
    """AWS region, like ``ap-south-1``."""
    account_id: str | None = Field(default=None, pattern=r"^\d{12}$")
    """The AWS account that this belongs into, like ``"123456789012"``. Mostly written per environment. With credentials
    of another account, or of another partition than the region's, every command that works on AWS ends before it does
    anything. ``null``: whatever account the credentials are of. The local AWS is nobody's account and takes every
    environment."""
    engine: Literal["terraform", "cloudformation"] = "terraform"
    """What renders and deploys to AWS by default. The local AWS always takes CloudFormation."""
    profile: Profile = "production"
    """Posture of what is left out. Default: the environment's name where it is a profile, else production."""
    owner_id: str | None = Field(default=None, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=12)
    """Tells apart people or teams that deploy the same environment into one AWS account: a part of every name, also of
    those that are written in full, and the tag ``Owner``. At most 12 lower-case letters, digits and single hyphens.
    Mostly given at the command line: ``--set owner_id=jane``."""
    short_name: Name | None = Field(default=None, max_length=20)
    """What the environment is called in names, like ``prod``. Default: its name."""
    names: str = "{title}-{environment}-{name}"
    """How things are called in AWS. Lower-cased where the service demands it. An ``owner_id`` stands behind the
    environment, or before the name, where ``{owner_id}`` does not say another place."""
    tags: dict[str, str] = Field(default={})
    """Tags on everything that takes tags, beside ``Project``, ``Environment`` and ``ManagedBy``."""
    permissions_boundary: str | None = Field(default=None, pattern=POLICY_PATTERN)
    """A managed policy that every IAM role of the environment gets as its permissions boundary, which has to allow
    whatever the role's own policies do: its name in this account, or its ARN. It has to exist before the environment is
    deployed. Default: with ``pipelines.deploy_role: bootstrap`` the one that ``groundplan bootstrap`` makes; else
    none."""
    about: About = Field(default_factory=About.model_construct)
    """Where this blueprint comes from."""
    network: Network = Field(default_factory=Network.model_construct)
    """The network."""
    services: dict[Name, Service] = Field(default={})
    """Containers that run all the time."""
    jobs: dict[Name, Job] = Field(default={})
    """Containers that run when it is time for them."""
    platform: Literal["ecs", "eks"] = "ecs"
    """Where services and jobs run: Amazon ECS, or Kubernetes on Amazon EKS. An EKS cluster costs 0.10 USD an hour,
    about 73 USD a month, and its nodes, which ``kubernetes:`` says."""
    kubernetes: Kubernetes = Field(default_factory=Kubernetes.model_construct)
    """The EKS cluster of ``platform: eks``."""
    capacity: dict[Name, Capacity] = Field(default={})
    """EC2 instances that services and jobs may run on instead of Fargate (``platform: ecs``)."""
    keys: Literal["customer", "aws"] = "customer"
    """``customer``: KMS keys of this environment, 1 USD a month each, whose use the environment's policies grant.
    ``aws``: keys that AWS manages or owns, free; everything is still encrypted, but nobody can be granted or denied the
    key apart from the data."""
    insights: Literal["enabled", "enhanced", "disabled"] = "enabled"
    """Container Insights of the cluster: metrics of services and tasks, paid as custom metrics; ``enhanced`` has them
    by container."""
    databases: dict[Name, Database] = Field(default={})
    """Relational databases."""
    caches: dict[Name, Cache] = Field(default={})
    """Caches in memory."""
    buckets: dict[Name, Bucket] = Field(default={})
    """Object storage."""
    queues: dict[Name, Queue] = Field(default={})
    """Messages that wait for a worker."""
    secrets: dict[Name, Secret] = Field(default={})
    """How the secrets that services name are made. One that is not here is created empty, for a person to fill."""
    secret_recovery: Duration = Duration(30 * 86400)
    """How long a deleted secret can be brought back, 7 to 30 days, in which nothing else can have its name; ``0d``:
    not at all. CloudFormation knows no such time: it deletes at once what AWS made, and keeps what a person filled in,
    save with ``0d``."""
    dns: Dns | None = None
    """The public DNS zone of the environment. ``null``: none is created."""
    pipelines: Pipelines | None = None
    """GitHub Actions that test, build, release and deploy, with the roles that they take. ``null``: none."""
    firewall: Firewall | None = None
    """AWS WAF in front of load balancer and CDN. ``null``: none."""
    audit: Audit | None = None
    """CloudTrail and AWS Config. ``null``: neither."""
    backup: Backup | None = None
    """AWS Backup. ``null``: only what databases and buckets keep themselves."""
    security: Security | None = None
    """GuardDuty, Security Hub and IAM Access Analyzer. ``null``: none of them."""
    account: Account | None = None
    """What stands once in an AWS account: password policy, administrators, cost allocation tags. ``null``: nothing."""
    off_hours: OffHours | None = None
    """When the environment is stopped. ``null``: never."""
    drills: Literal["allowed", "forbidden"] = "forbidden"
    """Whether ``groundplan drill`` may take away a task, a node, a database, a zone or the region on purpose to measure
    the recovery. ``allowed`` adds experiment templates of AWS Fault Injection Service with alarms that stop them; they
    are free, an experiment costs 0.10 USD per minute of each action. It needs ``alarms``."""
    standby: Standby | None = None
    """The environment once more in another region, for disaster recovery. ``null``: nowhere."""
    secondary: Secondary | None = None
    """Another cloud that can take over. ``null``: none."""
    alarms: Alarms | None = Field(default_factory=Alarms.model_construct)
    """Alarms and who hears of them. ``null``: none."""
    usage: Usage = Field(default_factory=Usage.model_construct)
    """What will be used per month."""
    objectives: Objectives = Field(default_factory=Objectives.model_construct)
    """What the environment has to hold to."""
    traffic: Traffic = Field(default_factory=Traffic.model_construct)
    """What is asked of it, for ``groundplan simulate traffic`` and the objectives of latency, users and requests."""
    reliability: Reliability = Field(default_factory=Reliability.model_construct)
    """What was measured of failures, for ``groundplan simulate availability`` and the objective of availability."""
    accept: list[Accept] = Field(default=[])
    """Findings that are taken as they are, each with its reason."""
    renamed: Renamed = Field(default_factory=Renamed.model_construct)
    """What has another name in AWS than here, because it was renamed: it stays as it is there."""
    state: TerraformState = Field(default_factory=TerraformState.model_construct)
    """Where Terraform keeps its state."""

    @property
    def display_name(self) -> str:
        """The title, or the project's name where no title is given."""
        return self.title or self.project
