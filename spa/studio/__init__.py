"""The place itself: its first day, its details and its policies."""
