"""The studio read by programs."""
