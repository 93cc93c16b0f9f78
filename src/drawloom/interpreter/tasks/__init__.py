"""One task and its attempts: in this process, in a process of its own, elsewhere."""
