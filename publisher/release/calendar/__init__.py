"""What the public was told of releases to come, and how that is said or changed."""
