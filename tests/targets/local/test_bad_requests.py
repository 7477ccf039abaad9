"""Requests and templates that nobody should send: always AWS's error in XML, never a fault of ours."""

from __future__ import annotations

import copy
import io
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from groundplan.targets.local.cloudformation.query import model

from .conftest import Aws

SIGNED = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/cloudformation/aws4_request, SignedHeaders=host"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
FUZZ = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

FUZZ_STACKS = settings(FUZZ, max_examples=60)
"""A template that is valid becomes a stack and goes again, which takes long."""

Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(aws: Aws) -> Ask:
    """Sends bytes; the status and the text of the answer."""

    def send(body: bytes, authorization: str = SIGNED, kind: str = FORM, **more: Any) -> tuple[int, str]:
        answer: list[int] = []

        def start_response(status: str, _headers: list[tuple[str, str]]) -> None:
            answer.append(int(status.split()[0]))

        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/", "QUERY_STRING": "", "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80", "wsgi.url_scheme": "http", "HTTP_HOST": "127.0.0.1", **more,
        }  # fmt: skip
        if authorization:
            environ["HTTP_AUTHORIZATION"] = authorization
        text = b"".join(aws.local(environ, start_response)).decode()
        return answer[0], text

    return send


def fine(status: int, text: str) -> None:
    """An answer or an error of AWS's kind."""
    tree = ElementTree.fromstring(text)
    assert "Traceback" not in text
    assert status in (200, 400, 403), text
    if status != 200:
        assert tree.tag.endswith("ErrorResponse")
        assert tree.findtext(".//{*}Code")
        assert tree.findtext(".//{*}Message")


@FUZZ
@given(body=st.binary(max_size=200))
@example(body=b"Action=DescribeStacks&StackName=" + "\u2028\x00".encode())
@example(body=b"Action=CreateChangeSet&ChangeSetName=a&StackName=b&Tags=x&TemplateBody=")
def test_any_bytes(ask: Ask, body: bytes) -> None:
    fine(*ask(body))


WORDS = st.sampled_from(["", "a", "1", "member", "Key", "Value", "x y", "\x00", "ü", "-1", "9" * 30])
MEMBERS = sorted({name for operation in model().operation_names
                  for name in getattr(model().operation_model(operation).input_shape, "members", {})})  # fmt: skip
KEYS = st.builds(
    lambda name, rest: ".".join([name, *rest]),
    st.sampled_from(MEMBERS),
    st.lists(st.sampled_from(["member", "entry", "1", "2", "0", "x", "ParameterKey", "ParameterValue", "Key", "Value"]),
             max_size=4),
)  # fmt: skip


@FUZZ
@given(action=st.sampled_from(model().operation_names), fields=st.dictionaries(KEYS, WORDS, max_size=8))
def test_any_fields_of_any_action(ask: Ask, action: str, fields: dict[str, str]) -> None:
    fine(*ask(urlencode({"Action": action, "Version": "2010-05-15", **fields}).encode()))


