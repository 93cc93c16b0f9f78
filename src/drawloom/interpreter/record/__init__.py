"""The record of a run, and the answers to its gates."""
