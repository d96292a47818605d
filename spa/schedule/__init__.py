"""The day and the week of everyone at the studio."""
