"""One commodity or one partner over all periods: pages around the editions, from published cells alone."""
