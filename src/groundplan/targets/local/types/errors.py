"""What goes wrong with one resource."""

from __future__ import annotations


class ResourceError(Exception):
    """A resource cannot be created, changed or deleted as asked; the text is the event's reason."""


class UnsupportedPropertyError(ResourceError):
    """A property that this local AWS would have to drop. It never does so silently."""


class NotAppliedError(ResourceError):
    """The API accepted a property, and reads back another value."""
