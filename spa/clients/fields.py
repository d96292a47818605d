"""What a client's record is made of, for its form and its actions."""

FIELDS = ("name", "email", "phone", "language", "channel", "no_texts", "books_by_phone")
"""What of a record staff put right."""
