"""What must be true before something comes out: the rules, approvals, reviews, holds."""
