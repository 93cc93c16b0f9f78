"""What is read from the command line: values by type, flags, the options that an entity has."""
