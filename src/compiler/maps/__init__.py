"""Maps over tasks: array nodes."""
