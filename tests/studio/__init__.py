"""Tests of the studio itself: its details, its policies, its first day."""
