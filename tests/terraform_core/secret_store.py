"""What stands in for AWS Secrets Manager while Terraform runs: a place for secrets and a maker of passwords."""

from __future__ import annotations

import fcntl
import itertools
import json
import string
from collections.abc import Mapping
from pathlib import Path

PASSWORD = "StandInPassword!0"
"""How every password of the stand-in begins, so that a test can look for one where it must not be."""

SECRETS_VARIABLE = "GROUNDPLAN_STAND_IN_SECRETS"
"""The environment variable that names the file of the :class:`SecretStore`."""

DEFAULT_LENGTH = 32
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
# Argument of aws_secretsmanager_random_password, and what it takes out of the password.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
_EXCLUSIONS = {
    "exclude_lowercase": string.ascii_lowercase,
    "exclude_numbers": string.digits,
    "exclude_punctuation": _PUNCTUATION,
    "exclude_uppercase": string.ascii_uppercase,
}


class SecretStore:
    """Secrets by the ARN or name under which they were written. A file, since each plugin process ends early."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, secret: str) -> str | None:
        """The secret's value, or None where none was written."""
        return self._all().get(secret)

    def write(self, secret: str, value: str) -> None:
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps(self._all() | {secret: value}))
            written.replace(self._file)  # at once: others read without waiting

    def _all(self) -> dict[str, str]:
        content: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return content


def random_password(arguments: Mapping[str, object]) -> str:
    """A password that obeys the arguments of ``aws_secretsmanager_random_password``; the same one each time."""
    excluded = str(arguments.get("exclude_characters") or "")
    excluded += "".join(characters for name, characters in _EXCLUSIONS.items() if arguments.get(name))
    length = arguments.get("password_length")
    allowed = [character for character in PASSWORD if character not in excluded]
    return "".join(itertools.islice(itertools.cycle(allowed), length if isinstance(length, int) else DEFAULT_LENGTH))
