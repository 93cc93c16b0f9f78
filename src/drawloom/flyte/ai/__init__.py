"""Agents and what serves them. Not here; every use says so."""
