"""AWS Systems Manager Parameter Store: values that others look up, and secrets that cost nothing."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.security import Key
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class SecureParameter(Resource):
    """A parameter of type SecureString: encrypted with KMS, at most 4 KB in the standard tier, which is free.

    Its value is generated, copied from another parameter, or (both None) filled by a person, and then left alone.
    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
    """

    title: ClassVar[str] = "SecureString parameter"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    holds_data: ClassVar[bool] = True
    not_in_cloudformation: ClassVar[str] = "AWS::SSM::Parameter knows no SecureString"
    parameter_name: str
    """``/duskspendr/prod/token``: a path that begins with a slash."""
    description: str
    kms_key: Ref[Key] | None = None
    """None: the account's ``alias/aws/ssm``."""
    generate: int | None = None
    """Letters and digits of a random value."""
    source: Ref[SecureParameter] | None = None
    """The parameter, mostly of another region, whose value it always has."""

    @property
    def filled_by_a_person(self) -> bool:
        """Whether nothing but a person knows the value, so that nothing may take it away."""
        return self.generate is None and self.source is None


@dataclass(frozen=True, kw_only=True)
class Parameter(Resource):
    """A parameter of type String in the standard tier, which is free: a value for environments that are deployed later.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html
    """

    title: ClassVar[str] = "Systems Manager parameter"
    parameter_name: str
    """``/personal-timeline/shared/hosted-zone``: a path that begins with a slash."""
    description: str
    value: Textual
