"""The skin diary: where a client's skin is today, and what they say does not look right."""
