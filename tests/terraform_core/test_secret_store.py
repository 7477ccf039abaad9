from __future__ import annotations

from pathlib import Path

import pytest
from tests.terraform_core.secret_store import DEFAULT_LENGTH, PASSWORD, SecretStore, random_password


def test_secrets_outlive_the_store(tmp_path: Path) -> None:
    SecretStore(tmp_path / "secrets.json").write("a", "1")
    SecretStore(tmp_path / "secrets.json").write("b", "2")

    store = SecretStore(tmp_path / "secrets.json")
    assert (store.read("a"), store.read("b"), store.read("c")) == ("1", "2", None)


@pytest.mark.parametrize(
    ("argument", "taken_out"),
    [
        ({"exclude_punctuation": True}, "!"),
        ({"exclude_numbers": True}, "0"),
        ({"exclude_uppercase": True}, "SIP"),
        ({"exclude_lowercase": True}, "standipwor"),
        ({"exclude_characters": "Sa"}, "Sa"),
    ],
)
def test_password_obeys_its_arguments(argument: dict[str, object], taken_out: str) -> None:
    password = random_password({"password_length": 40, **argument})

    assert len(password) == 40
    assert not set(password) & set(taken_out)


def test_password_can_be_recognised() -> None:
    password = random_password({"password_length": None})

    assert password.startswith(PASSWORD)
    assert len(password) == DEFAULT_LENGTH
