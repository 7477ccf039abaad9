"""What the condition of a statement is called: after what it says, since several statements share it.

Source of the keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from groundplan.engines.terraform.hcl import Expression, Template, Value
from groundplan.engines.terraform.modules.slots import identifier

_ACCOUNT = re.compile(r"\bdata\.aws_caller_identity\.current\.account_id\b")
_TAGGED = re.compile(r"aws:(?:Resource|Request)Tag/")
_NEVER = {"Bool": "false", "Null": "true"}
"""Operators with the value that says that there must not be something."""
_WITHOUT = {"aws:SecureTransport": "tls"}
"""What such a key is about, where it does not say so itself."""


def only_where(condition: Mapping[str, Value]) -> str:
    """``only_this_account``, ``without_tls``, ``only_via_s3``, ``only_tagged_project_and_environment``."""
    said: dict[str, None] = {}
    for operator, tests in condition.items():
        for key, value in tests.items() if isinstance(tests, Mapping) else ():
            if value == _NEVER.get(operator):
                return f"without_{_WITHOUT.get(key) or _words(key)}"
            beginning = "not_" if "Not" in operator else ""
            said |= dict.fromkeys(f"{beginning}{words}" for words in _said(key, value))
    return f"only_{'_and_'.join(said)}".replace("_and_tagged_", "_and_")


def _said(key: str, value: Value) -> Iterator[str]:
    source = value.source if isinstance(value, Expression | Template) else value
    if key == "aws:SourceAccount" and isinstance(source, str) and _ACCOUNT.search(source):
        yield "this_account"
    elif key == "kms:ViaService" and isinstance(source, str):
        yield f"via_{identifier(source.partition('.')[0])}"
    elif _TAGGED.match(key):
        yield f"tagged_{_words(key.partition('/')[2])}"
    else:
        yield _words(key)


def _words(key: str) -> str:
    return identifier(key.rpartition(":")[2])
