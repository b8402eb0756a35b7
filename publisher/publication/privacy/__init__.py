"""What a noisy table says of its noise and its privacy, in words and pictures."""
