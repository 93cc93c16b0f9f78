"""What is read from the user's source: where an entity was written, its signature, its docstring, how it is found again."""