NAMES = st.sampled_from(["A", "B", "AWS::Region", "AWS::NoValue", "X", "", "A.Arn", "Nope"])
FUNCTIONS = st.sampled_from([
    "Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Split", "Fn::Select", "Fn::If", "Fn::FindInMap", "Fn::GetAZs",
    "Fn::Cidr", "Fn::ImportValue", "Fn::Base64", "Fn::Length", "Fn::ToJsonString", "Fn::Equals", "Fn::Not", "Fn::And",
    "Condition",
    "Fn::Nope", "Fn::ForEach::L", "Value", "Type", "Tags", "Key",
])  # fmt: skip
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 70000),
    st.floats(allow_nan=False),
    NAMES,
    st.sampled_from(["${A}", "${A.B}", "${", "{{resolve:ssm:x}}", "{{resolve:}}", "10.0.0.0/16", "\x00"]),
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FUNCTIONS, inner, max_size=2), max_leaves=12
)
RESOURCES = st.dictionaries(
    st.sampled_from(["A", "B", "C d", "Fn::ForEach::R"]),
    st.one_of(VALUES, st.fixed_dictionaries(
        {"Type": st.sampled_from(
            ["AWS::SSM::Parameter", "AWS::EC2::VPC", "AWS::CloudFormation::Stack", "AWS::IAM::Role"]),
         "Properties": st.one_of(VALUES, st.dictionaries(
             st.sampled_from(["Type", "Value", "Tags", "CidrBlock", "Policies", "TemplateURL"]), VALUES))},
        optional={"DependsOn": VALUES, "Condition": VALUES, "DeletionPolicy": VALUES, "Metadata": VALUES})),
    max_size=3,
)  # fmt: skip
TEMPLATES = st.one_of(VALUES, st.fixed_dictionaries(
    {"Resources": st.one_of(RESOURCES, VALUES)},
    optional={"Parameters": st.one_of(VALUES, st.dictionaries(NAMES, st.fixed_dictionaries(
                  {"Type": st.sampled_from(
                      ["String", "Number", "CommaDelimitedList", "AWS::SSM::Parameter::Value<String>"])},
                  optional={"Default": VALUES, "AllowedValues": VALUES, "AllowedPattern": VALUES, "MinLength": VALUES,
                            "MaxValue": VALUES, "NoEcho": VALUES}))),
              "Conditions": st.one_of(VALUES, st.dictionaries(NAMES, VALUES)), "Mappings": VALUES,
              "Transform": st.one_of(VALUES, st.just("AWS::LanguageExtensions")),
              "Outputs": st.one_of(VALUES, st.dictionaries(NAMES, st.fixed_dictionaries(
                  {"Value": VALUES}, optional={"Condition": VALUES, "Export": VALUES, "Description": VALUES}))),
              "Rules": st.one_of(VALUES, st.dictionaries(NAMES, st.fixed_dictionaries({"Assertions": VALUES}))),
              "Description": VALUES, "Metadata": VALUES},
))  # fmt: skip


GOOD: dict[str, Any] = {
    "Parameters": {
        "X": {"Type": "String", "Default": "x", "AllowedValues": ["x"], "AllowedPattern": "x", "MinLength": 1},
        "N": {"Type": "Number", "Default": 3, "MinValue": 1, "NoEcho": True},
        "L": {"Type": "CommaDelimitedList", "Default": "a,b"},
    },
    "Mappings": {"M": {"us-east-1": {"v": "ok"}}},
    "Conditions": {"C": {"Fn::Equals": [{"Ref": "X"}, "x"]}, "D": {"Fn::Not": [{"Condition": "C"}]}},
    "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Contains": [{"Ref": "L"}, "a"]}, "AssertDescription": "d"}]}},
    "Resources": {
        "A": {"Type": "AWS::SSM::Parameter", "DeletionPolicy": "Delete", "Metadata": {"a": 1}, "Condition": "C",
              "Properties": {"Type": "String", "Tags": {"k": "v"}, "Value": {"Fn::Join": ["-", [
                  {"Fn::Sub": ["${v}-${AWS::Region}", {"v": {"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]}}]},
                  {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "v", {"DefaultValue": "d"}]},
                  {"Fn::If": ["D", {"Ref": "AWS::NoValue"}, {"Fn::Base64": "x"}]},
                  {"Fn::ToJsonString": {"n": {"Fn::Length": {"Ref": "L"}}}}]]}}},
        "B": {"Type": "AWS::SSM::Parameter", "DependsOn": ["A"], "UpdateReplacePolicy": "Retain",
              "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["A", "Type"]}}},
        "V": {"Type": "AWS::EC2::VPC", "Properties": {
            "CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/8", 1, 16]}]},
            "Tags": [{"Key": "k", "Value": {"Ref": "X"}}]}},
        "T": {"Type": "AWS::SNS::Topic", "Properties": {
            "Subscription": [{"Protocol": "email", "Endpoint": "a@example.com"}]}},
        "Fn::ForEach::F": ["I", {"Ref": "L"}, {"F${I}": {"Type": "AWS::SNS::Topic"}}],
    },
    "Transform": "AWS::LanguageExtensions",
    "Outputs": {"O": {"Value": {"Ref": "B"}, "Condition": "C", "Export": {"Name": "fuzzed"}, "Description": "d"}},
}  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """The good template with one or two of its parts replaced by something else."""
    template = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 2))):
        place: Any = template
        while True:
            keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and draw(st.integers(0, 3)):
                place = place[key]
                continue
            if draw(st.booleans()) or not isinstance(place, dict):
                place[key] = draw(VALUES)
            else:
                place[draw(NAMES | FUNCTIONS)] = place.pop(key)
            break
    return template


