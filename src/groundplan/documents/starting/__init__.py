"""The first blueprint of an application: from a template, or from a Compose file that exists."""

from groundplan.documents.starting.answers import Answers
from groundplan.documents.starting.templates import Template, find, render, templates

__all__ = ["Answers", "Template", "find", "render", "templates"]
