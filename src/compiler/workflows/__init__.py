"""Workflows, conditionals, gates, launch plans and references."""
