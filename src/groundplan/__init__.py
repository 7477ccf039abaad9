"""Groundplan: one short blueprint of an application becomes production AWS infrastructure."""

__version__ = "0.1.0"
