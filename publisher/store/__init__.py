"""The confidential store: keys, encrypted database, ingest, quarantine, review, snapshots, policy lists."""
