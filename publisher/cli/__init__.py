"""Arguments -> pipeline -> exit code. No logic."""