@FUZZ_STACKS
@given(template=TEMPLATES | spoiled() | spoiled() | spoiled())
@example(template={"Resources": {"A": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::Sub": []}}}}})
@example(template={"Resources": {"A": {"Type": "AWS::SSM::Parameter"}}, "Conditions": {"X": {"Condition": "X"}}})
def test_any_template(aws: Aws, ask: Ask, template: Any) -> None:
    fields = {
        "Action": "CreateChangeSet", "StackName": "fuzzed", "ChangeSetName": "c", "ChangeSetType": "CREATE",
        "TemplateBody": json.dumps(template), "Capabilities.member.1": "CAPABILITY_NAMED_IAM",
    }  # fmt: skip
    fine(*ask(urlencode(fields).encode()))
    for action in ("ValidateTemplate", "GetTemplateSummary"):
        fine(*ask(urlencode({"Action": action, "TemplateBody": json.dumps(template)}).encode()))
    fine(*ask(b"Action=DescribeChangeSet&StackName=fuzzed&ChangeSetName=c"))
    status, _ = ask(b"Action=ExecuteChangeSet&StackName=fuzzed&ChangeSetName=c")
    if status == 200:
        stack = aws.engine.find("fuzzed", "us-east-1")
        while stack.shown_status.endswith("IN_PROGRESS"):
            time.sleep(0.001)
        assert "the local AWS failed" not in "".join(event.reason for event in stack.events)
    for stack in [item for item in aws.engine.stacks.values() if item.name == "fuzzed" and item.exists]:
        aws.delete(stack)
    aws.engine.change_sets.clear()


@FUZZ
@given(
    text=st.text(max_size=60) | st.lists(st.sampled_from(list("{}[]:&*!-? \n\"'|>%@#\tab1")), max_size=40).map("".join)
)
@example(text="a: &x [*x]")
@example(text="Resources: !Ref [a")
@example(text="[" * 5000)
@example(text="{" * 5000)
@example(text='{"a":' * 5000)
def test_any_text_as_a_template(ask: Ask, text: str) -> None:
    fine(*ask(urlencode({"Action": "ValidateTemplate", "TemplateBody": text}).encode("utf-8", "surrogatepass")))


def test_too_large(ask: Ask) -> None:
    many = {f"P{n}": {"Type": "AWS::SNS::Topic"} for n in range(501)}
    for body, message in ((json.dumps({"Resources": many}), "501"), ("x" * 1_048_577, "1048576 bytes")):
        status, text = ask(urlencode({"Action": "ValidateTemplate", "TemplateBody": body}).encode())
        assert (status, message in text) == (400, True)


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [("", (403, "MissingAuthenticationToken")), ("AWS4-HMAC-SHA256 nonsense", (400, "IncompleteSignature")),
     ("Basic YTpi", (400, "IncompleteSignature")), ("Credential=a/b/c", (400, "IncompleteSignature"))],
)  # fmt: skip
def test_unsigned_requests(ask: Ask, authorization: str, expected: tuple[int, str]) -> None:
    status, text = ask(b"Action=DescribeStacks&Version=2010-05-15", authorization)
    fine(status, text)
    assert (status, expected[1] in text) == (expected[0], True)


def test_wrong_lengths(ask: Ask) -> None:
    for length in ("-1", "x", "99999999999999999999", "\u0661"):
        fine(*ask(b"Action=ListStacks", CONTENT_LENGTH=length))
