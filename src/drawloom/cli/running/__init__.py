"""Commands that run entities."""
