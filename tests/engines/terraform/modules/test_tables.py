"""Resources of a type become one where that is shorter, and where nothing then waits for itself."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.engines.terraform.hcl import Argument, Block, Expression, Value, arguments
from groundplan.engines.terraform.modules.groups import Piece
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.sites import Site, readings
from groundplan.engines.terraform.modules.tables import tabled

SITES = {name: Site(name, "primary", f"shop-{name}", name, None) for name in ("dev", "prod")}
WORDS = {"var.name_prefix": {name: site.name_prefix for name, site in SITES.items()}}
TALL: dict[str, Value] = {"policy": {f"statement_{number}": [f"do {number}"] for number in range(8)}}


def _piece(type_: str, name: str, values: Mapping[str, Value]) -> Piece:
    block = Block("resource", (type_, name), (*arguments(values),))
    return Piece(Group("resource", type_, name), None, block, f"{type_}.{name}", "x.tf", (0, "", 0, ""))


def _tables(*pieces: Piece) -> dict[str, tuple[str, str | None]]:
    """Address to the group's address and the key, by what is said of prod."""
    every = {name: list(pieces) for name in SITES}
    found, _ = tabled(every, SITES, WORDS, readings(SITES, every))
    assert [piece.group for piece in found["dev"]] == [piece.group for piece in found["prod"]]
    return {piece.address: (piece.group.address, piece.key) for piece in found["prod"]}


def test_what_says_nearly_the_same_becomes_a_table() -> None:
    buckets = [_piece("aws_bucket", name, {"bucket": f"b-{name}", **TALL}) for name in ("media", "logs", "files")]
    assert _tables(*buckets) == {f"aws_bucket.{name}": ("aws_bucket.this", name) for name in ("media", "logs", "files")}


def test_a_table_is_called_by_the_words_that_its_rows_share() -> None:
    rules = [_piece("aws_rule", f"api_{name}", {"rule": name, **TALL}) for name in ("read", "write")]
    assert {group for group, _ in _tables(*rules).values()} == {"aws_rule.api"}


def test_what_differs_in_much_stays_apart() -> None:
    one = _piece("aws_bucket", "media", {"a": {str(number): f"x {number}" for number in range(9)}})
    other = _piece("aws_bucket", "logs", {"a": {str(number): f"y {number * number}" for number in range(9)}})
    assert _tables(one, other) == {
        "aws_bucket.media": ("aws_bucket.media", None),
        "aws_bucket.logs": ("aws_bucket.logs", None),
    }


def test_different_types_are_no_table() -> None:
    pieces = (_piece("aws_one", "main", TALL), _piece("aws_other", "main", TALL))
    assert all(key is None for _, key in _tables(*pieces).values())


def test_what_repeats_itself_already_is_no_row() -> None:
    pieces = [_piece("aws_record", name, {"for_each": Expression("var.x"), **TALL}) for name in ("a", "b")]
    assert all(key is None for _, key in _tables(*pieces).values())


def test_nothing_waits_for_itself() -> None:
    """The log bucket has a policy, for which the other bucket waits."""
    logs = _piece("aws_bucket", "logs", TALL)
    policy = _piece("aws_policy", "logs", {"bucket": Expression("aws_bucket.logs.id")})
    media = _piece("aws_bucket", "media", TALL)
    waiting = Argument("depends_on", [Expression("aws_policy.logs")])
    late = Piece(media.group, None, Block("resource", media.block.labels, (*media.block.body, waiting)), *_rest(media))
    assert _tables(logs, policy, late)["aws_bucket.logs"] == ("aws_bucket.logs", None)
    assert _tables(logs, policy, media)["aws_bucket.logs"] == ("aws_bucket.this", "logs")


def _rest(piece: Piece) -> tuple[str, str, tuple[int, str, int, str]]:
    return piece.address, piece.file, piece.place


def test_rows_that_refer_to_rows_find_them_under_their_key() -> None:
    names = ("media", "logs", "files")
    buckets = [_piece("aws_bucket", name, {"bucket": f"b-{name}", **TALL}) for name in names]
    policies = [_piece("aws_policy", name, {"bucket": Expression(f"aws_bucket.{name}.id"), **TALL}) for name in names]
    found = _tables(*buckets, *policies)
    assert {group for group, _ in found.values()} == {"aws_bucket.this", "aws_policy.this"}


def test_what_must_never_go_is_no_row_beside_what_may() -> None:
    """Terraform takes only literals there, so that the table could not say it of some."""
    protect = Block("lifecycle", (), (Argument("prevent_destroy", True),))
    ignore = Block("lifecycle", (), (Argument("ignore_changes", [Expression("size")]),))
    for more in (protect, ignore):
        names = ("media", "logs", "files")
        buckets = [_piece("aws_bucket", name, {"bucket": f"b-{name}", **TALL}) for name in names]
        kept = buckets[0]
        body = (*kept.block.body, more)
        buckets[0] = Piece(kept.group, None, Block("resource", kept.block.labels, body), *_rest(kept))
        assert _tables(*buckets) == {
            "aws_bucket.media": ("aws_bucket.media", None),
            "aws_bucket.logs": ("aws_bucket.this", "logs"),
            "aws_bucket.files": ("aws_bucket.this", "files"),
        }


def test_another_region_is_no_row_beside_the_own() -> None:
    here = [_piece("aws_bucket", name, {"bucket": f"b-{name}", **TALL}) for name in ("media", "logs")]
    there = _piece("aws_bucket", "copies", {"region": "eu-west-1", "bucket": "b-copies", **TALL})
    assert _tables(*here, there)["aws_bucket.copies"] == ("aws_bucket.copies", None)
    assert _tables(*here, there)["aws_bucket.logs"] == ("aws_bucket.this", "logs")
