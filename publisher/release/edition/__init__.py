"""An edition: where it lies, what it says of itself, how it is sealed and verified."""
