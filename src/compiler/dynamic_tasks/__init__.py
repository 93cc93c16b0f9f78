"""Tasks whose graph is made while they run: dynamic and eager."""
