"""The types that come with weft, and the table of their precedence."""
