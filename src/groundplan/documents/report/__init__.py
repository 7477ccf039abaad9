"""One environment as a page of HTML: one file that needs nothing from elsewhere, for light, dark and print."""

from groundplan.documents.report.page import html

__all__ = ["html"]
