"""Where the page of a table over time lies: editions lead there without knowing it."""


def over_time_path(series: str, table: str) -> str:
    """From the web root."""
    return f"tables/{series}/{table}.html"
