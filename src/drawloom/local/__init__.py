"""This process and this machine: configuration, home, logging, modules of the user."""
