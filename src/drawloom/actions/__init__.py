"""The run context of env tasks: runs, actions, their attempts and records."""
