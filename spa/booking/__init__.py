"""A client books an hour: choose, hold, details, and the page to keep."""
