"""A published table: the last gate before readers, its cells in words, its page, its shards."""
