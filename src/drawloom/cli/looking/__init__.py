"""Commands that show something and run nothing: entities, pictures, pages, differences, types, errors."""
