"""Which hosts certificates are for."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.resources.edge import Certificate


def names_covered(certificates: Iterable[Certificate], host: str) -> bool:
    """Whether one of the certificates is for a host. A wildcard stands for exactly one label.

    Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
    """
    wanted = host.lower()
    for certificate in certificates:
        for name in (certificate.domain_name, *certificate.subject_alternative_names):
            written = name.lower()
            if written == wanted or (written.startswith("*.") and wanted.partition(".")[2] == written[2:]):
                return True
    return False
