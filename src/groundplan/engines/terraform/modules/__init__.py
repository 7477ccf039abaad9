"""Modules that several environments share, derived from their architectures."""
