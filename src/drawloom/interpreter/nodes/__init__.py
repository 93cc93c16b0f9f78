"""What each kind of node does while a graph runs."""
