"""What drawloom has only because flytekit's programs name it; the generated import paths show it."""
