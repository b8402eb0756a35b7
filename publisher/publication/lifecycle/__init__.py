"""What happens to editions after they came out: corrections, changes, revisions, withdrawals, and who checks."""
