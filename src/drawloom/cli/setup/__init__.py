"""Commands about a project, this installation and the shell."""
