"""The certificate with which a plugin answers Terraform. Terraform learns it from the handshake and trusts no other.

It guards a socket in a folder of one's own and nothing else, so one is made for many plugin processes: loading
``cryptography`` takes a quarter of the time in which a plugin starts.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

CERTIFICATE_VARIABLE = "GROUNDPLAN_STAND_IN_CERTIFICATE"
"""The environment variable that names the file of a :class:`Certificate`."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A private key and its certificate, both in PEM."""

    key: str
    certificate: str

    @classmethod
    def read(cls, file: Path) -> Self:
        return cls(**json.loads(file.read_text()))

    def write(self, file: Path) -> None:
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(self)))


def make_certificate() -> Certificate:
    """A certificate for this machine, signed by itself, for ten years."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    written = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Certificate(written.decode(), certificate.public_bytes(encoding).decode())
