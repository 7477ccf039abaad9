"""The account of the credentials, and AWS's refusals, by an endpoint on this machine that answers as AWS does."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ProfileNotFound, UnauthorizedSSOTokenError
from tests.cli.commands import Command, Write
from tests.operations.running import REGION

from groundplan.api.files import read_source
from groundplan.errors import EnvironmentalError, ExitCode, InputError
from groundplan.operations.account import require_account
from groundplan.targets.connection import TRIES, Connection, explained

IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:{partition}:sts::{account}:assumed-role/deployer/jane</Arn><UserId>AROA:jane</UserId>"
    "<Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
THROTTLED = (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    "<Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>"
)


@dataclass
class Endpoint:
    """Answers as STS does: throttled a few times first."""

    throttle: int = 0
    account: str = "111122223333"
    partition: str = "aws"
    asked: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def connection(self) -> Connection:
        """A connection to "AWS" that ends here."""
        return Connection("aws", {"AWS_ENDPOINT_URL": self.url})

    def answer(self) -> tuple[int, str]:
        with self.lock:
            self.asked += 1
            if self.asked <= self.throttle:
                return 400, THROTTLED
            return 200, IDENTITY.format(account=self.account, partition=self.partition)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """The endpoint, credentials that it does not look at, and pauses that take no time."""
    made = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, text = made.answer()
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *arguments: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def blueprint(rest: str, region: str = REGION) -> str:
    return f"project: shop\nregion: {region}\nprofile: poc\nengine: cloudformation\n{rest}"


def test_aws_is_asked_again_as_long_as_it_throttles(endpoint: Endpoint) -> None:
    endpoint.throttle = TRIES - 1
    with explained("Asking"):
        assert endpoint.connection.sts(REGION).get_caller_identity()["Account"] == "111122223333"
    assert endpoint.asked == TRIES


def test_throttling_without_end_is_told(endpoint: Endpoint) -> None:
    endpoint.throttle = 100
    with pytest.raises(EnvironmentalError, match="Throttling: Rate exceeded") as raised, explained("Asking"):
        endpoint.connection.sts(REGION).get_caller_identity()
    assert endpoint.asked == TRIES
    assert f"AWS was asked {TRIES} times, with longer and longer pauses" in str(raised.value)


def test_the_account_is_looked_at_before_anything(
    groundplan: Command, write: Write, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundplan.targets.connection.connect", lambda _: endpoint.connection)
    file = write(blueprint('account_id: "123456789012"\n'))
    for command in ("plan", "deploy", "status", "drift", "destroy", "history", "backup list"):
        result = groundplan(*command.split(), "--target", "aws")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, ""), command
        assert f"{file}:5:13: account_id: production belongs into the account 123456789012" in result.err, command
        assert (
            "the credentials are of 111122223333 (arn:aws:sts::111122223333:assumed-role/deployer/jane)" in result.err
        )
    assert endpoint.asked == 7, "and nothing else"


def test_who_fits_and_who_does_not(endpoint: Endpoint, write: Write) -> None:
    def loaded(rest: str, region: str = REGION) -> None:
        require_account(endpoint.connection, read_source(write(blueprint(rest, region))).environment(None))

    loaded("")
    assert endpoint.asked == 0, "nothing is pinned"
    loaded('account_id: "111122223333"\n')
    with pytest.raises(InputError, match="cn-north-1 is in the partition aws-cn, and the credentials are of aws"):
        loaded('account_id: "111122223333"\n', "cn-north-1")
    here = Connection("local", {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})
    require_account(here, read_source(write(blueprint('account_id: "999999999999"\n'))).environment(None))


@pytest.mark.parametrize("written", ['"12345"', '"1234-5678-9012"'])
def test_what_is_no_account(groundplan: Command, write: Write, written: str) -> None:
    write(blueprint(f"account_id: {written}\n"))
    result = groundplan("validate")
    assert result.code == ExitCode.BAD_INPUT
    assert re.search(r"groundplan\.yaml:5:13: account_id: .* is no AWS account id; those have 12 digits", result.err)


def test_zeros_in_front_stay(write: Write) -> None:
    loaded = read_source(write(blueprint("account_id: 012345678901\n"))).environment(None)
    assert loaded.blueprint.account_id == "012345678901"


def refused(code: str, message: str, attempts: int = 0) -> Callable[[], Exception]:
    """AWS's refusal of a request to describe stacks."""
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"RetryAttempts": attempts}}
    return lambda: ClientError(response, "DescribeStacks")  # type: ignore[arg-type]


JANE = "User: arn:aws:iam::111122223333:user/jane is not authorized to perform: cloudformation:DescribeStacks on "
STACK = "resource: arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/*"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (refused("ExpiredToken", "The security token included in the request is expired"), "credentials have expired"),
        (refused("InvalidClientTokenId", "The security token is invalid."), "is the region enabled in their account?"),
        (refused("SignatureDoesNotMatch", "Signature expired: 2020"), "Is the clock of this machine right?"),
        (refused("RequestTimeTooSkewed", "too large"), "Is the clock of this machine right?"),
        (refused("OptInRequired", "not subscribed"), "Enable the region in the account"),
        (
            refused("AccessDenied", f"{JANE}{STACK} because no identity-based policy allows it"),
            "Missing is cloudformation:DescribeStacks on arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/* "
            "for arn:aws:iam::111122223333:user/jane. Allow it in its IAM policies",
        ),
        (
            refused("AccessDenied", f"{JANE}{STACK} with an explicit deny in a service control policy"),
            "Take the Deny out of a service control policy of the organization",
        ),
        (refused("AccessDenied", "Access Denied"), "The credentials lack the right to DescribeStacks"),
        (refused("ThrottlingException", "Rate exceeded", 5), "AWS was asked 6 times"),
        (lambda: UnauthorizedSSOTokenError(), "The session of AWS IAM Identity Center has ended. Get new ones"),
        (lambda: ProfileNotFound(profile="shop"), "`aws configure list-profiles` lists those that there are"),
    ],
)
def test_a_refusal_says_what_to_do(made: Callable[[], Exception], said: str) -> None:
    with pytest.raises(EnvironmentalError) as raised, explained("Listing stacks"):
        raise made()
    assert str(raised.value).startswith("Listing stacks: ")
    assert said in str(raised.value)


def test_a_profile_that_does_not_exist(
    groundplan: Command, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "none"))
    write(blueprint(""))
    result = groundplan("plan", "--target", "aws")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert "The config profile (nobody) could not be found. `aws configure list-profiles`" in result.err
