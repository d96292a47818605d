"""What a client's record is made of, for its form and its actions."""

FIELDS = ("name", "email", "phone", "language", "books_by_phone")
"""What of a record staff put right."""
