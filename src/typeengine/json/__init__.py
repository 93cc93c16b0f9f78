"""JSON: literals and literal types in it, and out of it."""
