"""Errors of the CloudFormation API."""

from __future__ import annotations


class StackError(Exception):
    """An error with AWS's code; the API sends it as XML."""

    def __init__(self, message: str, code: str = "ValidationError") -> None:
        super().__init__(message)
        self.code = code


def does_not_exist(name: str) -> StackError:
    """The error for a stack that is not there, worded as AWS does: clients look for it."""
    return StackError(f"Stack with id {name} does not exist")
