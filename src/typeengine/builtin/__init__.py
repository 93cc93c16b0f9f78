"""The types that come with drawloom, and the table of their precedence."""
