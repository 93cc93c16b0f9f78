"""What is written to the terminal: documents and notes, trees of runs, failures, suggestions."""
