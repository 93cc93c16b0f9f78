"""Tasks of every kind and the parts of their templates."""
