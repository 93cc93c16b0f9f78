"""Pages about bundles and runs: one file for somebody else, or served on this machine. Read-only; every value is shown as text."""
