"""What is to be done when, without I/O; and whoever does it, once or for ever."""
