"""Predefined queries, release plans and codelists: TOML and CSV in, validated objects out."""
