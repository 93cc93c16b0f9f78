"""What drawloom has only because Flyte 2's programs name it; the generated import paths show it."""
