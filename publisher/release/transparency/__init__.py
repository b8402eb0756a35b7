"""The transparency log: append-only, signed line by line, with a public part that anyone can check."""
