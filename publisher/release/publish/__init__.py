"""Saying something to the public: one line in the log is the commit, the site follows it."""
