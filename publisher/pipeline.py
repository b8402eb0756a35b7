"""The whole path, one line a stage."""
