"""The public calendar: page, calendar file, feed and JSON, all from the public log alone."""
