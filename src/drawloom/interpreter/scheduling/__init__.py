"""The thread that decides, and the threads that work."""
