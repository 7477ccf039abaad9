"""What groundplan.cdk and its tests use of aws-cdk-lib.

Its own types are complete, but checking them takes mypy two minutes: half a million lines that import each other.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from constructs import Construct

class Environment:
    def __init__(self, *, account: str | None = None, region: str | None = None) -> None: ...
    @property
    def account(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...

class IStackSynthesizer: ...

class BootstraplessSynthesizer(IStackSynthesizer):
    def __init__(self) -> None: ...

class PermissionsBoundary: ...

class ResolutionTypeHint(Enum):
    STRING = "STRING"
    STRING_LIST = "STRING_LIST"

class Reference:
    def to_string(self) -> str: ...

class CfnElement(Construct): ...

class CfnResource(CfnElement):
    @property
    def ref(self) -> str: ...
    @property
    def cfn_resource_type(self) -> str: ...
    def get_att(self, attribute_name: str, type_hint: ResolutionTypeHint | None = None) -> Reference: ...
    def add_property_override(self, property_path: str, value: object) -> None: ...

class CfnParameter(CfnElement):
    default: object
    @property
    def value_as_string(self) -> str: ...

class CfnOutput(CfnElement):
    def __init__(self, scope: Construct, id: str, *, value: str) -> None: ...
    @property
    def value(self) -> object: ...

class Stack(Construct):
    def __init__(
        self,
        scope: Construct | None = None,
        id: str | None = None,
        *,
        analytics_reporting: bool | None = None,
        cross_region_references: bool | None = None,
        description: str | None = None,
        env: Environment | None = None,
        notification_arns: Sequence[str] | None = None,
        permissions_boundary: PermissionsBoundary | None = None,
        stack_name: str | None = None,
        suppress_template_indentation: bool | None = None,
        synthesizer: IStackSynthesizer | None = None,
        tags: Mapping[str, str] | None = None,
        termination_protection: bool | None = None,
    ) -> None: ...
    @property
    def stack_name(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def dependencies(self) -> Sequence[Stack]: ...

class App(Construct):
    def __init__(
        self,
        *,
        analytics_reporting: bool | None = None,
        outdir: str | None = None,
        context: Mapping[str, object] | None = None,
    ) -> None: ...
    def synth(self) -> object: ...

class Fn:
    @staticmethod
    def join(delimiter: str, list_of_values: Sequence[str]) -> str: ...
    @staticmethod
    def select(index: int, array: Sequence[str]) -> str: ...
    @staticmethod
    def split(delimiter: str, source: str) -> list[str]: ...

class Token:
    @staticmethod
    def as_list(value: object) -> list[str]: ...

class Aws:
    ACCOUNT_ID: str
    PARTITION: str
