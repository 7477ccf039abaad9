"""The real Terraform core keeps a state where bootstrapping has made room for it, with the rights of the role alone."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from tests.cli.commands import Command, Write
from tests.design.state_rights import allowed
from tests.operations.running import REGION, Aws
from tests.terraform_core.harness import TERRAFORM

from groundplan.blueprint.loading import LoadedEnvironment, load_environment
from groundplan.design import design
from groundplan.design.state import StateBucket, StateChoices, design_state, key_of
from groundplan.engines import terraform
from groundplan.errors import ExitCode
from groundplan.operations.bootstrap import backend_settings
from groundplan.resources.security import Role
from groundplan.targets import local
from groundplan.targets.connection import connect

ROOT = """
resource "terraform_data" "thing" {
  input = "a thing that needs no provider"
}
"""


@dataclass
class Calls:
    """What is asked of the local AWS: action, resource and what a policy's conditions could ask for."""

    bucket: str
    seen: list[tuple[str, str, dict[str, tuple[str, ...]]]] = field(default_factory=list)

    def note(self, method: str, url: str, target: str, body: bytes) -> None:
        if target.startswith("DynamoDB_20120810."):
            content = json.loads(body)
            key = content.get("Key") or content.get("Item") or {}
            leading: dict[str, tuple[str, ...]] = {"dynamodb:LeadingKeys": (key["LockID"]["S"],)} if key else {}
            self.seen.append((f"dynamodb:{target.partition('.')[2]}", "TABLE", leading))
            return
        parts = urlsplit(url)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if bucket != self.bucket:  # AWS STS, which anybody may ask who they are, and for a role that trusts them
            assert b"Action=AssumeRole" in body or b"Action=GetCallerIdentity" in body, (method, url, body)
            return
        if key:
            verb = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete"}[method]
            self.seen.append((f"s3:{verb}Object", f"arn:aws:s3:::BUCKET/{key}", {}))
        else:
            prefix = parse_qs(parts.query).get("prefix")
            self.seen.append(("s3:ListBucket", "arn:aws:s3:::BUCKET", {"s3:prefix": tuple(prefix)} if prefix else {}))


@contextmanager
def listening(endpoint: str, calls: Calls) -> Iterator[str]:
    """An endpoint that hands everything on to the local AWS, and notes it."""
    behind = urlsplit(endpoint)

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            calls.note(self.command, self.path, self.headers.get("X-Amz-Target") or "", body)
            connection = http.client.HTTPConnection(behind.hostname or "", behind.port)
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def backend_file(loaded: LoadedEnvironment) -> str:
    """``backend.tf`` as it is rendered."""
    options = terraform.Options(state_bucket=loaded.state_bucket)
    return terraform.render(design(loaded), options).files["backend.tf"]


@pytest.mark.parametrize("with_table", [False, True])
def test_a_state_is_kept_with_the_rights_of_the_role(
    groundplan: Command, write: Write, aws: Aws, project: str, tmp_path: Path, with_table: bool
) -> None:
    write(f"project: {project}\nregion: {REGION}\n")
    made = groundplan("bootstrap", "--format", "json", *(["--lock-table"] if with_table else []))
    assert made.code == ExitCode.FINE, made.err
    (bucket,) = made.json["buckets"]
    (environment,) = bucket["environments"]
    loaded = load_environment(Path("groundplan.yaml"))
    settings = backend_settings(connect("local"), loaded)
    assert settings == bucket["backend_config"]
    root = tmp_path / "root"
    root.mkdir()
    (root / "backend.tf").write_text(backend_file(loaded))
    (root / "main.tf").write_text(ROOT)
    variables = local.environment(local.start())
    calls = Calls(bucket["bucket"])
    with listening(variables["AWS_ENDPOINT_URL"], calls) as endpoint:
        surroundings = {**os.environ, **variables, "AWS_ENDPOINT_URL": endpoint, "TF_IN_AUTOMATION": "1"}

        def run(*arguments: str) -> str:
            command = (*TERRAFORM, *arguments, "-no-color", "-input=false")
            done = subprocess.run(command, cwd=root, env=surroundings, capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        configured = [f"-backend-config={name}={value}" for name, value in settings.items()]
        as_role = f'-backend-config=assume_role={{role_arn="{environment["role"]}"}}'
        run("init", *configured, as_role)
        run("apply", "-auto-approve")
        _check_state(aws, bucket)
        refused = groundplan("bootstrap", "--remove", "-y")
        assert refused.code == ExitCode.BAD_INPUT
        assert f"{environment['key']} (a state with 1 resource)" in refused.err
        assert "1 destroyed" in run("destroy", "-auto-approve")
    _check_rights(calls, loaded, with_table=with_table)
    removed = groundplan("bootstrap", "--remove", "-y")
    assert removed.code == ExitCode.FINE, removed.err
    assert aws.buckets(project) == set()


def _check_state(aws: Aws, bucket: Any) -> None:
    (environment,) = bucket["environments"]
    head = aws.s3.head_object(Bucket=bucket["bucket"], Key=environment["key"])
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", bucket["kms_key"])
    (only,) = aws.s3.list_objects_v2(Bucket=bucket["bucket"])["Contents"]
    assert only["Key"] == environment["key"], "the lock is gone"


def _check_rights(calls: Calls, loaded: LoadedEnvironment, *, with_table: bool) -> None:
    bucket = StateBucket(loaded.state_bucket, loaded.blueprint.region, (loaded,))
    (role,) = design_state(bucket, StateChoices(lock_table=with_table)).of(Role)
    assert [call for call in calls.seen if not allowed(role, *call)] == []
    asked = {action for action, *_ in calls.seen}
    locks = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"} if with_table else set()
    assert asked >= {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", *locks}
    assert ("s3:PutObject", f"arn:aws:s3:::BUCKET/{key_of(loaded)}.tflock", {}) in calls.seen
    assert ("s3:ListBucket", "arn:aws:s3:::BUCKET", {"s3:prefix": ("env:/",)}) in calls.seen, "else no right is needed"
