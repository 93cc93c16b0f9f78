"""From literal types and JSON schemas back to Python types."""
