"""Cross-reading with the real peers."""
