"""A program: messages behind a frozen index, loaded and planned."""
