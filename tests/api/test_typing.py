"""What a type checker refuses: the ignores below are needed, or mypy complains about them (warn_unused_ignores)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groundplan import Blueprint, InputError, Overlay, Scaling, Service, ServiceOverlay


def test_what_is_wrong_for_a_type_checker_is_wrong_when_it_runs() -> None:
    Service(port=8080)  # type: ignore[typeddict-item]  # "image" is missing
    Service(image={"repository": "a"}, prot=80)  # type: ignore[typeddict-unknown-key]
    Service(image={"repository": "a"}, port="80")  # type: ignore[typeddict-item]
    Service(image={"repository": "a"}, architecture="arm")  # type: ignore[typeddict-item]
    Service(image={"tag": "1"})  # type: ignore[typeddict-item]
    Service(image={"repository": "a"}, needs=[{"files": "reed"}])  # type: ignore[dict-item]
    Overlay(services={"api": {"tasks": {"desired": "2"}}})  # type: ignore[dict-item]
    blueprint = Blueprint(project="shop", regoin="eu-west-1")  # type: ignore[call-arg]
    with pytest.raises(InputError) as caught:
        blueprint.environment()
    assert [problem.message for problem in caught.value.problems] == ['unknown key "regoin"; did you mean "region"?']


def test_what_is_right_for_a_type_checker() -> None:
    service = Service(
        image={"repository": "a", "tag": "1"},
        logs="30d",
        capacity={"fargate": {"base": 1}, "fargate-spot": 3},
        needs=["b", {"c": "read"}, {"name": "d", "access": "write"}],
        scaling=Scaling(cpu="70%", cooldown_in=timedelta(minutes=5)),
        environment={"WORKERS": 4},
    )
    overlay = Overlay(services={"a": ServiceOverlay(image={"tag": "2"}, tasks={"max": 9}), "b": None}, alarms=None)
    blueprint = Blueprint(
        project="shop",
        region="eu-west-1",
        services={"a": service, "b": {"image": {"repository": "b"}}},
        queues={"c": {}, "d": {}},
        environments={"live": overlay},
    )
    with pytest.raises(InputError, match=r"services\.a\.needs") as caught:
        blueprint.environment("live")
    assert "b" in str(caught.value), "the environment removes what a needs"
