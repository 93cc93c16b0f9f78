"""Commands that write what is compiled, into files or to a platform."""
