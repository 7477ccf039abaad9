"""Backups of a running environment: made, listed, verified, and brought back."""

from groundplan.operations.backup.found import Backups, Point, find_backups
from groundplan.operations.backup.make import Made, back_up
from groundplan.operations.backup.restore_tests import RestoreTest
from groundplan.operations.backup.stores import Store, find_store, stores_of
from groundplan.operations.backup.verify import Verdict, verify

__all__ = [
    "Backups", "Made", "Point", "RestoreTest", "Store", "Verdict", "back_up", "find_backups", "find_store",
    "stores_of", "verify",
]  # fmt: skip
