"""Entities as messages, and messages as files."""
