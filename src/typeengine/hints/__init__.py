"""Type hints: each spelling becomes one hashable `Form`, and a Form becomes a hint again."""
