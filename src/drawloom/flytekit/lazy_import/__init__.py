"""Modules imported when first used, under flytekit's path."""
