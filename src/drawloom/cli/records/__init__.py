"""Commands about recorded runs and cached results."""
