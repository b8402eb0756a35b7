"""Signs that stand in charts in place of a figure."""

GONE = "\N{MULTIPLICATION SIGN}"  # the cell is there and not shown
ABOUT = "\N{ALMOST EQUAL TO}"
NONE = "\N{WHITE CIRCLE}"
