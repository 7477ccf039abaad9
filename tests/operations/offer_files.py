"""Small offer files in AWS's format, and a server on loopback that gives them out."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DISCLAIMER = "This pricing list is for informational purposes only."
COLUMNS = (
    "SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange",
    "Unit", "PricePerUnit", "Currency", "RelatedTo", "LeaseContractLength", "PurchaseOption", "OfferingClass",
    "Product Family", "serviceCode", "Location", "Location Type", "Instance Type", "Tenancy", "Operating System",
    "License Model", "Pre Installed S/W", "CapacityStatus", "Cache Engine", "Database Engine", "Deployment Option",
    "Transfer Type", "usageType", "operation", "Region Code", "serviceName",
)  # fmt: skip
_USUAL = {
    "TermType": "OnDemand", "StartingRange": "0", "EndingRange": "Inf", "Unit": "Hrs", "Currency": "USD",
    "Location Type": "AWS Region", "Region Code": "ap-south-1",
}  # fmt: skip
INSTANCE = {
    "Tenancy": "Shared", "Operating System": "Linux", "Pre Installed S/W": "NA", "CapacityStatus": "Used",
    "operation": "RunInstances",
}  # fmt: skip


def offer(
    code: str,
    *rows: Mapping[str, str],
    published: str = "2026-11-19T18:13:31Z",
    form: str = "v1.0",
    columns: tuple[str, ...] = COLUMNS,
) -> bytes:
    """An offer file. Each row names what is not as usual."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    about = {
        "FormatVersion": form,
        "Disclaimer": DISCLAIMER,
        "Publication Date": published,
        "Version": "20261119181331",
    }
    writer.writerows([*about.items(), ("OfferCode", code), columns])
    for number, row in enumerate(rows, start=1):
        unknown = set(row) - set(columns)
        assert not unknown, f"no such column: {unknown}"
        values = {"SKU": f"SKU{number:03}", "serviceCode": code, **_USUAL, **row}
        writer.writerow([values.get(column, "") for column in columns])
    return text.getvalue().encode()


def usage(usage_type: str, price: str, **more: str) -> dict[str, str]:
    """One row: a usage type with its region prefix, and AWS's price of a unit."""
    return {"usageType": usage_type, "PricePerUnit": price, **more}


def term(usage_type: str, price: str, sku: str, **more: str) -> dict[str, str]:
    """A row of a reservation of the product ``sku``: an hour of the standard term of a year with nothing upfront."""
    of_term = {
        "SKU": sku, "TermType": "Reserved", "LeaseContractLength": "1yr", "PurchaseOption": "No Upfront",
        "OfferingClass": "standard",
    }  # fmt: skip
    return usage(usage_type, price, **{**of_term, **more})


def fee(usage_type: str, price: str, sku: str, **more: str) -> dict[str, str]:
    """The row that says what a term wants upfront."""
    of_fee = {
        "PurchaseOption": "Partial Upfront", "Unit": "Quantity", "StartingRange": "", "EndingRange": "",
        "PriceDescription": "Upfront Fee",
    }  # fmt: skip
    return term(usage_type, price, sku, **{**of_fee, **more})


class OfferServer(ThreadingHTTPServer):
    """Gives out the files in ``files``, by ``service/region`` or ``service``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.lost: dict[str, int] = {}
        """Bytes that are announced and never come."""
        self.status: dict[str, int] = {}
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: OfferServer

    def do_GET(self) -> None:
        parts = self.path.removeprefix("/offers/v1.0/aws/").removesuffix("/index.csv").split("/")
        assert parts[1] == "current", self.path
        key = "/".join([parts[0], *parts[2:]])
        self.server.asked.append(key)
        body = self.server.files.get(key)
        if key in self.server.status or body is None:
            self.send_error(self.server.status.get(key, 404))
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + self.server.lost.get(key, 0)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@contextmanager
def serving() -> Iterator[OfferServer]:
    """A server that runs as long as the block."""
    with OfferServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
